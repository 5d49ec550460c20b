-- name: cases_of
select number, subject, about, status, priority, team, tags, fields, order_number, device, opened_at, due_at, closed_at, resolution,
       (select coalesce(jsonb_agg(jsonb_build_object('at', at, 'author', author, 'text', text) order by position), '[]')
          from case_note where work_case = one.id) as notes,
       (select coalesce(jsonb_agg(jsonb_build_object('text', text, 'due_at', due_at, 'done_at', done_at) order by position), '[]')
          from case_task where work_case = one.id) as tasks
  from work_case one where anchor = any(%(ids)s::uuid[]) order by number

-- name: tickets_of
select kind, channel, team, language, waiting_since, queued_at, served_at, phone, tries, outcome
  from ticket where anchor = any(%(ids)s::uuid[]) order by queued_at

-- name: clocks_of
select subject_kind, promise, target, started_at, due_at, met_at, breached_at
  from promise_clock where anchor = any(%(ids)s::uuid[]) order by started_at

-- name: efforts_of
select opened_at, closed_at, messages, waits, waited, longest, transfers, channel_changes, repeats
  from effort where anchor = any(%(ids)s::uuid[]) order by opened_at

-- name: forget_notes
delete from case_note where work_case in (select id from work_case where anchor = any(%(ids)s::uuid[]))

-- name: forget_tasks
delete from case_task where work_case in (select id from work_case where anchor = any(%(ids)s::uuid[]))

-- name: forget_cases
delete from work_case where anchor = any(%(ids)s::uuid[])

-- name: forget_reservations
delete from reservation where ticket in (select id from ticket where anchor = any(%(ids)s::uuid[]))

-- name: forget_tickets
delete from ticket where anchor = any(%(ids)s::uuid[])

-- name: forget_waits
delete from wait_told where anchor = any(%(ids)s::uuid[])

-- name: forget_clocks
delete from promise_clock where anchor = any(%(ids)s::uuid[])

-- name: forget_efforts
delete from effort where anchor = any(%(ids)s::uuid[])

-- name: forget_runs
delete from automation_run where anchor = any(%(ids)s::uuid[])
