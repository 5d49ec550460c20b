-- Imports wait behind live requests, so waiting rows are found in that order; and how far an import is known is one
-- look into an index for each of its pieces.
drop index raw_waiting;
create index raw_waiting on raw (imported, id) where state = 0;
drop index event_by_raw;
create index event_by_raw on event (raw, position);
