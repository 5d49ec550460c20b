-- name: parse
-- The words as they are, quotes and minus understood; the last one may be unfinished.
select websearch_to_tsquery('simple', %(words)s)
       && case when %(last)s = '' then ''::tsquery else to_tsquery('simple', quote_literal(%(last)s) || ':*') end as query

-- name: search
-- The newest first. The planner knows how common a word is: a rare one is looked up, for a common one the newest messages are
-- walked through until a page is full.
select m.id, m.conversation, m.origin, m.position, m.changed, m.at, m.channel, m.direction, m.author, m.anchor, m.name,
       m.address_kind, m.address_value, m.trust, m.automatic, m.text, null::text as html, m.subject, m.files, m.buttons,
       m.mentions, m.state, m.detail, m.attempt, m.language, m.source, m.external_id
  from conversation_message m
 where m.search @@ %(query)s::tsquery
   and (m.at, m.id) < (%(before)s::timestamptz, %(id)s::uuid)
   and (%(since)s::timestamptz is null or m.at >= %(since)s)
   and (%(channel)s::text is null or m.channel = %(channel)s)
   and (%(direction)s::text is null or m.direction = %(direction)s)
   and (not %(files)s or m.files <> '[]')
 order by m.at desc, m.id desc limit %(limit)s

-- name: search_of_conversations
-- As above, of conversations that stand in a certain way.
select m.id, m.conversation, m.origin, m.position, m.changed, m.at, m.channel, m.direction, m.author, m.anchor, m.name,
       m.address_kind, m.address_value, m.trust, m.automatic, m.text, null::text as html, m.subject, m.files, m.buttons,
       m.mentions, m.state, m.detail, m.attempt, m.language, m.source, m.external_id
  from conversation_message m join conversation c on c.id = m.conversation
 where m.search @@ %(query)s::tsquery
   and (m.at, m.id) < (%(before)s::timestamptz, %(id)s::uuid)
   and (%(since)s::timestamptz is null or m.at >= %(since)s)
   and (%(channel)s::text is null or m.channel = %(channel)s)
   and (%(direction)s::text is null or m.direction = %(direction)s)
   and (not %(files)s or m.files <> '[]')
   and (%(status)s::text is null or c.status = %(status)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(team)s::text is null or c.team = %(team)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
 order by m.at desc, m.id desc limit %(limit)s

-- name: search_of_person
select m.id, m.conversation, m.origin, m.position, m.changed, m.at, m.channel, m.direction, m.author, m.anchor, m.name,
       m.address_kind, m.address_value, m.trust, m.automatic, m.text, null::text as html, m.subject, m.files, m.buttons,
       m.mentions, m.state, m.detail, m.attempt, m.language, m.source, m.external_id
  from conversation_message m
 where m.conversation in (select c.id from conversation c
                           where c.anchor in (select i.id from people_identity i where i.person = %(person)s))
   and m.search @@ %(query)s::tsquery
   and (m.at, m.id) < (%(before)s::timestamptz, %(id)s::uuid)
   and (%(since)s::timestamptz is null or m.at >= %(since)s)
   and (%(channel)s::text is null or m.channel = %(channel)s)
   and (%(direction)s::text is null or m.direction = %(direction)s)
   and (not %(files)s or m.files <> '[]')
 order by m.at desc, m.id desc limit %(limit)s

-- name: excerpts
-- Only of the page that is shown; \x02 and \x03 stand around what was found, so that the text can be escaped first.
select m.id, ts_headline('simple', left(m.text, 20000), %(query)s::tsquery, %(marks)s) as excerpt
  from conversation_message m where m.id = any(%(ids)s::uuid[])

-- name: people
select c.id, c.status, c.subject, i.person, hark_person_name(p.traits) as name
  from conversation c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 where c.id = any(%(ids)s::uuid[])
