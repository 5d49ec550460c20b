-- Who is behind the events. Everything here is derived from the log: `hark replay` rebuilds it row by row.

-- An identity that was heard of. Its id is a keyed hash of (kind, value), so the same value has the same id everywhere.
-- person: the id of the oldest identity of its person; so a person's old ids keep leading to the person after merges.
create table identity (
  id uuid primary key,
  kind text not null,
  value text not null,                 -- in its one spelling
  person uuid not null,
  component uuid not null,             -- what is decided together: all that any evidence ties, refused evidence included
  first_at timestamptz not null,
  first_source text not null,
  first_message text not null,
  stronger smallint not null default 0,   -- how many stronger identities it was seen with; counted up to its cap
  companions smallint not null default 0  -- how many identities it was seen with; counted up to its cap
) with (fillfactor = 85);
create index identity_by_person on identity (person);
create index identity_by_component on identity (component);

-- Evidence that two identities are one person. Append-only but for what is concluded from it (state, reason, merged).
create table edge (
  id uuid primary key,                 -- derived from (a, b, rule); it is also the id of the merge that it made
  a uuid not null,
  b uuid not null,                     -- a < b
  rule text not null,                  -- 'event': named together by one event; 'alias'; 'hand'; 'match'
  weight real not null default 1,
  at timestamptz not null,             -- (at, source, message_id): the first event that said so; by hand, the last
  source text not null,
  message_id text not null,
  revoked_at timestamptz,              -- when a person took it back
  state text not null,                 -- joined | refused | revoked
  reason text,
  merged boolean not null default false -- it made one of two persons that were both known before
) with (fillfactor = 85);
create index edge_by_a on edge (a);
create index edge_by_b on edge (b);

-- A person that was split by hand: the two sides stay whole and never join again by evidence older or newer.
create table cut (
  id uuid not null,
  identity uuid not null,
  side smallint not null,              -- 0 stays | 1 leaves
  at timestamptz not null,
  source text not null,
  message_id text not null,
  revoked_at timestamptz,
  primary key (id, identity)
);
create index cut_by_identity on cut (identity);

-- What an operator changed of a kind of identity (event kind.defined).
create table identity_kind (
  name text primary key,
  setting jsonb not null,
  at timestamptz not null,
  source text not null,
  message_id text not null
);

-- What each identity's own events said. A person's profile is the fold of the facets of their identities, so joining and
-- parting move no history.
create table facet (identity uuid primary key, state bytea not null) with (fillfactor = 70);

create table person (
  id uuid primary key,
  traits jsonb not null default '{}',       -- {name: value}
  provenance jsonb not null default '{}',   -- {name: {at, source, message_id}}
  computed jsonb not null default '{}',
  counts jsonb not null default '{}',       -- {event name: how often}
  firsts jsonb not null default '{}',       -- {event name: milliseconds since 1970}
  lasts jsonb not null default '{}',
  consents jsonb not null default '{}',     -- {purpose: {granted, at, source, message_id, proof}}
  segments text[] not null default '{}',
  phase text,
  time_zone text,
  language text,
  events bigint not null default 0,
  first_seen timestamptz,
  last_seen timestamptz
) with (fillfactor = 70);
create index person_by_last_seen on person (last_seen desc);
create index person_by_segment on person using gin (segments);

-- Where each event stands in its person's history; the event itself stays in the log and names no person.
create table timeline (
  anchor uuid not null,
  at timestamptz not null,
  position bigint not null,
  name text not null,
  phase text,
  channel text not null,
  source text not null,
  primary key (anchor, at, position)
);
