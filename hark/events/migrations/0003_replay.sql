-- A replay is a second cursor that follows the log up to where processing stood; processing waits for it.
alter table cursor add column until bigint;
