-- name: events
select position, id, type, name, at, received_at, source, message_id, identities, traits, properties, context, channel,
       historical, caused_by
  from event where position = any(%(positions)s::bigint[]) order by at, position

-- name: event_ids
select id from event where position = any(%(positions)s::bigint[])

-- name: findings
select event, kind, value, certainty, evidence, detector, version from finding where event = any(%(events)s::uuid[])

-- name: decisions
select id, event, decider, action, parameters, score, propensity, held_out, purpose, decided_at, state, detail
  from decision where event = any(%(events)s::uuid[]) or person = any(%(ids)s::uuid[]) order by decided_at

-- name: timers
select due_at, name, properties from timer
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: forget_events
delete from event where position = any(%(positions)s::bigint[])

-- name: forget_nameless
delete from event where id = any(%(ids)s::uuid[]) and identities = '[]'

-- name: loosen_events
update event e set message_id = r.message_id, identities = r.identities, traits = '{}', properties = r.properties, context = '{}'
  from jsonb_to_recordset(%(rows)s::jsonb) as r(position bigint, message_id text, identities jsonb, properties jsonb)
 where e.position = r.position

-- name: forget_findings
delete from finding where event = any(%(events)s::uuid[])

-- name: forget_decisions
delete from decision where event = any(%(events)s::uuid[]) or person = any(%(ids)s::uuid[])

-- name: forget_violations
delete from violation where event = any(%(events)s::uuid[])

-- name: forget_parked
delete from parked where position = any(%(positions)s::bigint[])

-- name: forget_timers
delete from timer
 where caused_by = any(%(events)s::uuid[])
    or (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: refusals_like
select id, reason, item from refusal
 where exists (select from unnest(%(needles)s::text[]) n where strpos(item::text, n) > 0 or strpos(reason, n) > 0)

-- name: forget_refusals
delete from refusal where id = any(%(ids)s::bigint[])

-- name: plans_like
select source, type, name, seen, frozen_schema from plan
 where exists (select from unnest(%(needles)s::text[]) n
                where strpos(seen::text, n) > 0 or strpos(frozen_schema::text, n) > 0)

-- name: change_plan
update plan set seen = %(seen)s, frozen_schema = %(frozen)s, version = version + 1
 where source = %(source)s and type = %(type)s and name = %(name)s

-- name: raws_with
-- Requests that hold one of these events, or one of these texts.
select r.id, r.received_at, r.source, r.plugin, r.imported, r.state, r.head, r.body from raw r
 where r.id in (select raw from event where position = any(%(positions)s::bigint[]) and raw is not null)
    or exists (select from unnest(%(needles)s::bytea[]) n where position(n in r.body) > 0 or position(n in r.head) > 0)
 order by r.id

-- name: messages_of
select message_id from event where raw = %(raw)s and position = any(%(positions)s::bigint[])

-- name: change_raw
update raw set head = %(head)s, body = %(body)s, state = %(state)s where id = %(id)s

-- name: add_keys
insert into message (key) select unnest(%(keys)s::uuid[]) on conflict do nothing

-- name: salt
select salt from installation
