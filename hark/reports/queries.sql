-- name: totals
select count(*) filter (where opened_at >= %(since)s and opened_at < %(until)s)::int as opened,
       count(*) filter (where closed_at >= %(since)s and closed_at < %(until)s)::int as closed,
       count(*) filter (where opened_at < %(until)s and (closed_at is null or closed_at >= %(until)s))::int as backlog,
       percentile_cont(0.5) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where opened_at >= %(since)s and opened_at < %(until)s and first_answer_at is not null) as first_answer,
       percentile_cont(0.9) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where opened_at >= %(since)s and opened_at < %(until)s and first_answer_at is not null) as first_answer_slow,
       percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at))
         filter (where closed_at >= %(since)s and closed_at < %(until)s) as resolution,
       count(*) filter (where opened_at >= %(since)s and opened_at < %(until)s and rating is not null)::int as rated,
       count(*) filter (where opened_at >= %(since)s and opened_at < %(until)s and rating >= 4)::int as happy,
       count(*) filter (where opened_at >= %(since)s and opened_at < %(until)s and first_answer_at is null
                          and status in ('open', 'waiting'))::int as unanswered
  from conversation_glance c
 where (opened_at < %(until)s and (closed_at is null or closed_at >= %(since)s)) and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])

-- name: days
select day::date as day, count(*) filter (where kind = 'o')::int as opened, count(*) filter (where kind = 'c')::int as closed
  from (select (opened_at at time zone %(zone)s)::date as day, 'o' as kind from conversation_glance c
         where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
        union all
        select (closed_at at time zone %(zone)s)::date, 'c' from conversation_glance c
         where closed_at >= %(since)s and closed_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])) moves
 group by 1 order by 1

-- name: backlog_before
select count(*)::int from conversation_glance c
 where opened_at < %(since)s and (closed_at is null or closed_at >= %(since)s) and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])

-- name: hours
select extract(isodow from opened_at at time zone %(zone)s)::int as weekday,
       extract(hour from opened_at at time zone %(zone)s)::int as hour, count(*)::int as count
  from conversation_glance c where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text]) group by 1, 2

-- name: by_team
select team as name, count(*)::int as opened, count(closed_at)::int as closed,
       percentile_cont(0.5) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where first_answer_at is not null) as first_answer,
       percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at))
         filter (where closed_at is not null) as resolution,
       avg(rating) as rating, count(rating)::int as rated, count(*) filter (where rating >= 4)::int as happy
  from conversation_glance c where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
 group by 1 order by 2 desc, 1 limit 100

-- name: by_channel
select channel as name, count(*)::int as opened, count(closed_at)::int as closed,
       percentile_cont(0.5) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where first_answer_at is not null) as first_answer,
       percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at))
         filter (where closed_at is not null) as resolution,
       avg(rating) as rating, count(rating)::int as rated, count(*) filter (where rating >= 4)::int as happy
  from conversation_glance c where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
 group by 1 order by 2 desc, 1 limit 100

-- name: by_language
select language as name, count(*)::int as opened, count(closed_at)::int as closed,
       percentile_cont(0.5) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where first_answer_at is not null) as first_answer,
       percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at))
         filter (where closed_at is not null) as resolution,
       avg(rating) as rating, count(rating)::int as rated, count(*) filter (where rating >= 4)::int as happy
  from conversation_glance c where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
 group by 1 order by 2 desc, 1 limit 100

-- name: by_member
select member::text as name, count(*)::int as opened, count(closed_at)::int as closed,
       percentile_cont(0.5) within group (order by extract(epoch from first_answer_at - opened_at))
         filter (where first_answer_at is not null) as first_answer,
       percentile_cont(0.5) within group (order by extract(epoch from closed_at - opened_at))
         filter (where closed_at is not null) as resolution,
       avg(rating) as rating, count(rating)::int as rated, count(*) filter (where rating >= 4)::int as happy
  from conversation_glance c where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
 group by 1 order by 2 desc, 1 limit 100

-- name: reasons
select tag as name, count(*)::int as count from conversation_glance c cross join unnest(c.tags) tag
 where opened_at >= %(since)s and opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text]) group by 1 order by 2 desc, 1 limit 20

