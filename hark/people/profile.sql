-- name: read_persons
select id, members, segments, computed, recheck_at, whole
  from portrait join pulse on person = id where id = any(%(ids)s::uuid[])

-- name: read_facets
select identity, state from facet where identity = any(%(ids)s::uuid[])

-- name: make_facet_in
-- Rows go by COPY into a table of this connection and from there in one statement: the quickest upsert there is.
create temp table if not exists facet_in (identity uuid, state bytea) on commit delete rows

-- name: copy_facet_in
copy facet_in (identity, state) from stdin (format binary)

-- name: write_facets
with changed as (delete from facet_in returning identity, state)
insert into facet (identity, state) select identity, state from changed
on conflict (identity) do update set state = excluded.state

-- name: delete_persons
with gone as (delete from pulse where person = any(%(ids)s::uuid[]))
delete from portrait where id = any(%(ids)s::uuid[])

-- name: copy_timeline
copy timeline (anchor, at, position, name, phase, channel, source) from stdin (format binary)

-- name: make_portrait_in
create temp table if not exists portrait_in (like portrait) on commit delete rows

-- name: copy_portrait_in
copy portrait_in (id, members, traits, provenance, computed, consents, segments, groups, withheld, over, time_zone, language)
from stdin

-- name: write_portraits
with changed as (delete from portrait_in returning *)
insert into portrait (id, members, traits, provenance, computed, consents, segments, groups, withheld, over, time_zone,
                      language)
select id, members, traits, provenance, computed, consents, segments, groups, withheld, over, time_zone, language
  from changed
on conflict (id) do update
   set members = excluded.members, traits = excluded.traits, provenance = excluded.provenance,
       computed = excluded.computed, consents = excluded.consents, segments = excluded.segments, groups = excluded.groups,
       withheld = excluded.withheld, over = excluded.over, time_zone = excluded.time_zone, language = excluded.language

-- name: make_pulse_in
create temp table if not exists pulse_in (like pulse) on commit delete rows

-- name: copy_pulse_in
copy pulse_in (person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole)
from stdin (format binary)

-- name: write_pulses
with changed as (delete from pulse_in returning *)
insert into pulse (person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole)
select person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole from changed
on conflict (person) do update
   set seen = excluded.seen, money = excluded.money, measures = excluded.measures, phase = excluded.phase,
       events = excluded.events, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
       recheck_at = excluded.recheck_at, whole = excluded.whole
