-- Work somebody must finish, and who does it by when. Derived from the log unless said otherwise: a replay makes these rows
-- again. No row names a person, only the identity whose history it is part of.

-- What the company declares: teams, routes, calendars, promises, automations, macros and fields of cases.
create table declaration (
  kind text not null,
  name text not null,
  label text not null,
  body jsonb not null,
  place integer not null default 0,    -- rules are asked in this order, then by name
  defined_at timestamptz not null,
  defined_by text not null default '',
  position bigint not null,
  primary key (kind, name)
);

create table work_case (
  id uuid primary key,                 -- the event's that opened it
  number bigint not null unique,       -- its position in the log: a name that people can say
  anchor uuid,
  subject text not null,
  about text not null default '',
  status text not null,                -- open | waiting | snoozed | closed
  priority smallint not null default 0, -- -1 low, 0 normal, 1 high, 2 urgent
  team text,
  member uuid,
  tags text[] not null default '{}',
  fields jsonb not null default '{}',  -- by declared name
  conversation uuid,
  device text,
  order_number text,
  opened_at timestamptz not null,
  opened_by text not null,             -- member:<uuid> | rule:<name> | finding:<id> | token:<name>
  changed_at timestamptz not null,
  due_at timestamptz,
  snoozed_until timestamptz,
  closed_at timestamptz,
  resolution text,
  reopened integer not null default 0,
  position bigint not null             -- of the last event that changed it
) with (fillfactor = 80);
create index work_case_by_anchor on work_case (anchor);
create index work_case_by_position on work_case (position);
create index work_case_by_status on work_case (status, changed_at desc);
create index work_case_of_member on work_case (member, status);
create index work_case_by_conversation on work_case (conversation) where conversation is not null;
create index work_case_by_order on work_case (order_number) where order_number is not null;

create table case_note (
  id uuid primary key,                 -- the event's
  work_case uuid not null,
  at timestamptz not null,
  author text not null,
  text text not null,
  mentions uuid[] not null default '{}',
  position bigint not null
);
create index case_note_of_case on case_note (work_case, position);
create index case_note_mentions on case_note using gin (mentions);

create table case_task (
  id uuid primary key,                 -- the event's that added it
  work_case uuid not null,
  text text not null,
  member uuid,
  due_at timestamptz,
  done_at timestamptz,
  done_by text,
  position bigint not null
);
create index case_task_of_case on case_task (work_case, position);
create index case_task_open on case_task (member, due_at) where done_at is null;

create table agent (
  member uuid primary key,
  state text not null default 'offline', -- online | away | offline
  since timestamptz,
  skills jsonb not null default '{}',    -- {"washers": 3}: 1 knows a little … 5 knows everything
  languages jsonb not null default '{}', -- {"de": 5}
  capacity jsonb not null default '{}',  -- {"chat": 3}: how many at once; 0 is none
  assigned_at timestamptz,               -- when they were given something last
  position bigint not null
);

-- Whatever waits for somebody or is with somebody: a conversation, a case, a call-back. `waiting_since` gives the place; a
-- call-back has that of the conversation it stands in for.
create table ticket (
  id uuid primary key,
  kind text not null,                  -- conversation | case | callback
  state text not null,                 -- waiting | resting | served | left
  conversation uuid,
  anchor uuid,
  channel text not null,
  team text,
  skills jsonb not null default '{}',
  language text,
  priority smallint not null default 0,
  boost integer not null default 0,    -- seconds that it goes before its time
  waiting_since timestamptz not null,
  queued_at timestamptz not null,      -- when it came into this queue
  last_member uuid,                    -- who served the person before
  member uuid,
  served_at timestamptz,
  active boolean not null default true, -- takes from the capacity of its member
  phone text,
  zone text,                           -- of the person, for the hours in which they may be called
  tries integer not null default 0,
  next_at timestamptz,                 -- a resting call-back comes back to its place then
  outcome text,
  position bigint not null
) with (fillfactor = 80);
create index ticket_open on ticket (state, team) where state <> 'left';
create index ticket_of_conversation on ticket (conversation) where conversation is not null;
create index ticket_by_anchor on ticket (anchor);
create index ticket_by_position on ticket (position);

-- How fast a team takes from its queue: a decayed mean, to say honestly how long somebody will wait.
create table queue_pace (
  team text primary key,
  served integer not null,
  seconds double precision not null,   -- between one and the next taken, while somebody waited
  served_at timestamptz not null
);

-- What was said to whom about their wait, and what came of it.
create table wait_told (
  ticket uuid not null,
  at timestamptz not null,
  anchor uuid,
  team text,
  place integer not null,
  seconds integer,                     -- null: not known yet
  waited integer,
  outcome text,                        -- served | left
  primary key (ticket, at)
);
create index wait_told_by_time on wait_told (at);
create index wait_told_by_anchor on wait_told (anchor);

-- A promise of time that runs: first answer, next answer, resolution.
create table promise_clock (
  id uuid primary key,                 -- derived from what it is about, the target and when it started
  subject_kind text not null,          -- conversation | case
  subject uuid not null,
  anchor uuid,
  promise text not null,
  target text not null,                -- first_answer | next_answer | resolution
  calendar text,
  seconds integer not null,            -- of working time
  warn_seconds integer not null default 0,
  team text,
  member uuid,
  state text not null,                 -- running | paused | met | stopped; a breach is in breached_at
  started_at timestamptz not null,
  due_at timestamptz,                  -- null while it is paused
  warn_at timestamptz,
  left_seconds integer,                -- while it is paused
  warned_at timestamptz,
  breached_at timestamptz,             -- when it should have been met; it stays when it is met late
  met_at timestamptz,
  position bigint not null
) with (fillfactor = 80);
create index promise_clock_of_subject on promise_clock (subject);
create index promise_clock_running on promise_clock (due_at) where state = 'running';
create index promise_clock_by_anchor on promise_clock (anchor);
create index promise_clock_by_start on promise_clock (started_at);

-- What a conversation costs the person: counted, never asked.
create table effort (
  conversation uuid primary key,
  anchor uuid,
  channel text,
  member uuid,
  team text,
  status text not null,
  waiting_since timestamptz,
  opened_at timestamptz not null,
  closed_at timestamptz,
  messages integer not null default 0,  -- the person's
  waits integer not null default 0,
  waited bigint not null default 0,     -- seconds, of all waits
  longest integer not null default 0,
  transfers integer not null default 0,
  channel_changes integer not null default 0,
  repeats integer not null default 0,   -- came back about something that was closed within a week
  position bigint not null
) with (fillfactor = 80);
create index effort_by_anchor on effort (anchor);

-- Not derived: what the router has given out and the log does not know yet; gone when it does.
create table reservation (
  ticket uuid primary key,
  member uuid not null,
  event uuid not null,
  at timestamptz not null
);

-- Not derived: which automation did something because of which event, so that none goes round in circles.
create table automation_run (
  automation text not null,
  event uuid not null,
  subject uuid not null,
  anchor uuid,
  at timestamptz not null,
  actions jsonb not null,
  primary key (automation, event, subject)
);
create index automation_run_of_subject on automation_run (subject, automation, at);
create index automation_run_by_time on automation_run (at desc);
create index automation_run_by_anchor on automation_run (anchor);
