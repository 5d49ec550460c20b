-- name: identities_of
select id, kind, value from identity where person = %(person)s order by first_at, id

-- name: traits_of
select traits from person where id = %(person)s

-- name: persons_of
select distinct person from identity where id = any(%(ids)s::uuid[])

-- name: events_of
select e.position, e.id, e.identities from timeline t join event e on e.position = t.position
 where t.anchor = any(%(ids)s::uuid[]) order by e.position

-- name: events_after
select position, identities from event where position > %(position)s

-- name: evidence_of
select x.kind as a_kind, x.value as a, y.kind as b_kind, y.value as b, e.rule, e.state, e.reason, e.at, e.source
  from edge e join identity x on x.id = e.a join identity y on y.id = e.b
 where e.a = any(%(ids)s::uuid[]) and e.b = any(%(ids)s::uuid[]) order by e.at

-- name: consents_of
-- Everything ever said about consent, not only what holds now.
select at, name, source, properties, context -> 'consent' as consent from event
 where position = any(%(positions)s::bigint[])
   and (name in ('consent.granted', 'consent.withdrawn') or context ? 'consent')
 order by at

-- name: groups_of
select a.id, a.traits from account a join person p on a.id = any(p.groups) where p.id = %(person)s

-- name: forget_groups
-- Those that nobody else belongs to. A household that others share is theirs too.
delete from account a using person p
 where p.id = %(person)s and a.id = any(p.groups)
   and not exists (select from person o where o.groups @> array[a.id] and o.id <> p.id)

-- name: forget_timeline
delete from timeline where anchor = any(%(ids)s::uuid[])

-- name: forget_facets
delete from facet where identity = any(%(ids)s::uuid[])

-- name: forget_persons
with gone as (delete from pulse where person = any(%(ids)s::uuid[]))
delete from portrait where id = any(%(ids)s::uuid[])

-- name: neighbours_of
select id, kind, value from identity
 where component in (select component from identity where id = any(%(ids)s::uuid[]))
   and id <> all(%(ids)s::uuid[])
 order by first_at, id

-- name: how_many_events
select count(*) from timeline where anchor = any(%(ids)s::uuid[])

-- name: keep_days
create temp table kept_day on commit drop as select segment, day, entered, gone from segment_day

-- name: drop_days
delete from segment_day

-- name: restore_days
insert into segment_day (segment, day, entered, gone) select segment, day, entered, gone from kept_day
