-- Files that were imported. Their rows lie in `raw`, in pieces; the file itself is not kept.
create table import (
  id uuid primary key,
  source text not null,
  file text not null,                  -- its name, for people
  digest text not null,                -- SHA-256 of its bytes: the same file is recognised under another name
  reading json not null,               -- format, encoding, delimiter, sheet
  mapping json not null,               -- json, not jsonb: it keeps the order of the columns
  state text not null,                 -- draft | waiting | running | recorded | failed | stopped
  total bigint,                        -- rows, where that is known before they are read
  recorded bigint not null default 0,  -- rows that are committed: an interrupted import goes on behind them
  error text,
  by text not null default '',
  created_at timestamptz not null,
  ended_at timestamptz
);
create index import_by_created on import (created_at desc);
create index import_by_digest on import (digest);

create table import_piece (
  import uuid not null references import on delete cascade,
  first bigint not null,               -- number of its first row in the file
  rows integer not null,
  raw bigint not null,
  primary key (import, first)
);
create index import_piece_by_raw on import_piece (raw);
