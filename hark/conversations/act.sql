-- name: hold_key
-- Two requests with one key at once: the second waits and finds the first one's message.
select pg_advisory_xact_lock(hashtextextended('conversation ' || %(key)s, 0))

-- name: message_of_key
select message from conversation_key where key = %(key)s

-- name: keep_key
insert into conversation_key (key, message, at) values (%(key)s, %(message)s, %(at)s)

-- name: person_of
select person from people_identity where id = %(anchor)s

-- name: change
select id, kind, conversation, restored_at from conversation_change where id = %(id)s

-- name: how_many
select count(*) from conversation_message where conversation = %(conversation)s

-- name: how_many_of
select count(*) from conversation_message where conversation = %(conversation)s and id = any(%(messages)s::uuid[])
