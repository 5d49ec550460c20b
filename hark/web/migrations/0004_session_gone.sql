-- Whoever holds a live line is looked at again as soon as any session ends, however it ended.
create function tell_session_gone() returns trigger language plpgsql as $$
begin
  perform pg_notify('hark_session', '');
  return null;
end $$;
create trigger session_gone after delete on session for each statement execute function tell_session_gone();
