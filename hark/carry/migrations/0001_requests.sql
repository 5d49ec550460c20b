-- What people asked of their data, and the proof of what was done. Neither table holds a personal value once it is done.

-- The ledger of erasures. `identities` are keyed hashes, as everywhere; with them a restored backup is brought up to date.
create table erasure (
  id uuid primary key,
  kind text not null,                  -- erase | anonymise
  at timestamptz not null,
  identities uuid[] not null,
  certificate jsonb not null
);
create index erasure_by_identity on erasure using gin (identities);

create table data_request (
  id uuid primary key,
  kind text not null,                  -- export | erase | anonymise
  identity_kind text,                  -- whose; taken out when an erasure is done
  identity_value text,
  state text not null,                 -- open | working | done | failed
  asked_by text not null,              -- 'customer', 'member:…', 'token:…', 'command line'
  asked_at timestamptz not null,
  done_by text,
  done_at timestamptz,
  error text,
  erasure uuid references erasure
);
create index data_request_by_asked on data_request (asked_at desc);
