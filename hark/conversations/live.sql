-- name: conversations
select id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language, member, team, priority,
       tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at, rating, merged_into, messages,
       preview, read_by_person, participants, position
  from conversation
 where position > %(after)s and position <= %(until)s and (%(ids)s::uuid[] is null or id = any(%(ids)s))
 order by position, id limit %(limit)s

-- name: moved
select conversation, moved, restored_at, position from conversation_change
 where position > %(after)s and position <= %(until)s order by position, id

-- name: messages
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language, source, external_id
  from conversation_message
 where changed > %(after)s and changed <= %(until)s and (%(ids)s::uuid[] is null or conversation = any(%(ids)s))
 order by changed, position limit %(limit)s
