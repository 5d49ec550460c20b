-- name: newest
select id, position, type, name, at, received_at, source, message_id, identities, traits, properties, context, channel,
       historical, caused_by, depth, raw
  from event
 where position < %(before)s and position > %(after)s
   and position > (select coalesce(max(position), 0) from event where position < %(before)s) - %(look_back)s
   and (%(source)s::text is null or source = %(source)s)
   and (%(name)s::text is null or name = %(name)s)
   and (%(identity)s::text is null
        or exists (select from jsonb_array_elements(identities) i where i ->> 1 = %(identity)s))
 order by position desc limit %(limit)s

-- name: one
select e.id, e.position, e.type, e.name, e.at, e.received_at, e.source, e.message_id, e.identities, e.traits,
       e.properties, e.context, e.channel, e.historical, e.caused_by, e.depth, e.raw,
       e.position <= (select position from cursor where name = 'process') as processed,
       coalesce((select v.faults from violation v where v.event = e.id), '[]') as faults,
       (select p.error from parked p where p.position = e.position) as parked,
       array(select c.id from event c where c.caused_by = e.id order by c.position limit 100) as caused
  from event e where e.id = %(id)s

-- name: last_position
select coalesce(max(position), 0) from event

-- name: names
select distinct name from plan where type <> '*' order by name limit 1000
