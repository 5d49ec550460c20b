-- Identities, the evidence between them and what is concluded from it. Only identity.py writes these tables.

-- name: find_persons_of
select id, person, kind, value, first_at, first_source, first_message
from identity where person in (select person from identity where id = any(%(ids)s::uuid[]));

-- name: find_edge_keys
select id, at, source, message_id from edge where id = any(%(ids)s::uuid[]);

-- name: find_components_of
select id, kind, value, person, component, first_at, first_source, first_message, stronger, companions
from identity
where component in (select component from identity where id = any(%(ids)s::uuid[]));

-- name: find_edges
select id, a, b, rule, at, source, message_id, weight, revoked_at, state, reason, merged
from edge where id = any(%(ids)s::uuid[]);

-- name: find_edges_among
select id, a, b, rule, at, source, message_id, weight, revoked_at, state, reason, merged
from edge where a = any(%(ids)s::uuid[]) and b = any(%(ids)s::uuid[]);

-- name: find_cuts_of
select id, identity, side, at, source, message_id, revoked_at
from cut where id in (select id from cut where identity = any(%(ids)s::uuid[]));

-- name: find_ends
select a as identity from edge where id = any(%(ids)s::uuid[])
union select b from edge where id = any(%(ids)s::uuid[])
union select identity from cut where id = any(%(ids)s::uuid[]);

-- name: find_around_kind
select id from identity where kind = %(kind)s
union select b from edge where a in (select id from identity where kind = %(kind)s)
union select a from edge where b in (select id from identity where kind = %(kind)s);

-- name: save_identities
insert into identity (id, kind, value, person, component, first_at, first_source, first_message, stronger, companions)
select * from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(persons)s::uuid[], %(components)s::uuid[],
  %(ats)s::timestamptz[], %(sources)s::text[], %(messages)s::text[], %(stronger)s::smallint[], %(companions)s::smallint[])
on conflict (id) do update set person = excluded.person, component = excluded.component, first_at = excluded.first_at,
  first_source = excluded.first_source, first_message = excluded.first_message, stronger = excluded.stronger,
  companions = excluded.companions;

-- name: save_edges
insert into edge (id, a, b, rule, at, source, message_id, weight, revoked_at, state, reason, merged)
select * from unnest(%(ids)s::uuid[], %(a)s::uuid[], %(b)s::uuid[], %(rules)s::text[], %(ats)s::timestamptz[],
  %(sources)s::text[], %(messages)s::text[], %(weights)s::real[], %(revoked)s::timestamptz[], %(states)s::text[],
  %(reasons)s::text[], %(merged)s::boolean[])
on conflict (id) do update set at = excluded.at, source = excluded.source, message_id = excluded.message_id,
  weight = excluded.weight, revoked_at = excluded.revoked_at, state = excluded.state, reason = excluded.reason,
  merged = excluded.merged;

-- name: save_cuts
insert into cut (id, identity, side, at, source, message_id, revoked_at)
select * from unnest(%(ids)s::uuid[], %(identities)s::uuid[], %(sides)s::smallint[], %(ats)s::timestamptz[],
  %(sources)s::text[], %(messages)s::text[], %(revoked)s::timestamptz[])
on conflict (id, identity) do update set revoked_at = excluded.revoked_at;

-- name: read_settings
select name, setting from identity_kind order by name;

-- name: save_setting
insert into identity_kind (name, setting, at, source, message_id)
values (%(name)s, %(setting)s, %(at)s, %(source)s, %(message_id)s)
on conflict (name) do update set setting = excluded.setting, at = excluded.at, source = excluded.source,
  message_id = excluded.message_id
where (identity_kind.at, identity_kind.source, identity_kind.message_id) <= (excluded.at, excluded.source, excluded.message_id);

-- name: person_of
select person from identity where id = %(id)s;

-- name: identities_of
select id, kind, value, first_at, first_source, first_message, companions
from identity where person = %(person)s
order by first_at, first_source collate "C", first_message collate "C", id;

-- name: evidence_of
-- An edge was said by the event that its message names; that event stands in the timeline of its anchor, one of the ends.
select edge.id, edge.a, edge.b, edge.rule, edge.weight, edge.at, edge.source, edge.message_id, edge.revoked_at, edge.state,
  edge.reason, edge.merged, a.kind as a_kind, a.value as a_value, a.person as a_person, b.kind as b_kind,
  b.value as b_value, b.person as b_person,
  (select timeline.position from timeline where timeline.anchor in (edge.a, edge.b) and timeline.at = edge.at
    and timeline.source = edge.source limit 1) as position
from edge join identity a on a.id = edge.a join identity b on b.id = edge.b
where edge.a = any(%(ids)s::uuid[]) or edge.b = any(%(ids)s::uuid[])
order by edge.at, edge.source collate "C", edge.message_id collate "C", edge.id
limit %(most)s;

-- name: cuts_among
select id, at, source, message_id, revoked_at,
  array_agg(identity order by identity) filter (where side = 0) as stay,
  array_agg(identity order by identity) filter (where side = 1) as leave
from cut where id in (select id from cut where identity = any(%(ids)s::uuid[]))
group by id, at, source, message_id, revoked_at order by at, id;

-- name: find_edge
select id, a, b, rule, state, merged from edge where id = %(id)s;

-- name: find_cut
select id, array_agg(identity) as members from cut where id = %(id)s group by id;
