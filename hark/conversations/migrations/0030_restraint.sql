-- Whom a machine of ours has answered, so that two machines never write to each other for ever. The address is a keyed hash:
-- it tells nothing, and is forgotten after a day.
create table conversation_restraint (
  address uuid primary key,
  at timestamptz not null
);
create index conversation_restraint_by_time on conversation_restraint (at);
