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

-- name: copy_identities
copy identity (id, kind, value, person, component, first_at, first_source, first_message, stronger, companions)
from stdin (format binary);

-- name: update_identities
update identity set person = new.person, component = new.component, first_at = new.at, first_source = new.source,
  first_message = new.message, stronger = new.stronger, companions = new.companions
from unnest(%(ids)s::uuid[], %(persons)s::uuid[], %(components)s::uuid[], %(ats)s::timestamptz[], %(sources)s::text[],
  %(messages)s::text[], %(stronger)s::smallint[], %(companions)s::smallint[])
  as new (id, person, component, at, source, message, stronger, companions)
where identity.id = new.id;

-- name: copy_edges
copy edge (id, a, b, rule, at, source, message_id, weight, revoked_at, state, reason, merged) from stdin (format binary);

-- name: update_edges
update edge set at = new.at, source = new.source, message_id = new.message, revoked_at = new.revoked_at,
  state = new.state, reason = new.reason, merged = new.merged
from unnest(%(ids)s::uuid[], %(ats)s::timestamptz[], %(sources)s::text[], %(messages)s::text[],
  %(revoked)s::timestamptz[], %(states)s::text[], %(reasons)s::text[], %(merged)s::boolean[])
  as new (id, at, source, message, revoked_at, state, reason, merged)
where edge.id = new.id;

-- name: save_cuts
insert into cut (id, identity, side, at, source, message_id, revoked_at)
select * from unnest(%(ids)s::uuid[], %(identities)s::uuid[], %(sides)s::smallint[], %(ats)s::timestamptz[],
  %(sources)s::text[], %(messages)s::text[], %(revoked)s::timestamptz[])
on conflict (id, identity) do update set revoked_at = excluded.revoked_at;

-- name: clear
truncate identity, edge, cut, identity_kind;

-- name: find_partners
select a from edge where b = any(%(ids)s::uuid[]) union select b from edge where a = any(%(ids)s::uuid[]);

-- name: find_edges_about
select id, a, b, rule, at, source, message_id, weight, revoked_at, state, reason, merged
from edge where a = any(%(ids)s::uuid[]) or b = any(%(ids)s::uuid[]);

-- name: delete_edges
delete from edge where id = any(%(ids)s::uuid[]);

-- name: delete_cuts
-- A cut with nobody left on one side keeps nobody apart.
with short as (delete from cut where identity = any(%(ids)s::uuid[]) returning id, identity)
delete from cut where id in (
  select cut.id from cut where cut.id in (select id from short) and not cut.identity = any(%(ids)s::uuid[])
  group by cut.id having count(distinct side) < 2);

-- name: delete_identities
delete from identity where id = any(%(ids)s::uuid[]);

-- name: read_settings
select name, setting from identity_kind order by name;

-- name: count_kinds
select kind, count(*) from identity group by kind;

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
