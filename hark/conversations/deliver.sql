-- name: answered_since
select exists (select from conversation_message
                where conversation = %(conversation)s and direction = 'out' and not automatic and at > %(at)s
                  and state <> 'withdrawn')

-- name: origin
select origin from conversation_message where id = %(id)s

-- name: references
select external_id from conversation_message
 where conversation = %(conversation)s and source = %(source)s and external_id is not null and at <= %(at)s
   and author <> 'stranger'
 order by at desc, position desc limit %(limit)s

-- name: last_heard
select position from conversation_message
 where conversation = %(conversation)s and source = %(source)s and direction = 'in' and author <> 'stranger' and at <= %(at)s
 order by at desc, position desc limit 1

-- name: member_name
select name from member_glance where id::text = %(id)s

-- name: read_sending
select key, state, external_id, detail from conversation_sending where key = %(key)s

-- name: begin_sending
insert into conversation_sending (key, message, at) values (%(key)s, %(message)s, %(at)s)

-- name: note_sending
update conversation_sending set state = %(state)s, external_id = %(external_id)s, detail = %(detail)s where key = %(key)s

-- name: forget_sending
delete from conversation_sending where key = %(key)s
