-- A letter is handed to the queue of jobs once, when there is a mailbox that sends it.
alter table letter add column queued_at timestamptz;
