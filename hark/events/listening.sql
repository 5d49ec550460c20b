-- name: recall
select value from listening_memory where source = %(source)s and name = %(name)s

-- name: keep
insert into listening_memory (source, name, value) values (%(source)s, %(name)s, %(value)s::jsonb)
on conflict (source, name) do update set value = excluded.value

-- name: tell
insert into listening (source, state, detail, at) values (%(source)s, %(state)s, %(detail)s, %(at)s)
on conflict (source) do update set state = excluded.state, detail = excluded.detail, at = excluded.at

-- name: standing
select source, state, detail, at from listening where source = any(%(sources)s::text[])

-- name: take
-- One process listens to a source; whoever is killed lets go with their connection.
select pg_try_advisory_lock(hashtext('hark listens'), hashtext(%(source)s::text))

-- name: let_go
select pg_advisory_unlock(hashtext('hark listens'), hashtext(%(source)s::text))

-- name: follow
listen hark_source
