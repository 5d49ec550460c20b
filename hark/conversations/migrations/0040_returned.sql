-- Reports that a message of ours came back, by the address that it was written to. While one `blocks`, nothing is sent there.
create table conversation_returned (
  event uuid primary key,
  address_kind text not null,
  address_value text not null,         -- in small letters
  message uuid not null,
  reason text not null,
  at timestamptz not null,
  position bigint not null,
  blocks boolean not null
);
create index conversation_returned_by_address on conversation_returned (address_kind, address_value);