-- name: ratings
select rating, count(*)::int as count from conversation_glance c
 where opened_at >= %(since)s and opened_at < %(until)s and rating is not null and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text]) group by 1 order by 1 desc

-- name: effort
select count(*)::int as counted, avg(e.waited)::float as waited, avg(e.transfers)::float as transfers,
       avg(e.channel_changes)::float as channel_changes, avg(e.repeats)::float as repeats, avg(e.messages)::float as messages,
       count(*) filter (where e.transfers = 0 and e.channel_changes = 0 and e.repeats = 0)::int as easy
  from conversation_glance c join conversation_effort e on e.conversation = c.id
 where c.opened_at >= %(since)s and c.opened_at < %(until)s and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])

-- name: answer_spans
select opened_at, first_answer_at from conversation_glance c
 where opened_at >= %(since)s and opened_at < %(until)s and first_answer_at is not null and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text]) limit %(most)s

-- name: promises
select target, count(*) filter (where state = 'met' and breached_at is null)::int as kept,
       count(*) filter (where breached_at is not null)::int as broken
  from promise_glance where started_at >= %(since)s and started_at < %(until)s and subject_kind = 'conversation'
   and (%(team)s::text is null or team = %(team)s) group by 1 order by 1

-- name: choices
select coalesce(array_agg(distinct team) filter (where team is not null), '{}') as teams,
       coalesce(array_agg(distinct channel), '{}') as channels,
       coalesce(array_agg(distinct language) filter (where language is not null), '{}') as languages
  from conversation_glance where opened_at >= %(since)s and opened_at < %(until)s

-- name: behind
select c.id, c.status, c.channel, c.language, c.team, c.member, c.subject, c.tags, c.opened_at, c.first_answer_at, c.closed_at,
       c.rating, extract(epoch from c.first_answer_at - c.opened_at)::float as first_answer,
       extract(epoch from c.closed_at - c.opened_at)::float as resolution, i.person, hark_person_name(p.traits) as name,
       m.name as member_name, e.transfers, e.channel_changes, e.repeats, e.waited
  from conversation_glance c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
  left join member_glance m on m.id = c.member
  left join conversation_effort e on e.conversation = c.id
 where case %(what)s when 'closed' then c.closed_at >= %(since)s and c.closed_at < %(until)s
                     when 'backlog' then c.opened_at < %(until)s and (c.closed_at is null or c.closed_at >= %(until)s)
                     else c.opened_at >= %(since)s and c.opened_at < %(until)s end
   and case %(what)s when 'rated' then c.rating is not null when 'happy' then c.rating >= 4 when 'unhappy' then c.rating <= 2
                     when 'unanswered' then c.first_answer_at is null and c.status in ('open', 'waiting')
                     when 'transferred' then e.transfers > 0 when 'repeated' then e.repeats > 0
                     when 'switched' then e.channel_changes > 0
                     when 'broken' then exists (select from promise_glance b where b.subject = c.id and b.breached_at is not null)
                     else true end
   and (%(rating)s::int is null or c.rating = %(rating)s)
   and (%(hour)s::int is null or extract(hour from c.opened_at at time zone %(zone)s) = %(hour)s)
   and (%(weekday)s::int is null or extract(isodow from c.opened_at at time zone %(zone)s) = %(weekday)s)
   and (%(team)s::text is null or c.team = %(team)s)
   and (%(channel)s::text is null or c.channel = %(channel)s)
   and (%(language)s::text is null or c.language = %(language)s)
   and (%(member)s::uuid is null or c.member = %(member)s)
   and (%(tag)s::text is null or c.tags @> array[%(tag)s::text])
   and (c.opened_at, c.id) < (%(before_at)s::timestamptz, %(before_id)s::uuid)
 order by c.opened_at desc, c.id desc limit %(limit)s

-- name: members
select id, name from member_glance order by name

-- name: names_of
select i.id as anchor, i.person, coalesce(hark_person_name(p.traits), p.traits ->> 'email') as name
  from people_identity i left join people_profile p on p.id = i.person where i.id = any(%(anchors)s)
