-- Bytes that came or go with events: pictures, letters, voice. Kept once however often they arrive; in the database, so that they
-- are recorded in the transaction of their event and backed up with it.
create table file (
  id bytea primary key,                -- SHA-256 of the body
  body bytea not null,
  size bigint not null,
  state text not null default 'ok',    -- ok | unchecked | quarantined | released
  detail text,
  at timestamptz not null
);
alter table file alter column body set storage external;
create index file_to_check on file (at) where state = 'unchecked';
