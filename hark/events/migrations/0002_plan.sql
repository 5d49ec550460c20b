-- The tracking plan: what each source sends under each name, learned as it arrives, and frozen where someone asked for it.

-- name '*' of type '*' stands for the source itself: while it is frozen, a name that was never planned is a violation.
create table plan (
  source text not null,
  type text not null,
  name text not null,
  state text not null default 'learning',  -- learning | frozen | enforced
  seen jsonb not null default '{}',        -- what was learned: counts by property (hark/events/schema.py, Node)
  count bigint not null default 0,
  frozen_schema jsonb,                     -- what is asked for while frozen or enforced
  frozen_at timestamptz,
  first_at timestamptz,
  last_at timestamptz,
  version bigint not null default 0,       -- of this row: a loader's memory of it is good while this is the same
  primary key (source, type, name)
);

-- One row per event that breaks its plan. No value of the event is copied here, so erasing the event is enough.
create table violation (
  event uuid primary key,
  source text not null,
  type text not null,
  name text not null,
  at timestamptz not null,
  faults jsonb not null                    -- [[path, rule, expected], …]
);
create index violation_by_name on violation (source, type, name, at desc);

create table violation_count (
  source text not null,
  type text not null,
  name text not null,
  path text not null,
  rule text not null,
  expected text not null,
  count bigint not null,
  refused bigint not null default 0,
  first_at timestamptz not null,
  last_at timestamptz not null,
  last_event uuid not null,
  primary key (source, type, name, path, rule)
);
