-- What the profile knows beyond the first tables: members, money, measures, groups, what was withheld or is over a cap.
alter table person
  add column members uuid[] not null default '{}',     -- ids of all identities of this person
  add column money jsonb not null default '{}',        -- {event name: {currency: millionths}}
  add column measures jsonb not null default '{}',     -- {event name, 0x1f, property: {day, -1 for ever: tally}}
  add column groups text[] not null default '{}',
  add column withheld text[] not null default '{}',    -- sensitive traits kept back for want of an explicit consent
  add column over text[] not null default '{}',        -- caps that were reached: traits | names | groups
  add column recheck_at timestamptz;                   -- the next moment at which a window of some definition moves
create index person_by_group on person using gin (groups);

-- Segments and computed traits in force. state: filling while everybody is being looked at, then ready; refused with its reason.
create table definition (
  kind text not null,                                  -- segment | trait
  name text not null,
  label text not null,
  about text not null default '',
  expression text not null,
  state text not null,
  reason text,
  done bigint not null default 0,                      -- persons looked at while filling
  of bigint not null default 0,
  defined_at timestamptz not null,
  defined_by text not null default '',
  primary key (kind, name)
);

-- How many persons came into and went out of a segment, by day, for its chart.
create table segment_day (
  segment text not null,
  day date not null,
  entered bigint not null default 0,
  gone bigint not null default 0,
  primary key (segment, day)
);

-- The company's own homes of event names; names that are not here have their home in hark/people/phases.py.
create table mapping (name text primary key, phase text, mapped_at timestamptz not null);

-- Households, companies and other groups of persons, with what group calls said about them.
create table account (
  id text primary key,
  state bytea not null,
  traits jsonb not null default '{}',
  provenance jsonb not null default '{}',
  first_at timestamptz not null,
  last_at timestamptz not null
);

create index timeline_by_name on timeline (name, at);
