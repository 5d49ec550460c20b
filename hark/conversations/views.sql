-- What other rooms and conditions may read of conversations.
create or replace view conversation_glance as
select id, anchor, status, channel, language, member, team, priority, tags, opened_at, last_at, waiting_since, closed_at, rating,
       position
  from conversation where merged_into is null;
