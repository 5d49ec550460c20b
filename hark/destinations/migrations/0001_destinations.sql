-- Systems that get our events. Each reads the log with a cursor of its own, so the log is the queue and nothing is copied.

create table destination (
  id uuid primary key,
  name text not null unique,
  plugin text not null,
  settings jsonb not null,
  purpose text not null,                  -- why it gets data; each person's consent to that is looked at when it is sent
  events text[] not null default '{}',    -- names that it wants; none is all of them
  segments text[] not null default '{}',  -- only events of persons in one of these; none is everybody
  history boolean not null default false, -- also what was imported or arrived late
  state text not null default 'on',       -- on | paused | stopped (a setting is wrong, or the other side wants no more)
  reason text,                            -- of the last failure, for people
  position bigint not null,               -- everything up to here was delivered, or is known not to be for it
  size integer,                           -- events in one write while we look for the one that spoils it
  failures integer not null default 0,    -- in a row
  retry_at timestamptz,
  created_at timestamptz not null,
  moved_at timestamptz
);

-- One write to the other side. Noted before it begins: a row that still says 'sending' when nobody works on it was cut
-- off between send and receipt, and nobody knows whether it arrived.
create table delivery_attempt (
  id bigint generated always as identity primary key,
  destination uuid not null references destination on delete cascade,
  first_position bigint not null,
  last_position bigint not null,
  events integer not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  outcome text not null default 'sending', -- sending | delivered | retry | rejected | stopped | unknown
  detail text
);
create index delivery_attempt_by_destination on delivery_attempt (destination, id desc);
create index delivery_attempt_open on delivery_attempt (destination) where outcome = 'sending';

create table delivery_hour (
  destination uuid not null references destination on delete cascade,
  hour timestamptz not null,
  delivered bigint not null default 0,
  failed bigint not null default 0,       -- writes that failed, however often each
  dead bigint not null default 0,         -- events that went to the dead letters
  withheld bigint not null default 0,     -- kept back because the person did not agree
  unmatched bigint not null default 0,    -- not what the destination wants
  unknown bigint not null default 0,      -- writes cut off between send and receipt
  primary key (destination, hour)
);

-- The content stays in the log alone, so erasing it there erases it here.
create table dead_letter (
  id uuid primary key,
  destination uuid not null references destination on delete cascade,
  position bigint not null,
  event uuid not null,
  name text not null,
  reason text not null,
  attempts integer not null default 1,
  at timestamptz not null,
  state text not null default 'open',     -- open | again | sent | discarded
  settled_at timestamptz
);
create index dead_letter_by_destination on dead_letter (destination, state, at desc);
create index dead_letter_by_event on dead_letter (event);
