-- What arrives and the log. Append-only but for erasure; only hark/events writes here.

create table installation (
  one boolean primary key default true check (one),
  salt bytea not null,                 -- keys every derived id, so that ids tell nothing of what they stand for
  created_at timestamptz not null default now()
);

create table source (
  id text primary key,
  name text not null unique,
  write_key text not null unique,
  plugin text not null default 'segment',
  channel text,
  paused boolean not null default false,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

-- One row per request, committed before the caller is answered.
create table raw (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  source text not null,
  plugin text not null,
  imported boolean not null default false,
  state smallint not null default 0,   -- 0 waiting, 1 loaded, 2 refused
  head bytea not null,                 -- JSON: method, path, query, params, headers without secrets, remote
  body bytea not null                  -- unpacked
) with (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.2);
alter table raw alter column body set storage external; -- PostgreSQL's own compression would cost more than the disk
create index raw_waiting on raw (id) where state = 0;
create index raw_by_source on raw (source, id);

-- (source, message id) arrives once, for ever: a keyed hash, kept also when the event is erased.
create table message (key uuid primary key);

create table event (
  position bigint generated always as identity primary key,
  id uuid not null,
  type text not null,
  name text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  source text not null,
  message_id text not null,
  identities jsonb not null,           -- [[kind, value], …] as the sender wrote them
  traits jsonb not null,
  properties jsonb not null,
  context jsonb not null,
  channel text not null,
  historical boolean not null,
  caused_by uuid,
  depth smallint not null default 0,
  raw bigint
);
create unique index event_by_id on event (id);
create index event_by_raw on event (raw);

-- What could not become an event, and why; `raw` holds the request to correct and replay.
create table refusal (
  id bigint generated always as identity primary key,
  raw bigint,
  source text,
  at timestamptz not null,
  item_index integer not null default 0,
  reason text not null,
  item jsonb,
  replayed_at timestamptz
);
create index refusal_by_source on refusal (source, id);
create index refusal_by_raw on refusal (raw);

create table arrival (
  source text not null,
  hour timestamptz not null,
  accepted bigint not null default 0,
  duplicate bigint not null default 0,
  refused bigint not null default 0,
  primary key (source, hour)
);

create table cursor (name text primary key, position bigint not null, moved_at timestamptz not null default now());
insert into cursor (name, position) values ('process', 0);

-- An event whose step failed: set aside, shown, tried again by hand; the cursor went on.
create table parked (
  position bigint primary key,
  error text not null,
  at timestamptz not null,
  attempts integer not null default 1
);

create table timer (
  id uuid primary key,
  due_at timestamptz not null,
  name text not null,
  identity_kind text,
  identity_value text,
  properties jsonb not null default '{}',
  caused_by uuid
);
create index timer_due on timer (due_at);

create table finding (
  id uuid primary key,
  event uuid not null,
  kind text not null,
  value jsonb,
  certainty real not null,
  evidence jsonb not null default '{}',
  detector text not null,
  version text not null
);
create index finding_by_event on finding (event);

create table decision (
  id uuid primary key,
  event uuid not null,
  decider text not null,
  action text not null,
  parameters jsonb not null default '{}',
  person uuid,
  findings uuid[] not null default '{}',
  score real not null default 0,
  propensity real not null default 1,
  held_out boolean not null default false,
  purpose text not null default 'service',
  decided_at timestamptz not null,
  state text not null default 'queued',  -- queued | held_out | done | failed | unknown | dropped
  detail text
);
create index decision_by_event on decision (event);
