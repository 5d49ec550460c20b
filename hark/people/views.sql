-- What other rooms may read of people.

drop view if exists people_event;
drop view if exists people_profile;

-- Whose an event is now: after every merge and every parting.
create view people_event as
select timeline.position, timeline.anchor, identity.person
  from timeline join identity on identity.id = timeline.anchor;

create view people_profile as
select id, traits, provenance, computed, counts, consents, segments, phase, time_zone, language, events, first_seen,
       last_seen
  from person;
