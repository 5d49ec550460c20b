-- What the step reads and writes: each batch in sets.

-- name: read_messages
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language, source, external_id
  from conversation_message
 where id = any(%(ids)s::uuid[])
    or (source, external_id) in (select * from unnest(%(sources)s::text[], %(externals)s::text[]))
 order by position

-- name: read_all_messages
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, left(text, 200) as text, null::text as html, subject, files, buttons, mentions, state, detail, attempt,
       language, source, external_id
  from conversation_message where conversation = any(%(conversations)s::uuid[]) order by position

-- name: read_unread
-- What went out and was not read yet, as far as anybody told us.
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, '' as text, null::text as html, subject, files, buttons, mentions, state, detail, attempt, language, source,
       external_id
  from conversation_message
 where conversation = any(%(conversations)s::uuid[]) and direction = 'out'
   and state in ('queued', 'unknown', 'sent', 'delivered')
 order by position

-- name: read_receipts
select source, external_id, state, detail, position from conversation_receipt
 where (source, external_id) in (select * from unnest(%(sources)s::text[], %(externals)s::text[]))

-- name: read_conversations
-- These, and those that they were merged into.
with recursive led as (
  select id, merged_into from conversation where id = any(%(ids)s::uuid[])
  union
  select c.id, c.merged_into from conversation c join led on c.id = led.merged_into
)
select id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language, member, team, priority,
       tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at, rating, merged_into, messages,
       preview, read_by_person, participants, position
  from conversation where id in (select id from led)

-- name: read_of_anchors
select id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language, member, team, priority,
       tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at, rating, merged_into, messages,
       preview, read_by_person, participants, position
  from conversation
 where anchor = any(%(anchors)s::uuid[]) and merged_into is null
   and (status <> 'closed' or %(since)s::timestamptz is null or closed_at >= %(since)s::timestamptz)

-- name: write_conversations
insert into conversation (id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language,
       member, team, priority, tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at,
       rating, merged_into, messages, preview, read_by_person, participants, position)
select id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language,
       member, team, priority, tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at,
       rating, merged_into, messages, preview, read_by_person, participants, position
  from json_to_recordset(%(rows)s::json) as row (id uuid, anchor uuid, status text, channel text, opened_at timestamptz,
       last_at timestamptz, to_kind text, to_value text, source text, subject text, language text, member uuid, team text,
       priority smallint, tags text[], last_in_at timestamptz, last_out_at timestamptz, waiting_since timestamptz,
       first_answer_at timestamptz, snoozed_until timestamptz, closed_at timestamptz, rating smallint, merged_into uuid,
       messages integer, preview text, read_by_person bigint, participants uuid[], position bigint)
on conflict (id) do update
   set anchor = excluded.anchor, status = excluded.status, channel = excluded.channel, last_at = excluded.last_at,
       to_kind = excluded.to_kind, to_value = excluded.to_value, source = excluded.source, subject = excluded.subject,
       language = excluded.language, member = excluded.member, team = excluded.team, priority = excluded.priority,
       tags = excluded.tags, last_in_at = excluded.last_in_at, last_out_at = excluded.last_out_at,
       waiting_since = excluded.waiting_since, first_answer_at = excluded.first_answer_at,
       snoozed_until = excluded.snoozed_until, closed_at = excluded.closed_at, rating = excluded.rating,
       merged_into = excluded.merged_into, messages = excluded.messages, preview = excluded.preview,
       read_by_person = excluded.read_by_person, participants = excluded.participants, position = excluded.position

-- name: add_messages
insert into conversation_message (id, conversation, origin, position, changed, at, channel, direction, author, anchor, name,
       address_kind, address_value, trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language,
       source, external_id)
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name,
       address_kind, address_value, trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language,
       source, external_id
  from json_to_recordset(%(rows)s::json) as row (id uuid, conversation uuid, origin uuid, position bigint, changed bigint,
       at timestamptz, channel text, direction text, author text, anchor uuid, name text, address_kind text,
       address_value text, trust text, automatic boolean, text text, html text, subject text, files jsonb, buttons jsonb, mentions uuid[],
       state text, detail text, attempt smallint, language text, source text, external_id text)

-- name: change_messages
-- Not its text: what is searched for need not be read again.
update conversation_message m
   set conversation = row.conversation, author = row.author, changed = row.changed, state = row.state, detail = row.detail,
       attempt = row.attempt, external_id = row.external_id
  from json_to_recordset(%(rows)s::json) as row (id uuid, conversation uuid, author text, changed bigint, state text,
       detail text, attempt smallint, external_id text)
 where m.id = row.id

-- name: write_seen
insert into conversation_seen (conversation, reader, until)
select conversation, reader, until
  from json_to_recordset(%(rows)s::json) as row (conversation uuid, reader text, until bigint)
on conflict (conversation, reader) do update set until = greatest(conversation_seen.until, excluded.until)

-- name: unsee
delete from conversation_seen s
 using json_to_recordset(%(rows)s::json) as row (conversation uuid, reader text)
 where s.conversation = row.conversation and s.reader = row.reader

-- name: write_receipts
insert into conversation_receipt (source, external_id, state, detail, position)
select source, external_id, state, detail, position
  from json_to_recordset(%(rows)s::json) as row (source text, external_id text, state text, detail text, position bigint)
on conflict (source, external_id) do update
   set state = excluded.state, detail = excluded.detail, position = excluded.position

-- name: write_change
insert into conversation_change (id, kind, conversation, moved, at, by, position)
values (%(id)s, %(kind)s, %(conversation)s, %(moved)s::jsonb, %(at)s, %(by)s, %(position)s)
on conflict (id) do nothing

-- name: read_change
select id, kind, conversation, moved, at, by, restored_at from conversation_change where id = %(id)s

-- name: restore_change
update conversation_change set restored_at = %(at)s, position = %(position)s where id = %(id)s

-- name: read_parted
-- Conversations in which both sides of parted persons may have written.
select distinct c.id
  from conversation c join conversation_message m on m.conversation = c.id
 where c.merged_into is null and m.author = 'person'
   and ((m.anchor = any(%(members)s::uuid[]) and not c.anchor = any(%(members)s::uuid[]))
     or (c.anchor = any(%(members)s::uuid[]) and not m.anchor = any(%(members)s::uuid[])))

-- name: clear
truncate conversation, conversation_message, conversation_seen, conversation_receipt, conversation_change,
  conversation_returned
