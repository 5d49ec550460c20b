-- Reading what a batch touches, and writing it back in sets. Every row of these tables is written here and nowhere else;
-- the Structs that are sent have the columns' names.

-- name: write_declarations
insert into declaration select * from jsonb_populate_recordset(null::declaration, %(rows)s::jsonb)
on conflict (kind, name) do update
   set label = excluded.label, body = excluded.body, place = excluded.place, defined_at = excluded.defined_at,
       defined_by = excluded.defined_by, position = excluded.position

-- name: write_cases
insert into work_case select * from jsonb_populate_recordset(null::work_case, %(rows)s::jsonb)
on conflict (id) do update
   set number = excluded.number, anchor = excluded.anchor, subject = excluded.subject, about = excluded.about, status = excluded.status, priority =
       excluded.priority, team = excluded.team, member = excluded.member, tags = excluded.tags, fields =
       excluded.fields, conversation = excluded.conversation, device = excluded.device, order_number =
       excluded.order_number, opened_at = excluded.opened_at, opened_by = excluded.opened_by, changed_at =
       excluded.changed_at, due_at = excluded.due_at, snoozed_until = excluded.snoozed_until, closed_at =
       excluded.closed_at, resolution = excluded.resolution, reopened = excluded.reopened, position =
       excluded.position

-- name: write_notes
insert into case_note select * from jsonb_populate_recordset(null::case_note, %(rows)s::jsonb)
on conflict (id) do nothing

-- name: write_tasks
insert into case_task select * from jsonb_populate_recordset(null::case_task, %(rows)s::jsonb)
on conflict (id) do update
   set work_case = excluded.work_case, text = excluded.text, member = excluded.member, due_at = excluded.due_at,
       done_at = excluded.done_at, done_by = excluded.done_by, position = excluded.position

-- name: write_agents
insert into agent select * from jsonb_populate_recordset(null::agent, %(rows)s::jsonb)
on conflict (member) do update
   set state = excluded.state, since = excluded.since, skills = excluded.skills, languages = excluded.languages,
       capacity = excluded.capacity, assigned_at = excluded.assigned_at, position = excluded.position

-- name: write_tickets
insert into ticket select * from jsonb_populate_recordset(null::ticket, %(rows)s::jsonb)
on conflict (id) do update
   set kind = excluded.kind, state = excluded.state, conversation = excluded.conversation, anchor = excluded.anchor,
       channel = excluded.channel, team = excluded.team,
       skills = excluded.skills, language = excluded.language, priority = excluded.priority, boost = excluded.boost,
       waiting_since = excluded.waiting_since, queued_at = excluded.queued_at, last_member = excluded.last_member,
       member = excluded.member, served_at = excluded.served_at, active = excluded.active, phone = excluded.phone,
       zone = excluded.zone, tries = excluded.tries, next_at = excluded.next_at, outcome = excluded.outcome, position
       = excluded.position

-- name: write_paces
insert into queue_pace select * from jsonb_populate_recordset(null::queue_pace, %(rows)s::jsonb)
on conflict (team) do update
   set served = excluded.served, seconds = excluded.seconds, served_at = excluded.served_at

-- name: write_waits_told
insert into wait_told select * from jsonb_populate_recordset(null::wait_told, %(rows)s::jsonb)
on conflict (ticket, at) do update
   set anchor = excluded.anchor, team = excluded.team, place = excluded.place, seconds = excluded.seconds, waited =
       excluded.waited, outcome = excluded.outcome

-- name: write_clocks
insert into promise_clock select * from jsonb_populate_recordset(null::promise_clock, %(rows)s::jsonb)
on conflict (id) do update
   set subject_kind = excluded.subject_kind, subject = excluded.subject, anchor = excluded.anchor,
       promise = excluded.promise, target = excluded.target,
       calendar = excluded.calendar, seconds = excluded.seconds, warn_seconds = excluded.warn_seconds, team =
       excluded.team, member = excluded.member, state = excluded.state, started_at = excluded.started_at, due_at =
       excluded.due_at, warn_at = excluded.warn_at, left_seconds = excluded.left_seconds, warned_at =
       excluded.warned_at, breached_at = excluded.breached_at, met_at = excluded.met_at, position = excluded.position

