-- One key pair for the installation: every subscription is bound to it, so it is made once and never changed.
create table push_key (
  one boolean primary key default true check (one),
  key text not null,
  made_at timestamptz not null
);

create table push_subscription (
  id uuid primary key,                 -- derived from the endpoint
  member uuid not null references member on delete cascade,
  session bytea references session on delete cascade, -- of the browser: signing out there ends it
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  browser text not null default '',
  added_at timestamptz not null,
  told_at timestamptz,
  told uuid,                           -- the decision that it was told of last, so that a retry does not repeat it
  detail text                          -- what its service said when it refused
);
create index push_subscription_of_member on push_subscription (member);

-- What a member does not want to hear of, and the hours in which they want to hear of nothing.
create table notice_wish (
  member uuid primary key references member on delete cascade,
  muted text[] not null default '{}',
  quiet_from time,
  quiet_until time,
  preview boolean not null default true -- whether a notice shows what was written
);

-- Who has the desk in front of them. Unlogged: forgetting it in a crash costs one notice too many.
create unlogged table looking (
  member uuid primary key,
  at timestamptz not null
);
