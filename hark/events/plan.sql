-- name: find_plan
select state, seen, count, frozen_schema, first_at, last_at, frozen_at, version
from plan where source = %(source)s and type = %(type)s and name = %(name)s

-- name: save_plan
insert into plan (source, type, name, state, seen, count, frozen_schema, frozen_at, first_at, last_at, version)
values (%(source)s, %(type)s, %(name)s, %(state)s, %(seen)s::jsonb, %(count)s, %(frozen_schema)s::jsonb, %(frozen_at)s,
        %(first_at)s, %(last_at)s, %(version)s + 1)
on conflict (source, type, name) do update set
  state = excluded.state, seen = excluded.seen, count = excluded.count, frozen_schema = excluded.frozen_schema,
  frozen_at = excluded.frozen_at, first_at = excluded.first_at, last_at = excluded.last_at,
  version = excluded.version
  where plan.version = %(version)s

-- name: names_of_source
select type, name from plan where source = %(source)s and type <> '*'

-- name: add_violations
insert into violation (event, source, type, name, at, faults)
select * from unnest(%(events)s::uuid[], %(sources)s::text[], %(types)s::text[], %(names)s::text[], %(ats)s::timestamptz[],
                     %(faults)s::jsonb[])
on conflict (event) do nothing

-- name: count_violations
insert into violation_count as kept
  (source, type, name, path, rule, expected, count, refused, first_at, last_at, last_event)
select * from unnest(%(sources)s::text[], %(types)s::text[], %(names)s::text[], %(paths)s::text[], %(rules)s::text[],
                     %(expected)s::text[], %(counts)s::bigint[], %(refused)s::bigint[], %(firsts)s::timestamptz[],
                     %(lasts)s::timestamptz[], %(events)s::uuid[])
on conflict (source, type, name, path, rule) do update set
  expected = excluded.expected, count = kept.count + excluded.count, refused = kept.refused + excluded.refused,
  first_at = least(kept.first_at, excluded.first_at), last_at = greatest(kept.last_at, excluded.last_at),
  last_event = excluded.last_event

-- name: clear_violations
with rows as (
  delete from violation where source = %(source)s and type = %(type)s and name = %(name)s
)
delete from violation_count where source = %(source)s and type = %(type)s and name = %(name)s

-- name: list_plans
select p.source, s.name as source_name, p.type, p.name, p.state, p.count, p.first_at, p.last_at, p.frozen_at,
       coalesce(v.violations, 0)::bigint as violations
from plan p
left join source s on s.id = p.source
left join (select source, type, name, sum(count) as violations from violation_count group by 1, 2, 3) v
  on (v.source, v.type, v.name) = (p.source, p.type, p.name)
where (%(source)s::text is null or p.source = %(source)s)
  and (p.source, p.type, p.name) > (%(after_source)s, %(after_type)s, %(after_name)s)
order by p.source, p.type, p.name
limit %(limit)s

-- name: show_plan
select source, type, name, state, seen, count, frozen_schema, frozen_at, first_at, last_at
from plan where source = %(source)s and type = %(type)s and name = %(name)s

-- name: list_violation_counts
select path, rule, expected, count, refused, first_at, last_at, last_event
from violation_count where source = %(source)s and type = %(type)s and name = %(name)s
order by count desc, path, rule limit %(limit)s

-- name: list_violations
select v.event, v.at, v.faults, e.position, e.properties, e.traits
from violation v left join event e on e.id = v.event
where v.source = %(source)s and v.type = %(type)s and v.name = %(name)s
order by v.at desc, v.event desc limit %(limit)s

-- name: has_source
select exists (select from source where id = %(source)s)
