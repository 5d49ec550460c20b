-- Reports ask by when something was opened and closed.
create index conversation_by_opened on conversation (opened_at, id) where merged_into is null;
create index conversation_by_closed on conversation (closed_at) where closed_at is not null and merged_into is null;
