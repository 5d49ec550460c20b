-- What other rooms and conditions may read of work.
create or replace view case_glance as
select id, number, anchor, subject, status, priority, team, member, tags, conversation, device, order_number, opened_at,
       changed_at, due_at, closed_at, reopened, position, about, fields
  from work_case;

-- What belongs to a case, for screens that show many of them at once.
create or replace view case_note_glance as select id, work_case, at, author, text, position from case_note;
create or replace view case_task_glance as select id, work_case, text, member, due_at, done_at, position from case_task;

-- Who belongs to which team.
create or replace view agent_team as
select member::uuid as member, name as team
  from declaration cross join jsonb_array_elements_text(body -> 'members') as member where kind = 'team';

-- What a conversation cost the person, counted.
create or replace view conversation_effort as
select conversation, anchor, messages, waits, waited, longest, transfers, channel_changes, repeats, opened_at, closed_at
  from effort;

-- How promises were kept, and how waits were foretold: for reports.
create or replace view promise_glance as
select id, subject_kind, subject, anchor, promise, target, team, member, state, started_at, due_at, breached_at, met_at
  from promise_clock;
create or replace view wait_glance as
select ticket, at, team, place, seconds, waited, outcome from wait_told;
