-- Sources whose plug-in keeps a connection open: how it stands, and what each remembers between two of them.
create table listening (
  source text primary key,
  state text not null,                 -- connected | waiting | failed
  detail text not null default '',
  at timestamptz not null
);
create table listening_memory (
  source text not null,
  name text not null,
  value jsonb not null,
  primary key (source, name)
);
