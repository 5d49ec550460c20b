-- What other rooms may read of the log.
create or replace view event_entry as
select position, id, type, name, at, received_at, source, message_id, properties, context, channel from event;
