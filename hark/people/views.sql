-- What other rooms may read of people.

drop view if exists people_event;
drop view if exists people_profile;
drop view if exists person;

-- One row a person: who they are (`portrait`) and what they do (`pulse`), which are written at different times. What is
-- asked of the portrait alone does not read the pulse.
create view person as
select portrait.id, portrait.members, portrait.traits, portrait.provenance, portrait.computed, portrait.consents,
       portrait.segments, portrait.groups, portrait.withheld, portrait.over, portrait.time_zone, portrait.language,
       (select coalesce(jsonb_object_agg(name, said -> 0), '{}') from json_each(pulse.seen) as each (name, said)) as counts,
       (select coalesce(jsonb_object_agg(name, said -> 1), '{}') from json_each(pulse.seen) as each (name, said)) as firsts,
       (select coalesce(jsonb_object_agg(name, said -> 2), '{}') from json_each(pulse.seen) as each (name, said)) as lasts,
       pulse.seen, pulse.money::jsonb as money, pulse.measures::jsonb as measures, pulse.phase, pulse.events,
       pulse.first_seen, pulse.last_seen, pulse.recheck_at, pulse.whole
  from portrait left join pulse on pulse.person = portrait.id;

-- Whose an event is now: after every merge and every parting.
create view people_event as
select timeline.position, timeline.anchor, identity.person
  from timeline join identity on identity.id = timeline.anchor;

-- Every id that a person ever had is the id of an identity, and leads to who they are now.
drop view if exists people_identity;
create view people_identity as select id, kind, value, person from identity;

create view people_profile as
select id, traits, provenance, computed, counts, consents, segments, phase, time_zone, language, events, first_seen,
       last_seen
  from person;

-- What the log says of one event name (and property) of a person, each event as a tally of its own (conditions/measure.py):
-- for conditions that ask for what no definition measures yet.
create or replace function hark_tallies(members uuid[], event text, property text)
returns table (day text, tally jsonb) language sql stable as $$
  select day, case when $3 = '' then '[1, 0, 0, null, null, null, null, {}]'::jsonb
              else jsonb_build_array(1, (amount is not null)::int, coalesce(amount, 0), amount, amount,
                                     jsonb_build_array(ms, tie, value), jsonb_build_array(ms, tie, value),
                                     jsonb_build_object(left(spelled, 200), 1)) end
    from (select (ms / 86400000)::text as day, ms, tie, value, spelled,
                 case when abs(number) <= 1000000000 then round(number * 1000000)::bigint end as amount
            from (select floor(extract(epoch from t.at) * 1000)::bigint as ms, e.source || ' ' || e.message_id as tie,
                         e.properties -> $3 as value,
                         case when jsonb_typeof(e.properties -> $3) = 'number'
                              then trim_scale((e.properties ->> $3)::numeric)::text else e.properties ->> $3 end as spelled,
                         case when e.properties ->> $3 ~ '^\s*[-+]?[0-9]{1,20}(\.[0-9]{1,20})?\s*$'
                              then (e.properties ->> $3)::numeric end as number
                    -- By anchor: to look for the name instead would read everybody's events for each person.
                    from unnest($1) as member (id) join timeline t on t.anchor = member.id
                    join event_entry e on e.position = t.position
                   where t.name || '' = $2 and t.source <> 'hark'
                     and ($3 = '' or jsonb_typeof(e.properties -> $3) in ('string', 'number', 'boolean'))) seen) read
$$;
-- Every name of an event, by hopping over the index from one to the next.
drop view if exists people_event_name;
create view people_event_name as
with recursive hop (name) as (
  select (select name from timeline order by name limit 1)
  union all
  select (select next.name from timeline next where next.name > hop.name order by next.name limit 1)
    from hop where hop.name is not null
)
select name from hop where name is not null;

-- How many are in each segment: counted one by one up to a hundred thousand people. Beyond, a common segment is as large as
-- the planner's statistics have it, and a rare one is counted by the index.
create or replace view people_segment as
select d.name,
       case when c.reltuples <= 100000 then (select count(*) from portrait p where p.segments @> array[d.name])
            else coalesce((select round(common.freq * c.reltuples)::bigint
                             from pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs)
                                  as common (name, freq)
                            where s.schemaname = 'public' and s.tablename = 'portrait' and s.attname = 'segments'
                              and common.name = d.name),
                          (select count(*) from portrait p where p.segments @> array[d.name])) end as members
  from definition d cross join pg_class c
 where d.kind = 'segment' and c.oid = 'portrait'::regclass;
