-- name: read_mapping
select name, phase from mapping

-- name: write_mapping
insert into mapping (name, phase, mapped_at) values (%(name)s, %(phase)s, %(at)s)
on conflict (name) do update set phase = excluded.phase, mapped_at = excluded.mapped_at

-- name: delete_mapping
delete from mapping where name = %(name)s

-- name: rephase_timeline
update timeline set phase = %(phase)s where anchor = any(%(anchors)s::uuid[]) and name = any(%(names)s::text[])

-- name: read_definitions
select kind, name, expression, state, upto from definition where state <> 'refused' order by kind, name

-- name: list_definitions
select d.kind, d.name, d.label, d.about, d.expression, d.state, d.reason, d.done, d.of, d.defined_at, d.defined_by,
       case when d.kind = 'segment' then (select s.members from people_segment s where s.name = d.name) end as members
  from definition d
 where d.kind = %(kind)s
 order by d.label

-- name: write_definition
insert into definition (kind, name, label, about, expression, state, reason, done, of, defined_at, defined_by, event, upto)
values (%(kind)s, %(name)s, %(label)s, %(about)s, %(expression)s, %(state)s, %(reason)s, 0,
        (select count(*) from identity), %(at)s, %(by)s, %(event)s, null)
on conflict (kind, name) do update
   set label = excluded.label, about = excluded.about, expression = excluded.expression, state = excluded.state,
       reason = excluded.reason, done = 0, of = excluded.of, defined_at = excluded.defined_at,
       defined_by = excluded.defined_by, event = excluded.event, upto = null

-- name: delete_definition
delete from definition where kind = %(kind)s and name = %(name)s

-- name: note_progress
update definition set upto = %(upto)s, done = done + %(done)s, state = %(state)s where event = %(event)s

-- name: next_identities
-- `last`: the steps have then passed everything that their person has.
select i.id, i.person, not exists (select from identity o where o.person = i.person and o.id > i.id) as last
  from identity i where i.id > %(after)s order by i.id limit %(step)s

-- name: first_identities
select distinct on (person) person, kind, value from identity where person = any(%(persons)s::uuid[])
 order by person, first_at, id

-- name: events_of
select t.anchor, t.name, t.at, e.source, e.message_id, e.properties
  from timeline t join event_entry e on e.position = t.position
 where t.anchor = any(%(anchors)s::uuid[]) and t.name = any(%(names)s::text[])
   and t.position <= %(position)s and t.source <> 'hark'
 order by t.position

-- name: count_moves
insert into segment_day (segment, day, entered, gone)
select * from unnest(%(segments)s::text[], %(days)s::date[], %(entered)s::bigint[], %(gone)s::bigint[])
on conflict (segment, day) do update
   set entered = segment_day.entered + excluded.entered, gone = segment_day.gone + excluded.gone

-- name: read_accounts
select id, state from account where id = any(%(ids)s::text[])

-- name: write_accounts
insert into account (id, state, traits, provenance, first_at, last_at)
select id, state, traits::jsonb, provenance::jsonb, first_at, last_at
  from unnest(%(ids)s::text[], %(states)s::bytea[], %(traits)s::text[], %(provenance)s::text[],
              %(firsts)s::timestamptz[], %(lasts)s::timestamptz[])
       as row (id, state, traits, provenance, first_at, last_at)
on conflict (id) do update
   set state = excluded.state, traits = excluded.traits, provenance = excluded.provenance,
       first_at = excluded.first_at, last_at = excluded.last_at

-- name: be_patient
select set_config('statement_timeout', %(patience)s, true)

-- name: count_where
-- The condition is written by hark/conditions/to_sql.py, with parameters only.
select count(*), count(*) filter (where /* condition */)
  from (select * from person order by id limit %(sample)s) as person

-- name: about_everybody
select greatest(reltuples, 0)::bigint from pg_class where oid = 'portrait'::regclass

-- name: segment_days
select day, entered, gone from segment_day where segment = %(segment)s and day >= %(since)s order by day

-- name: event_names
-- A loose walk over the index: one step for each name, however many events there are.
with recursive walk as (
  (select name from timeline order by name limit 1)
  union all
  select (select t.name from timeline t where t.name > walk.name order by t.name limit 1) from walk where walk.name is not null
)
select name from walk where name is not null limit 500

-- name: trait_names
select key from (select traits from person order by id limit 2000) sample, jsonb_object_keys(sample.traits) as key
 group by key order by count(*) desc, key limit 200

-- name: names_and_phases
with recursive walk as (
  (select name from timeline order by name limit 1)
  union all
  select (select t.name from timeline t where t.name > walk.name order by t.name limit 1) from walk where walk.name is not null
)
select coalesce(walk.name, m.name) as name, m.name is not null as mapped, m.phase
  from (select name from walk where name is not null limit 1000) walk full join mapping m on m.name = walk.name
 order by 1

-- name: consent_counts
select purpose, count(*) filter (where (said ->> 'granted')::boolean) as yes,
       count(*) filter (where not (said ->> 'granted')::boolean) as no
  from person, jsonb_each(consents) as each (purpose, said)
 where consents <> '{}'
 group by purpose

-- name: persons_of
select i.id, p.id, p.traits from identity i join person p on p.id = i.person where i.id = any(%(anchors)s::uuid[])

-- name: clear
truncate identity, edge, cut, identity_kind, facet, portrait, pulse, timeline, definition, segment_day, mapping, account
