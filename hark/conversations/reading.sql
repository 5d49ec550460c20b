-- Questions about conversations. A person is a join over the anchor, as they are now.

-- name: conversation
with recursive led as (
  select id, merged_into from conversation where id = %(id)s
  union
  select c.id, c.merged_into from conversation c join led on c.id = led.merged_into
)
select c.id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language, member, team, priority,
       tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at, rating, c.merged_into,
       messages, preview, read_by_person, participants, position
  from conversation c join led on led.id = c.id where c.merged_into is null

-- name: called
-- What the person is called; where nobody has said, what they call themselves in what they wrote last.
select coalesce(hark_person_name(p.traits), (
         select m.name from conversation_message m
          where m.conversation = c.id and m.author = 'person' and m.name is not null
          order by m.at desc, m.position desc limit 1))
  from conversation c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 where c.id = %(id)s

-- name: message
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language, source, external_id
  from conversation_message where id = %(id)s

-- name: thread
-- The newest first.
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language, source, external_id
  from conversation_message
 where conversation = %(conversation)s and (at, position) < (%(at)s::timestamptz, %(position)s)
 order by at desc, position desc limit %(limit)s

-- name: stream
-- Every conversation of a person as one: the newest first.
select m.id, m.conversation, m.origin, m.position, m.changed, m.at, m.channel, m.direction, m.author, m.anchor, m.name,
       m.address_kind, m.address_value, m.trust, m.automatic, m.text, m.html, m.subject, m.files, m.buttons, m.mentions, m.state,
       m.detail, m.attempt, m.language, m.source, m.external_id
  from conversation c
 cross join lateral (
   select * from conversation_message m
    where m.conversation = c.id and (m.at, m.position) < (%(at)s::timestamptz, %(position)s)
    order by m.at desc, m.position desc limit %(limit)s) m
 where c.anchor in (select id from people_identity where person = %(person)s) and c.merged_into is null
 order by m.at desc, m.position desc limit %(limit)s

-- name: of_person
select c.id, c.anchor, c.status, c.channel, c.opened_at, c.last_at, c.to_kind, c.to_value, c.source, c.subject, c.language,
       c.member, c.team, c.priority, c.tags, c.last_in_at, c.last_out_at, c.waiting_since, c.first_answer_at,
       c.snoozed_until, c.closed_at, c.rating, c.merged_into, c.messages, c.preview, c.read_by_person, c.participants,
       c.position
  from conversation c
 where c.anchor in (select id from people_identity where person = %(person)s) and c.merged_into is null
 order by c.last_at desc, c.id limit %(limit)s

-- name: counts
select count(*) filter (where status = 'open') as open,
       count(*) filter (where status = 'waiting') as waiting,
       count(*) filter (where status = 'snoozed') as snoozed,
       count(*) filter (where status = 'open' and member = %(member)s::uuid) as mine,
       count(*) filter (where status = 'open' and member is null) as unassigned,
       (select count(distinct m.conversation) from conversation_message m
         where m.mentions @> array[%(member)s::uuid] and m.mentions <> '{}') as mentions
  from conversation where status in ('open', 'waiting', 'snoozed') and merged_into is null

-- name: changed_conversations
select id, anchor, status, channel, opened_at, last_at, to_kind, to_value, source, subject, language, member, team, priority,
       tags, last_in_at, last_out_at, waiting_since, first_answer_at, snoozed_until, closed_at, rating, merged_into, messages,
       preview, read_by_person, participants, position
  from conversation where position > %(since)s and position <= %(until)s order by position, id limit %(limit)s

-- name: changed_messages
select id, conversation, origin, position, changed, at, channel, direction, author, anchor, name, address_kind, address_value,
       trust, automatic, text, html, subject, files, buttons, mentions, state, detail, attempt, language, source, external_id
  from conversation_message where changed > %(since)s and changed <= %(until)s order by changed, position limit %(limit)s

-- name: changes_of
select id, kind, conversation, moved, at, by, restored_at from conversation_change
 where conversation = %(conversation)s or moved ? %(conversation)s::text order by at desc, id

-- name: seen
select reader, until from conversation_seen where conversation = %(conversation)s

-- name: whole
select e.properties ->> 'whole' as whole from event_entry e where e.id = %(message)s
