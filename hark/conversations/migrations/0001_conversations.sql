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
  participants uuid[] not null default '{}', -- identities that take part: the person's, and those whom we or they wrote to
  position bigint not null             -- of the last event that changed it: live screens ask for what is newer
) with (fillfactor = 80);
create index conversation_by_anchor on conversation (anchor);
create index conversation_by_position on conversation (position);
create index conversation_inbox on conversation (status, last_at desc, id desc) where merged_into is null;
create index conversation_of_member on conversation (member, status, last_at desc, id desc) where merged_into is null;
create index conversation_waiting on conversation (waiting_since) where waiting_since is not null and merged_into is null;

create table conversation_message (
  id uuid primary key,                 -- the event's
  conversation uuid not null,
  origin uuid not null,                -- the conversation it was written in, before merging and splitting
  anchor uuid,                         -- whose identity wrote it, or was written to
  position bigint not null,
  changed bigint not null,             -- position of the last event that changed it
  at timestamptz not null,
  channel text not null,
  direction text not null,             -- in | out | note
  author text not null,                -- person | participant | stranger | member:<id> | bot:<name> | hark
  name text,                           -- as the sender calls themselves
  address_kind text,                   -- where it came from, or goes to
  address_value text,
  trust text not null default 'claimed', -- verified | claimed | unverified
  automatic boolean not null default false,
  text text not null default '',
  html text,
  subject text,
  files jsonb not null default '[]',
  buttons jsonb not null default '[]', -- [[title, value]]: quick answers that go with it
  mentions uuid[] not null default '{}',
  state text not null,                 -- received | queued | unknown | sent | delivered | read | failed | withdrawn
  detail text,
  attempt smallint not null default 0, -- how often it was sent again
  language text,
  source text not null default '',
  external_id text,
  search tsvector generated always as (to_tsvector('simple', left(coalesce(subject, '') || ' ' || text, 100000))) stored
) with (fillfactor = 85);
create index conversation_message_of_conversation on conversation_message (conversation, at desc, position desc);
create index conversation_message_by_time on conversation_message (at desc, id desc);
create index conversation_message_by_changed on conversation_message (changed);
create index conversation_message_by_external on conversation_message (source, external_id) where external_id is not null;
create index conversation_message_by_anchor on conversation_message (anchor);
create index conversation_message_search on conversation_message using gin (search);
create index conversation_message_files on conversation_message using gin (files jsonb_path_ops) where files <> '[]';
create index conversation_message_mentions on conversation_message using gin (mentions) where mentions <> '{}';

-- How far somebody of ours has read.
create table conversation_seen (
  conversation uuid not null,
  reader text not null,                -- member:<id>
  until bigint not null,
  primary key (conversation, reader)
);

-- What a channel said of a message before we knew which one it is.
create table conversation_receipt (
  source text not null,
  external_id text not null,
  state text not null,
  detail text,
  position bigint not null,
  primary key (source, external_id)
);

-- Messages that were moved by merging, splitting and parting, so that it can be taken back.
create table conversation_change (
  id uuid primary key,                 -- of the event; of the new conversation where persons were parted
  kind text not null,                  -- merged | split | parted
  conversation uuid not null,          -- where the messages went
  moved jsonb not null,                -- {where they were: [messages]}
  at timestamptz not null,
  by text not null default '',
  restored_at timestamptz,
  position bigint not null             -- of the last event that moved these messages
);
create index conversation_change_by_position on conversation_change (position);
create index conversation_change_of_conversation on conversation_change (conversation);

-- Messages, or the parts of long ones, handed to a channel: what is cut off between sending and noting is seen here. Not
-- derived.
create table conversation_sending (
  key uuid primary key,                -- the channel's idempotency key
  message uuid not null,
  state text not null default 'sending', -- then what the channel answered
  external_id text,
  detail text,
  at timestamptz not null
);
create index conversation_sending_of_message on conversation_sending (message);

-- What a client asked for under a key of its own, so that asking again changes nothing. Not derived.
create table conversation_key (
  key text primary key,
  message uuid not null,
  at timestamptz not null
);
-- A visitor's own thread, by the address under which they write.
create index conversation_message_of_visitor on conversation_message (address_kind, address_value, position desc) where channel = 'chat';
