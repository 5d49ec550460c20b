create table handheld_act (
  id uuid primary key,                 -- made by the phone before anything else happened
  member uuid not null,
  state text not null,                 -- done | refused
  why text,
  event uuid,                          -- what was recorded, if anything
  at timestamptz not null
);
create index handheld_act_of_member on handheld_act (member, at desc);
create index handheld_act_by_time on handheld_act (at);

create table handheld_file (
  id uuid primary key,                 -- made by the phone
  member uuid not null,
  file text not null,                  -- the hash of its bytes, as in the log's files
  name text not null,
  media_type text not null,
  size integer not null,
  at timestamptz not null
);
create index handheld_file_by_time on handheld_file (at);
