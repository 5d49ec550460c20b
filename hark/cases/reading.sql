-- name: case
select * from work_case where id = %(id)s

-- name: case_by_number
select * from work_case where number = %(number)s

-- name: notes
select * from case_note where work_case = %(case)s order by position

-- name: tasks
select * from case_task where work_case = %(case)s order by done_at is not null, position

-- name: task
select * from case_task where id = %(id)s

-- name: ticket
select * from ticket where id = %(id)s

-- name: cases
select work_case.*
  from work_case
 where (cardinality(%(status)s::text[]) = 0 or status = any(%(status)s::text[]))
   and (%(member)s::uuid is null or member = %(member)s)
   and (not %(unassigned)s or member is null)
   and (%(team)s = '' or team = %(team)s)
   and (%(tag)s = '' or %(tag)s = any(tags))
   and (%(conversation)s::uuid is null or conversation = %(conversation)s)
   and (%(order)s = '' or order_number = %(order)s)
   and (%(device)s = '' or device = %(device)s)
   and (%(person)s::uuid is null or anchor in (select id from people_identity where person = %(person)s))
   and (%(overdue_at)s::timestamptz is null or (status <> 'closed' and due_at <= %(overdue_at)s))
   and (%(search)s = '' or position(lower(%(search)s) in lower(subject)) > 0 or number::text = %(search)s)
   and (%(before_at)s::timestamptz is null or (changed_at, number) < (%(before_at)s, %(before_number)s::bigint))
 order by changed_at desc, number desc limit %(limit)s

-- name: cases_of_person
select work_case.*
  from work_case join people_identity on people_identity.id = work_case.anchor
 where people_identity.person = %(person)s
 order by status = 'closed', changed_at desc, number desc limit %(limit)s

-- name: cases_of_conversation
select * from work_case where conversation = %(conversation)s order by number

-- name: case_counts
select count(*) filter (where member = %(member)s::uuid) as mine,
       count(*) filter (where member is null) as unassigned,
       count(*) as open,
       count(*) filter (where due_at <= %(now)s::timestamptz) as overdue,
       (select count(*) from case_task where member = %(member)s::uuid and done_at is null) as tasks
  from work_case where status in ('open', 'waiting')

-- name: tasks_of
select * from case_task where member = %(member)s and done_at is null order by due_at nulls last, position limit %(limit)s

-- name: mentions_of
select * from case_note where %(member)s::uuid = any(mentions) order by position desc limit %(limit)s

-- name: declarations
select kind, name, label, body, defined_at, defined_by from declaration where kind = %(kind)s order by place, name

-- name: declaration
select kind, name, label, body, defined_at, defined_by from declaration where kind = %(kind)s and name = %(name)s

-- name: anchor_of
select anchor from conversation_glance where id = %(conversation)s

-- name: tickets
select * from ticket where state = %(state)s

-- name: waiting_ticket
select * from ticket
 where (id = %(id)s or (conversation = %(id)s and kind <> 'case')) and state in ('waiting', 'resting')
 order by kind = 'callback' desc limit 1

-- name: places
-- The same order as waiting.turn.
select count(*) filter (where (turn, replace(id::text, '-', '') collate "C")
                              < (%(turn)s::timestamptz, replace(%(id)s::uuid::text, '-', '') collate "C"))::int as ahead,
       count(*)::int as waiting,
       exists (select from agent_team join agent using (member)
                where team is not distinct from %(team)s and agent.state = 'online') as there
  from (select id, waiting_since - make_interval(secs => boost + case priority when 2 then 3600 when 1 then 900
                                                                    when -1 then -3600 else 0 end) as turn
          from ticket where state = 'waiting' and team is not distinct from %(team)s) line

-- name: team_members
select member, team from agent_team order by team

-- name: teams_there
select distinct team from agent_team join agent using (member) where agent.state = 'online'

-- name: loads
select member, channel, count(*)::int
  from ticket where state = 'served' and active and member is not null group by member, channel

-- name: callbacks
select * from ticket where kind = 'callback' and (not %(open_only)s or state <> 'left') order by position desc limit %(limit)s

-- name: callback_of
select * from ticket where conversation = %(conversation)s and kind = 'callback' and state <> 'left' limit 1

-- name: calls_of
select * from ticket where kind = 'callback' and state = 'served' and member = %(member)s order by served_at, id

-- name: clocks_of
select * from promise_clock
 where subject = %(subject)s order by state not in ('running', 'paused'), due_at nulls last, started_at desc

-- name: nearest_clocks
-- Of each, the promise that runs out first.
select distinct on (subject) * from promise_clock
 where subject = any(%(subjects)s) and state = 'running' and due_at is not null order by subject, due_at

-- name: clocks_until
select * from promise_clock where state = 'running' and due_at <= %(until)s order by due_at, id limit %(limit)s

-- name: breaches
select * from promise_clock
 where breached_at >= %(since)s and breached_at < %(until)s order by breached_at desc, id limit %(limit)s

-- name: kept
select promise, target, count(*) filter (where state in ('running', 'paused') and breached_at is null)::int as running,
       count(*) filter (where met_at is not null and breached_at is null)::int as met,
       count(*) filter (where breached_at is not null)::int as breached
  from promise_clock where started_at >= %(since)s and started_at < %(until)s
 group by promise, target order by promise, target

-- name: accuracy
select team, count(*)::int as told, (count(*) filter (where seconds is null))::int as unknown,
       (count(*) filter (where outcome = 'served'))::int as served, (count(*) filter (where outcome = 'left'))::int as left,
       (avg(waited) filter (where outcome = 'served'))::float as waited,
       (avg(abs(waited - seconds)) filter (where outcome = 'served'))::float as error,
       (avg(waited - seconds) filter (where outcome = 'served'))::float as bias,
       (avg((waited <= seconds + 60)::int) filter (where outcome = 'served' and seconds is not null))::float as within
  from wait_told where at >= %(since)s and at < %(until)s group by team order by team

-- name: effort
select conversation, messages, waits, waited, longest, transfers, channel_changes, repeats
  from effort where conversation = %(conversation)s

-- name: tickets_changed
select * from ticket where position > %(after)s and position <= %(until)s order by position limit %(limit)s

-- name: cases_changed
select * from work_case
 where position > %(after)s and position <= %(until)s and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
 order by position limit %(limit)s

-- name: events_named
select e.position, e.id, e.type, e.name, e.at, e.received_at, e.source, e.message_id, e.properties, e.context, e.channel,
       people_event.anchor, people_event.person, p.traits, p.computed, p.consents, p.segments, p.phase, p.first_seen,
       p.last_seen, m.conversation, m.direction, m.author, m.channel as message_channel, m.language as message_language
  from event_entry e
  left join people_event on people_event.position = e.position
  left join people_profile p on p.id = people_event.person
  left join message_glance m on m.id = e.id
 where e.name = any(%(names)s::text[]) and e.received_at >= %(since)s and e.received_at < %(until)s
 order by e.position desc limit %(limit)s

-- name: runs
select automation, event, subject, at, actions
  from automation_run where automation = %(automation)s order by at desc limit %(limit)s