-- name: write_efforts
insert into effort select * from jsonb_populate_recordset(null::effort, %(rows)s::jsonb)
on conflict (conversation) do update
   set anchor = excluded.anchor, channel = excluded.channel, member = excluded.member, team = excluded.team, status =
       excluded.status, waiting_since = excluded.waiting_since, opened_at = excluded.opened_at, closed_at =
       excluded.closed_at, messages = excluded.messages, waits = excluded.waits, waited = excluded.waited, longest =
       excluded.longest, transfers = excluded.transfers, channel_changes = excluded.channel_changes, repeats =
       excluded.repeats, position = excluded.position

-- name: read_held
-- In one question, because somebody waits for each message that goes down the path.
select (select coalesce(jsonb_agg(jsonb_build_array(kind, name, body::text, position)), '[]') from declaration) as declared,
       (select coalesce(jsonb_agg(t), '[]') from ticket t
         where id = any(%(ids)s::uuid[])
            or (conversation = any(%(ids)s::uuid[]) and kind = 'callback' and state <> 'left')) as tickets,
       (select coalesce(jsonb_agg(c), '[]') from promise_clock c
         where (subject = any(%(ids)s::uuid[]) and state in ('running', 'paused')) or id = any(%(ids)s::uuid[])) as clocks,
       (select coalesce(jsonb_agg(e), '[]') from effort e where conversation = any(%(ids)s::uuid[])) as efforts

-- name: remove_declarations
delete from declaration where (kind, name) in (select * from unnest(%(kinds)s::text[], %(names)s::text[]))

-- name: read_cases
select * from work_case where id = any(%(ids)s::uuid[])

-- name: read_tasks
select * from case_task where id = any(%(ids)s::uuid[])

-- name: read_agents
select * from agent

-- name: read_open_tickets
select * from ticket where state <> 'left' and id <> all(%(known)s::uuid[])

-- name: read_last_members
select distinct on (anchor) anchor, coalesce(member, last_member)
  from ticket where anchor = any(%(anchors)s::uuid[]) and coalesce(member, last_member) is not null
 order by anchor, served_at desc nulls last, position desc

-- name: read_paces
select * from queue_pace

-- name: read_waits_told
select distinct on (ticket) *
  from wait_told where ticket = any(%(tickets)s::uuid[]) and outcome is null order by ticket, at desc

-- name: read_answered
select distinct subject from promise_clock
 where subject = any(%(subjects)s::uuid[]) and target = 'first_answer' and met_at is not null

-- name: read_recently_closed
-- Conversations of these identities that were closed: somebody who comes back soon repeats themselves.
select anchor, max(closed_at) from effort where anchor = any(%(anchors)s::uuid[]) and closed_at is not null group by anchor

-- name: clear
truncate declaration, work_case, case_note, case_task, agent, ticket, queue_pace, wait_told, promise_clock, effort

-- name: read_reservations
select ticket, member, event, at from reservation

-- name: add_reservations
insert into reservation (ticket, member, event, at)
select * from jsonb_populate_recordset(null::reservation, %(rows)s::jsonb)
on conflict (ticket) do update set member = excluded.member, event = excluded.event, at = excluded.at

-- name: drop_reservations
delete from reservation where ticket = any(%(tickets)s::uuid[])

-- name: add_runs
insert into automation_run (automation, event, subject, anchor, at, actions)
select * from jsonb_populate_recordset(null::automation_run, %(rows)s::jsonb)
on conflict do nothing

-- name: count_runs
select automation, subject, count(*)
  from automation_run where subject = any(%(subjects)s::uuid[]) and at > %(since)s::timestamptz group by automation, subject

-- name: automations
select name, body::text, position from declaration where kind = 'automation' order by place, name

-- name: conversations_named
select id, channel, status, language, team, member, priority, tags, subject, source, waiting_since is not null as waiting
  from conversation_glance where id = any(%(ids)s::uuid[])
