-- Persons who are probably one: found by a job of its own (`hark match`), decided by people. Not rebuilt by a replay.
create table match (
  a uuid not null,                        -- persons as they were called when found; they lead on after merges
  b uuid not null,                        -- a < b
  probability real not null,
  evidence jsonb not null,                -- [{name, alike, weight}]: per field
  state text not null default 'waiting',  -- waiting | joined | dismissed
  found_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  primary key (a, b)
);
create index match_waiting on match (probability desc, a, b) where state = 'waiting';
create index match_by_b on match (b);

-- What a person's record is looked up by when others change: hashes of fields taken together.
create table match_key (person uuid not null, key bigint not null, primary key (key, person));
create index match_key_by_person on match_key (person);

-- What was learnt last, how far the log was followed since, and what the operator chose.
create table matching (
  one boolean primary key default true check (one),
  model jsonb,
  records bigint not null default 0,
  learnt_at timestamptz,
  position bigint not null default 0,
  review_above real not null default 0.8,
  join_above real                         -- null: nobody is joined without being asked
);
insert into matching default values;
