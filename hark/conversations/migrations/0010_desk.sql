-- What those who answer keep beside the conversations. By hand, not derived: a replay leaves these rows alone.

-- What somebody has begun to write; one answer and one note for each conversation.
create table draft (
  member uuid not null,
  conversation uuid not null,
  note boolean not null,
  text text not null,
  channel text not null default '',
  files jsonb not null default '[]',
  changed_at timestamptz not null,
  primary key (member, conversation, note)
);

-- A look at the inbox under a name: one's own, or everybody's where `member` is null.
create table saved_view (
  id uuid primary key,
  member uuid,
  name text not null,
  filters jsonb not null,
  changed_at timestamptz not null
);

-- Answers that are kept ready, in several languages.
create table canned_answer (
  id uuid primary key,
  shortcut text not null,
  title text not null,
  texts jsonb not null,                -- by language
  changed_by text not null,
  changed_at timestamptz not null
);
create unique index canned_answer_by_shortcut on canned_answer (lower(shortcut));

-- Who uses which: `weight` halves every two weeks, so that the order follows what people do now.
create table canned_use (
  answer uuid not null references canned_answer on delete cascade,
  member uuid not null,
  weight double precision not null,
  at timestamptz not null,
  primary key (answer, member)
);

-- The inbox asks for these at 100,000 conversations and counts them on every look.
create index conversation_unassigned on conversation (status, last_at desc) where member is null and merged_into is null;
