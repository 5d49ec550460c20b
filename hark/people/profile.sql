-- name: read_persons
select id, members, segments, computed, recheck_at, whole from person where id = any(%(ids)s::uuid[])

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
delete from person where id = any(%(ids)s::uuid[])

-- name: copy_timeline
copy timeline (anchor, at, position, name, phase, channel, source) from stdin (format binary)

-- name: make_person_in
create temp table if not exists person_in (like person) on commit delete rows

-- name: copy_person_in
copy person_in (id, members, traits, provenance, computed, counts, firsts, lasts, money, measures, consents,
                segments, groups, withheld, over, phase, time_zone, language, events, first_seen, last_seen,
                recheck_at, whole)
from stdin

-- name: write_persons
with changed as (delete from person_in returning *)
insert into person (id, members, traits, provenance, computed, counts, firsts, lasts, money, measures, consents,
                    segments, groups, withheld, over, phase, time_zone, language, events, first_seen, last_seen,
                    recheck_at, whole)
select id, members, traits, provenance, computed, counts, firsts, lasts, money, measures, consents,
       segments, groups, withheld, over, phase, time_zone, language, events, first_seen, last_seen,
       recheck_at, whole
  from changed
on conflict (id) do update
   set members = excluded.members, traits = excluded.traits, provenance = excluded.provenance,
       computed = excluded.computed, counts = excluded.counts, firsts = excluded.firsts, lasts = excluded.lasts,
       money = excluded.money, measures = excluded.measures, consents = excluded.consents,
       segments = excluded.segments, groups = excluded.groups, withheld = excluded.withheld, over = excluded.over,
       phase = excluded.phase, time_zone = excluded.time_zone, language = excluded.language, events = excluded.events,
       first_seen = excluded.first_seen, last_seen = excluded.last_seen, recheck_at = excluded.recheck_at,
       whole = excluded.whole
