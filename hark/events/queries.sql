-- name: copy_raw
copy raw (received_at, source, plugin, imported, state, head, body) from stdin (format binary)

-- name: wake_loader
select pg_notify('hark_raw', '')

-- name: try_lock
select pg_try_advisory_xact_lock(%(lock)s)

-- name: waiting_raws
-- The oldest first, at most so many rows and so many bytes, but always one. Imports come behind live requests, few at a
-- time (a row of theirs holds hundreds of events), and only while the path is not far behind: so that what happens now
-- is known now, whatever is imported.
select id, received_at, source, plugin, imported, head, body
  from (select *, sum(octet_length(body)) over (order by imported, id) as total,
               row_number() over (order by imported, id) as nth
          from ((select * from raw where state = 0 and not imported order by id limit %(rows)s)
                union all
                (select * from raw where state = 0 and imported
                    and (select coalesce(max(position), 0) from event)
                        < (select position from cursor where name = 'process') + %(ahead)s
                  order by id limit %(imported)s)) waiting) measured
 where total <= %(bytes)s or nth = 1
 order by imported, id

-- name: add_keys
-- Gives back the keys that were not there yet.
insert into message (key) select unnest(%(keys)s::uuid[]) on conflict do nothing returning key

-- name: copy_events
copy event (id, type, name, at, received_at, source, message_id, identities, traits, properties, context,
            channel, historical, caused_by, depth, raw) from stdin

-- name: copy_refusals
copy refusal (raw, source, at, item_index, reason, item) from stdin

-- name: mark_raws
update raw set state = case when id = any(%(refused)s::bigint[]) then 2 else 1 end where id = any(%(ids)s::bigint[])

-- name: add_arrivals
insert into arrival (source, hour, accepted, duplicate, refused)
select * from unnest(%(sources)s::text[], %(hours)s::timestamptz[],
                     %(accepted)s::bigint[], %(duplicate)s::bigint[], %(refused)s::bigint[])
on conflict (source, hour) do update
   set accepted = arrival.accepted + excluded.accepted,
       duplicate = arrival.duplicate + excluded.duplicate,
       refused = arrival.refused + excluded.refused

-- name: lock_cursor
-- What the path concludes can be concluded again from the log, which is on the disk: its commits need not wait for it.
select position, set_config('synchronous_commit', %(commit)s, true) from cursor where name = %(name)s for update skip locked

-- name: cursor_position
select position from cursor where name = %(name)s

-- name: wait_for_cursor
select position from cursor where name = %(name)s for update

-- name: hold_cursor
-- Waits for its turn, as long as `be_patient` says.
select position from cursor where name = %(name)s for update

-- name: be_patient
select set_config('lock_timeout', %(milliseconds)s, true)

-- name: move_cursor
with moved as (update cursor set position = %(position)s, moved_at = now() where name = %(name)s)
select pg_notify('hark_done', %(position)s::text)

-- name: replay_cursor
select position, until from cursor where name = 'replay'

-- name: start_replay
insert into cursor (name, position, until) select 'replay', 0, position from cursor where name = 'process'
on conflict (name) do update set position = 0, until = excluded.until
returning until

-- name: end_replay
delete from cursor where name = 'replay'

-- name: events_after
select id, type, name, at, received_at, source, message_id, identities, traits, properties, context, channel, historical,
       caused_by, depth, position
  from event where position > %(position)s order by position limit %(limit)s

-- name: events_up_to
select id, type, name, at, received_at, source, message_id, identities, traits, properties, context, channel, historical,
       caused_by, depth, position
  from event where position > %(position)s and position <= %(last)s order by position limit %(limit)s

-- name: events_at
select id, type, name, at, received_at, source, message_id, identities, traits, properties, context, channel, historical,
       caused_by, depth, position
  from event where position = any(%(positions)s::bigint[]) order by position

-- name: parked_events
select id, type, name, event.at, received_at, source, message_id, identities, traits, properties, context, channel, historical,
       caused_by, depth, position
  from event join parked using (position) where position = any(%(positions)s::bigint[]) order by position

-- name: is_processed
select e.position <= c.position from event e, cursor c where e.id = %(id)s and c.name = 'process'

-- name: park
insert into parked (position, error, at) values (%(position)s, %(error)s, now())
on conflict (position) do update set error = excluded.error, at = excluded.at, attempts = parked.attempts + 1

-- name: set_aside
select position from parked where position between %(first)s and %(last)s

-- name: unpark
delete from parked where position = any(%(positions)s::bigint[])

-- name: parked
select p.position, p.error, p.at, p.attempts, e.id, e.name, e.source
  from parked p join event e using (position) order by p.position desc limit %(limit)s

-- name: lag
select count(*) as waiting, min(received_at) as oldest
  from (select received_at from event where position > (select position from cursor where name = 'process')
         order by position limit 100000) behind

-- name: waiting_count
select count(*) from (select 1 from raw where state = 0 limit 100000) waiting

-- name: last_position
select coalesce(max(position), 0) from event

-- name: salt
insert into installation (salt) values (%(salt)s) on conflict (one) do update set one = true returning salt
