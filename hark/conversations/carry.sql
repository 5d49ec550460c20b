-- name: conversations_of
select id, anchor, status, channel, opened_at, last_at, subject, language, priority, tags, closed_at, rating, messages
  from conversation where anchor = any(%(ids)s::uuid[]) order by opened_at, id

-- name: messages_of
-- Without our notes: they are ours, and may speak of others.
select m.id, m.conversation, m.at, m.channel, m.direction, m.author, m.name, m.address_kind, m.address_value, m.subject, m.text,
       m.files, m.state
  from conversation_message m
 where (m.anchor = any(%(ids)s::uuid[])
        or m.conversation in (select id from conversation where anchor = any(%(ids)s::uuid[])))
   and m.direction <> 'note' and m.author <> 'stranger'
 order by m.at, m.position

-- name: leaving
-- Their conversations, and what they wrote or were written elsewhere; also under their address where they were not believed.
select m.id, m.conversation, m.files
  from conversation_message m
 where m.anchor = any(%(ids)s::uuid[])
    or m.conversation in (select id from conversation where anchor = any(%(ids)s::uuid[]))
    or (m.anchor is null
        and (m.address_kind, m.address_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[])))

-- name: forget_messages
delete from conversation_message where id = any(%(messages)s::uuid[])

-- name: forget_sendings
delete from conversation_sending where message = any(%(messages)s::uuid[])

-- name: forget_keys
delete from conversation_key where message = any(%(messages)s::uuid[])

-- name: forget_receipts
-- What a channel said of a message that we never found names its receiver now and then.
delete from conversation_receipt
 where exists (select from unnest(%(values)s::text[]) v where strpos(lower(detail || ' ' || external_id), lower(v)) > 0)

-- name: forget_conversations
-- Theirs, and those of nobody in which nothing is left.
delete from conversation c
 where c.anchor = any(%(ids)s::uuid[])
    or (c.anchor is null and c.id = any(%(touched)s::uuid[])
        and not exists (select from conversation_message m where m.conversation = c.id))
returning c.id

-- name: forget_seen
delete from conversation_seen where conversation = any(%(conversations)s::uuid[])

-- name: forget_changes
delete from conversation_change c
 where c.conversation = any(%(conversations)s::uuid[]) or c.moved ?| %(texts)s::text[]

-- name: files_in_use
select distinct file ->> 'id' as id from conversation_message m, jsonb_array_elements(m.files) file
 where m.files <> '[]' and file ->> 'id' = any(%(files)s::text[])

-- name: leave_participants
update conversation
   set participants = (select coalesce(array_agg(p order by n), '{}') from unnest(participants) with ordinality as u (p, n)
                        where not p = any(%(ids)s::uuid[]))
 where participants && %(ids)s::uuid[]

-- name: positions
select id, position from conversation where id = any(%(ids)s::uuid[])

-- name: forget_drafts
-- What somebody of ours had begun to write to them.
delete from draft where conversation = any(%(conversations)s)
