-- name: plan_for_values
-- A filter that is not given must cost nothing, which the planner only sees when it plans for the values at hand.
set local plan_cache_mode = force_custom_plan

-- name: list_conversations
-- Each status has its index in the order asked for, so a page costs a page at any size.
select c.id, c.anchor, c.status, c.channel, c.opened_at, c.last_at, c.to_kind, c.to_value, c.source, c.subject, c.language,
       c.member, c.team, c.priority, c.tags, c.last_in_at, c.last_out_at, c.waiting_since, c.first_answer_at,
       c.snoozed_until, c.closed_at, c.rating, c.merged_into, c.messages, c.preview, c.read_by_person, c.participants,
       c.position, i.person, coalesce(hark_person_name(p.traits), (
         select m.name from conversation_message m
          where m.conversation = c.id and m.author = 'person' and m.name is not null
          order by m.at desc, m.position desc limit 1)) as name, p.segments,
       c.last_in_at is not null and exists (
         select from conversation_message m where m.conversation = c.id and m.direction = 'in'
            and m.position > coalesce((select s.until from conversation_seen s
                                        where s.conversation = c.id and s.reader = %(seen_by)s), 0)) as unread
  from (select page.* from unnest(%(statuses)s::text[]) as wanted (status)
         cross join lateral (
           select * from conversation c
            where c.status = wanted.status and c.merged_into is null
              and (c.last_at, c.id) < (%(at)s::timestamptz, %(id)s::uuid)
              and (%(member)s::uuid is null or c.member = %(member)s)
              and (not %(unassigned)s or c.member is null)
              and (%(team)s::text is null or c.team = %(team)s)
              and (%(channel)s::text is null or c.channel = %(channel)s)
              and (%(source)s::text is null or c.source = %(source)s)
              and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
              and (%(language)s::text is null or c.language = %(language)s)
              and (%(priority)s::smallint is null or c.priority >= %(priority)s)
              and (not %(waiting)s or c.waiting_since is not null)
            order by c.last_at desc, c.id desc limit %(limit)s) page
         order by page.last_at desc, page.id desc limit %(limit)s) c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 order by c.last_at desc, c.id desc

-- name: list_mentions
select c.id, c.anchor, c.status, c.channel, c.opened_at, c.last_at, c.to_kind, c.to_value, c.source, c.subject, c.language,
       c.member, c.team, c.priority, c.tags, c.last_in_at, c.last_out_at, c.waiting_since, c.first_answer_at,
       c.snoozed_until, c.closed_at, c.rating, c.merged_into, c.messages, c.preview, c.read_by_person, c.participants,
       c.position, i.person, coalesce(hark_person_name(p.traits), (
         select m.name from conversation_message m
          where m.conversation = c.id and m.author = 'person' and m.name is not null
          order by m.at desc, m.position desc limit 1)) as name, p.segments, false as unread
  from conversation c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 where c.id in (select conversation from conversation_message where mentions @> array[%(reader)s::uuid]
                   and mentions <> '{}')
   and c.merged_into is null and c.status = any(%(statuses)s::text[])
   and (c.last_at, c.id) < (%(at)s::timestamptz, %(id)s::uuid)
 order by c.last_at desc, c.id desc limit %(limit)s

-- name: list_waiting
-- Who waits longest for an answer, first.
select c.id, c.anchor, c.status, c.channel, c.opened_at, c.last_at, c.to_kind, c.to_value, c.source, c.subject, c.language,
       c.member, c.team, c.priority, c.tags, c.last_in_at, c.last_out_at, c.waiting_since, c.first_answer_at,
       c.snoozed_until, c.closed_at, c.rating, c.merged_into, c.messages, c.preview, c.read_by_person, c.participants,
       c.position, i.person, coalesce(hark_person_name(p.traits), (
         select m.name from conversation_message m
          where m.conversation = c.id and m.author = 'person' and m.name is not null
          order by m.at desc, m.position desc limit 1)) as name, p.segments,
       c.last_in_at is not null and exists (
         select from conversation_message m where m.conversation = c.id and m.direction = 'in'
            and m.position > coalesce((select s.until from conversation_seen s
                                        where s.conversation = c.id and s.reader = %(seen_by)s), 0)) as unread
  from (select * from conversation one
         where one.waiting_since is not null and one.merged_into is null and one.status = any(%(statuses)s::text[])
           and (one.waiting_since, one.id) > (%(at)s::timestamptz, %(id)s::uuid)
           and (%(member)s::uuid is null or one.member = %(member)s)
           and (not %(unassigned)s or one.member is null)
           and (%(team)s::text is null or one.team = %(team)s)
           and (%(channel)s::text is null or one.channel = %(channel)s)
           and (%(source)s::text is null or one.source = %(source)s)
           and (%(language)s::text is null or one.language = %(language)s)
           and (%(tag)s::text is null or one.tags @> array[%(tag)s::text])
           and (%(priority)s::smallint is null or one.priority >= %(priority)s)
         order by one.waiting_since, one.id limit %(limit)s) c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 order by c.waiting_since, c.id

-- name: count_mentions
-- Calls for me that I have not seen.
select count(*) from (
  select 1 from (select conversation, max(position) as position from conversation_message
                  where mentions @> array[%(reader)s::uuid] and mentions <> '{}' group by conversation) called
    join conversation c on c.id = called.conversation and c.merged_into is null
    left join conversation_seen seen on seen.reader = %(seen_by)s and seen.conversation = c.id
   where called.position > coalesce(seen.until, 0) limit %(most)s) counted

-- name: count_fitting
-- Never beyond `most`: "999+" tells as much as a number that takes long.
select count(*) from (
  select 1 from unnest(%(statuses)s::text[]) as wanted (status)
   cross join lateral (
     select 1 from conversation one
      where one.status = wanted.status and one.merged_into is null
        and (%(member)s::uuid is null or one.member = %(member)s)
        and (not %(unassigned)s or one.member is null)
        and (%(team)s::text is null or one.team = %(team)s)
        and (%(channel)s::text is null or one.channel = %(channel)s)
        and (%(source)s::text is null or one.source = %(source)s)
        and (%(language)s::text is null or one.language = %(language)s)
        and (%(tag)s::text is null or one.tags @> array[%(tag)s::text])
        and (%(priority)s::smallint is null or one.priority >= %(priority)s)
        and (not %(waiting)s or one.waiting_since is not null)
      limit %(most)s) found limit %(most)s) counted

-- name: addresses_of
-- Where a person wrote from, the last one first: one can answer there.
select channel, source, to_kind as kind, to_value as value, max(last_in_at) as at
  from conversation where anchor in (select id from people_identity where person = %(person)s)
   and to_value is not null and last_in_at is not null
 group by 1, 2, 3, 4 order by 5 desc limit %(limit)s

-- name: tags_in_use
-- What filters offer: tags of the newest conversations alone.
select coalesce(array_agg(distinct tag order by tag), '{}')
  from (select tags from conversation where merged_into is null order by position desc limit 2000) newest,
       unnest(newest.tags) tag
