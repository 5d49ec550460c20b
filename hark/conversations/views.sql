-- What other rooms and conditions may read of conversations.
create or replace view conversation_glance as
select id, anchor, status, channel, language, member, team, priority, tags, opened_at, last_at, waiting_since, closed_at, rating,
       position, source, subject, last_in_at, last_out_at, first_answer_at, messages
  from conversation where merged_into is null;

-- The name by which a person is called in lists.
create or replace function hark_person_name(traits jsonb) returns text language sql immutable parallel safe as $$
  select coalesce(
    nullif(trim(traits ->> 'name'), ''),
    nullif(trim(concat_ws(' ', coalesce(traits ->> 'firstName', traits ->> 'first_name'),
                               coalesce(traits ->> 'lastName', traits ->> 'last_name'))), ''))
$$;

-- Messages as rooms that show or count them may read them: never the raw HTML.
create or replace view message_glance as
select id, conversation, position, changed, at, channel, direction, author, name, text, subject, files, state, mentions, automatic,
       language
  from conversation_message;
