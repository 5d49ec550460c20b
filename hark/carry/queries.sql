-- name: add_erasure
insert into erasure (id, kind, at, identities, certificate)
values (%(id)s, %(kind)s, %(at)s, %(identities)s, %(certificate)s)

-- name: erasures
select id, kind, at, identities, certificate from erasure order by at

-- name: find_erasure
select id, kind, at, identities, certificate from erasure where id = %(id)s

-- name: erased_before
select id from erasure where identities && %(identities)s::uuid[] order by at desc limit 1

-- name: add_request
insert into data_request (id, kind, identity_kind, identity_value, state, asked_by, asked_at)
values (%(id)s, %(kind)s, %(identity_kind)s, %(identity_value)s, %(state)s, %(asked_by)s, %(asked_at)s)

-- name: find_request
select id, kind, identity_kind, identity_value, state, asked_by, asked_at, done_by, done_at, error, erasure
  from data_request where id = %(id)s

-- name: requests
select id, kind, identity_kind, identity_value, state, asked_by, asked_at, done_by, done_at, error, erasure
  from data_request order by asked_at desc limit %(limit)s

-- name: requests_of
select id, kind, identity_kind, identity_value, state, asked_by, asked_at, done_by, done_at, error, erasure
  from data_request
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))
 order by asked_at desc

-- name: end_request
update data_request set state = %(state)s, done_by = %(by)s, done_at = now(), error = %(error)s, erasure = %(erasure)s,
       identity_kind = case when %(forget)s then null else identity_kind end,
       identity_value = case when %(forget)s then null else identity_value end
 where id = %(id)s

-- name: forget_requests
-- Requests of a person who is gone say only that there was one.
update data_request set identity_kind = null, identity_value = null
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: open_requests
select count(*) from data_request where state = 'open'

-- name: others_at_work
select count(*) > 0 from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid() and application_name like 'hark%%'
   and application_name <> 'hark restore'

-- name: has_tables
select exists (select from pg_tables where schemaname = 'public')

-- name: is_ours
select to_regclass('raw') is not null and to_regclass('source') is not null and to_regclass('member') is not null

-- name: is_used
select exists (select from raw) or exists (select from event) or exists (select from source) or exists (select from member)

-- name: drop_everything
drop schema public cascade

-- name: make_schema
create schema public
