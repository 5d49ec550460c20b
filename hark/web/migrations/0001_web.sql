-- Who may sign in and how: members of the team, their sessions, invitations, and the customers' own way in.
-- Secrets are kept as hashes; what is stored here opens nothing.

create table member (
  id uuid primary key,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'manager', 'agent', 'technician', 'analyst')),
  password text not null,              -- argon2id
  totp text,                           -- base32; null where the second step is off
  totp_last bigint,                    -- the last time step that was used: a code works once
  language text,
  time_zone text not null default 'UTC',
  created_at timestamptz not null,
  seen_at timestamptz
);
create unique index member_by_email on member (lower(email));

create table session (
  id bytea primary key,                -- hash of the cookie
  member uuid references member on delete cascade,
  identity_kind text,                  -- a customer's session: the identity they have proved to be theirs
  identity_value text,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  browser text not null default '',
  remote text not null default '',
  notice jsonb,                        -- shown once on the next page
  check ((member is null) <> (identity_kind is null))
);
create index session_by_member on session (member);

-- A link that works once: 'owner' makes the first owner, 'invite' a member, 'reset' sets a new password.
create table invite (
  id bytea primary key,                -- hash of the link's secret
  purpose text not null check (purpose in ('owner', 'invite', 'reset')),
  email text,
  role text not null,
  member uuid references member on delete cascade,
  created_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Letters that wait for an e-mail channel. Until there is one, an owner reads them on the settings screen.
create table letter (
  id uuid primary key,
  recipient text not null,
  subject text not null,
  body text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  sent_at timestamptz
);
create index letter_waiting on letter (created_at) where sent_at is null;

-- A customer's way in by mail: works once, for a short time.
create table magic_link (
  id bytea primary key,
  identity_kind text not null,
  identity_value text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Attempts in the current window, so that nobody guesses for long. Unlogged: forgetting it in a crash harms nobody.
create unlogged table attempt (
  key text not null,
  window_start timestamptz not null,
  count integer not null default 1,
  primary key (key, window_start)
);

-- REST tokens: scopes are names of rights.
create table token (
  id uuid primary key,
  name text not null unique,
  secret bytea not null unique,        -- hash
  scopes text[] not null,
  created_by uuid,
  created_at timestamptz not null,
  used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
