-- name: create_events
create table if not exists {table} (
  id uuid primary key,
  position bigint not null,
  type text not null,
  name text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  source text not null,
  channel text not null,
  person uuid,
  identities jsonb not null,
  traits jsonb not null,
  properties jsonb not null,
  context jsonb not null
)

-- name: add_events
insert into {table} (id, position, type, name, at, received_at, source, channel, person, identities, traits, properties,
                     context)
select id, position, type, name, at, received_at, source, channel, person, identities, traits, properties, context
  from jsonb_to_recordset(%(rows)s::jsonb) as r(id uuid, position bigint, type text, name text, at timestamptz,
       received_at timestamptz, source text, channel text, person uuid, identities jsonb, traits jsonb,
       properties jsonb, context jsonb)
on conflict (id) do nothing

-- name: create_people
create table if not exists {table} (
  id uuid primary key,
  position bigint not null,
  traits jsonb not null,
  computed jsonb not null,
  segments text[] not null,
  consents jsonb not null,
  phase text,
  first_seen timestamptz,
  last_seen timestamptz
)

-- name: put_people
-- What was learnt later in the log stays: an event that is sent again brings nobody back to an older state.
insert into {table} as kept (id, position, traits, computed, segments, consents, phase, first_seen, last_seen)
select id, position, traits, computed, array(select jsonb_array_elements_text(segments)), consents, phase, first_seen,
       last_seen
  from jsonb_to_recordset(%(rows)s::jsonb) as r(id uuid, position bigint, traits jsonb, computed jsonb, segments jsonb,
       consents jsonb, phase text, first_seen timestamptz, last_seen timestamptz)
on conflict (id) do update
   set position = excluded.position, traits = excluded.traits, computed = excluded.computed,
       segments = excluded.segments, consents = excluded.consents, phase = excluded.phase,
       first_seen = excluded.first_seen, last_seen = excluded.last_seen
 where kept.position <= excluded.position

-- name: forget_events
delete from {table} where person = any(%(persons)s::uuid[])

-- name: forget_people
delete from {table} where id = any(%(persons)s::uuid[])
