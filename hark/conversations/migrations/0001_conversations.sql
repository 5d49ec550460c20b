-- Derived from the log: a replay makes these rows again. A conversation's person is a join over its anchor.
create table conversation (
  id uuid primary key,                 -- derived from the event that opened it
  anchor uuid,                         -- identity whose history it is part of; null where the sender could not be believed
  status text not null,                -- open | waiting | snoozed | closed
  channel text not null,               -- where the person was last
  to_kind text,
  to_value text,                       -- their address there
  source text not null default '',     -- the channel account they used last
  subject text,
  language text,
  member uuid,
  team text,
  priority smallint not null default 0, -- -1 low, 0 normal, 1 high, 2 urgent
  tags text[] not null default '{}',
  opened_at timestamptz not null,
  last_at timestamptz not null,
  last_in_at timestamptz,
  last_out_at timestamptz,
  waiting_since timestamptz,           -- the person's first message that nobody has answered
  first_answer_at timestamptz,
  snoozed_until timestamptz,
  closed_at timestamptz,
  rating smallint,
  merged_into uuid,
  messages integer not null default 0,
  preview text not null default '',
  read_by_person bigint not null default 0,
  position bigint not null             -- of the last event that changed it: live screens ask for what is newer
) with (fillfactor = 80);
create index conversation_by_anchor on conversation (anchor);
create index conversation_by_position on conversation (position);
create index conversation_inbox on conversation (status, last_at desc) where merged_into is null;
create index conversation_of_member on conversation (member, status, last_at desc) where merged_into is null;
create index conversation_waiting on conversation (waiting_since) where waiting_since is not null and merged_into is null;

create table conversation_message (
  id uuid primary key,                 -- the event's
  conversation uuid not null,
  origin uuid not null,                -- the conversation it was written in, before merging and splitting
  anchor uuid,
  position bigint not null,
  changed bigint not null,             -- position of the last event that changed it
  at timestamptz not null,
  channel text not null,
  direction text not null,             -- in | out | note
  author text not null,
  text text not null default '',
  html text,
  subject text,
  files jsonb not null default '[]',
  mentions uuid[] not null default '{}',
  state text not null,
  detail text,
  language text,
  source text not null default '',
  external_id text,
  search tsvector generated always as (to_tsvector('simple', left(coalesce(subject, '') || ' ' || text, 100000))) stored
) with (fillfactor = 85);
create index conversation_message_of_conversation on conversation_message (conversation, at, position);
create index conversation_message_by_changed on conversation_message (changed);
create index conversation_message_by_external on conversation_message (source, external_id) where external_id is not null;
create index conversation_message_by_anchor on conversation_message (anchor);
create index conversation_message_search on conversation_message using gin (search);
