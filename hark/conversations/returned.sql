-- name: add
insert into conversation_returned (event, address_kind, address_value, message, reason, at, position, blocks)
select event, address_kind, address_value, message, reason, at, position, blocks
  from json_to_recordset(%(rows)s::json) as row (event uuid, address_kind text, address_value text, message uuid, reason text,
       at timestamptz, position bigint, blocks boolean)
on conflict (event) do nothing

-- name: lift
-- What came back before it was lifted; what comes back later blocks anew.
update conversation_returned r set blocks = false
  from json_to_recordset(%(rows)s::json) as row (kind text, value text, position bigint)
 where r.address_kind = row.kind and r.address_value = row.value and r.position < row.position and r.blocks

-- name: blocking
select reason, at from conversation_returned
 where address_kind = %(kind)s and address_value = %(value)s and blocks order by position desc limit 1

-- name: leaving
delete from conversation_returned
 where (address_kind, address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))
    or message = any(%(messages)s::uuid[])
returning event
