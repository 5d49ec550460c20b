-- name: members
select members from people_segment where name = %(segment)s

-- name: list_everybody
-- A walk along the index of the pulse, which ends with the page.
select p.id, p.traits, p.segments, u.phase, u.events, u.first_seen, u.last_seen
  from pulse u join portrait p on p.id = u.person
 where u.last_seen <= %(at)s::timestamptz and (u.last_seen, u.person) < (%(at)s::timestamptz, %(id)s)
   and (%(segment)s::text is null or p.segments @> array[%(segment)s::text])
   and (%(phase)s::text is null or u.phase = %(phase)s)
   and (%(since)s::timestamptz is null or u.last_seen >= %(since)s)
 order by u.last_seen desc, u.person desc limit %(limit)s

-- name: list_few
-- The members of a small segment, found by the index of segments: the walk would look at nearly everybody for them.
with member as materialized (select id, traits, segments from portrait where segments @> array[%(segment)s::text])
select p.id, p.traits, p.segments, u.phase, u.events, u.first_seen, u.last_seen
  from member p join pulse u on u.person = p.id
 where u.last_seen <= %(at)s::timestamptz and (u.last_seen, u.person) < (%(at)s::timestamptz, %(id)s)
   and (%(phase)s::text is null or u.phase = %(phase)s)
   and (%(since)s::timestamptz is null or u.last_seen >= %(since)s)
 order by u.last_seen desc, u.person desc limit %(limit)s
