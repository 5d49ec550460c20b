-- name: read_persons
select id, members, segments, computed, recheck_at, whole
  from portrait join pulse on person = id where id = any(%(ids)s::uuid[])

-- name: read_facets
select identity, state from facet where identity = any(%(ids)s::uuid[])

-- name: write_facets
-- Arrays in PostgreSQL's binary form: one statement for all rows, as quick as COPY, and it travels with others.
insert into facet (identity, state)
select * from unnest(%(identities)s::uuid[], %(states)s::bytea[])
on conflict (identity) do update set state = excluded.state

-- name: delete_persons
with gone as (delete from pulse where person = any(%(ids)s::uuid[]))
delete from portrait where id = any(%(ids)s::uuid[])

-- name: add_lines
insert into timeline (anchor, at, position, name, phase, channel, source)
select * from unnest(%(anchors)s::uuid[], %(ats)s::timestamptz[], %(positions)s::bigint[], %(names)s::text[],
                     %(phases)s::text[], %(channels)s::text[], %(sources)s::text[])

-- name: write_portraits
insert into portrait (id, members, traits, provenance, computed, consents, segments, groups, withheld, over, time_zone,
                      language)
select id, members::uuid[], traits::jsonb, provenance::jsonb, computed::jsonb, consents::jsonb, segments::text[],
       groups::text[], withheld::text[], over::text[], time_zone, language
  from unnest(%(ids)s::uuid[], %(members)s::text[], %(traits)s::text[], %(provenance)s::text[], %(computed)s::text[],
              %(consents)s::text[], %(segments)s::text[], %(groups)s::text[], %(withheld)s::text[], %(over)s::text[],
              %(time_zones)s::text[], %(languages)s::text[])
       as row (id, members, traits, provenance, computed, consents, segments, groups, withheld, over, time_zone, language)
on conflict (id) do update
   set members = excluded.members, traits = excluded.traits, provenance = excluded.provenance,
       computed = excluded.computed, consents = excluded.consents, segments = excluded.segments, groups = excluded.groups,
       withheld = excluded.withheld, over = excluded.over, time_zone = excluded.time_zone, language = excluded.language

-- name: write_pulses
insert into pulse (person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole)
select person, seen::json, money::json, measures::json, phase, events, first_seen, last_seen, recheck_at, whole
  from unnest(%(persons)s::uuid[], %(seen)s::text[], %(money)s::text[], %(measures)s::text[], %(phases)s::text[],
              %(events)s::bigint[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[], %(rechecks)s::timestamptz[],
              %(wholes)s::bytea[])
       as row (person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole)
on conflict (person) do update
   set seen = excluded.seen, money = excluded.money, measures = excluded.measures, phase = excluded.phase,
       events = excluded.events, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
       recheck_at = excluded.recheck_at, whole = excluded.whole
