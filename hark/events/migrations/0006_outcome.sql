-- What came of a decision, with money where there is some; the newest outcome stays.
alter table decision
  add column outcome text,
  add column outcome_amount numeric,
  add column outcome_currency text,
  add column outcome_at timestamptz,
  add column outcome_event uuid;
