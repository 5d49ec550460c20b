-- The secret with which a company's own site signs who its customer is (HS256). Kept readable: both sides need it.
create table site_secret (
  source text primary key,
  secret text not null,
  created_at timestamptz not null
);
