-- What visitors of the chat may see: what came and went by chat under their own address. Shown once it can no longer be
-- taken back; the text of anything else never leaves the database here.

-- name: newest_lines
select id, conversation, position, changed, at, direction, author, name, text, files, state, external_id as client,
       address_kind, address_value
  from conversation_message
 where (address_kind, address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))
   and channel = 'chat' and (direction = 'in' or direction = 'out' and state in ('sent', 'delivered', 'read'))
 order by position desc limit %(limit)s

-- name: newest_standing
select c.id, c.status, c.member, c.rating, c.channel, c.position, c.to_kind, c.to_value,
       coalesce((select max(until) from conversation_seen where conversation = c.id), 0) as seen
  from conversation c
 where c.id = (select conversation from conversation_message
                where (address_kind, address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))
                  and channel = 'chat' and direction in ('in', 'out')
                order by position desc limit 1)
   and c.to_kind is not null

-- name: changed_lines
select id, conversation, position, changed, at, direction, author, name, text, files, state, external_id as client,
       address_kind, address_value
  from conversation_message
 where changed > %(after)s and changed <= %(until)s and channel = 'chat' and address_kind is not null
   and (direction = 'in' or direction = 'out' and state in ('sent', 'delivered', 'read'))
   and (%(all)s or (address_kind, address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[])))
 order by position limit %(limit)s

-- name: changed_standings
select c.id, c.status, c.member, c.rating, c.channel, c.position, c.to_kind, c.to_value,
       coalesce((select max(until) from conversation_seen where conversation = c.id), 0) as seen
  from conversation c
 where c.position > %(after)s and c.position <= %(until)s and c.channel = 'chat' and c.to_kind is not null
   and c.merged_into is null
   and (%(all)s or (to_kind, to_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[])))
 order by c.position limit %(limit)s

-- name: owns
select exists (select from conversation_message
                where conversation = %(conversation)s and channel = 'chat' and direction in ('in', 'out')
                  and (address_kind, address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[])))
