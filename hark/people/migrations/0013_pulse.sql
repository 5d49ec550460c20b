-- A person's row in two: the portrait is who they are and changes seldom, the pulse is what they do and changes with every
-- event. So an event writes a few hundred bytes and touches no index of names, segments and groups. views.sql puts the two
-- together again as `person`.
drop view if exists people_profile;
alter table person rename to portrait;
alter table portrait rename constraint person_pkey to portrait_pkey;

create table pulse (
  person uuid primary key,
  seen json not null default '{}',          -- {event name: [how often, first, last]}; times are milliseconds since 1970
  money json not null default '{}',         -- {event name: {currency: millionths}}
  measures json not null default '{}',      -- {event name, 0x1f, property: {day, -1 for ever: tally}}
  phase text,
  events bigint not null default 0,
  first_seen timestamptz,
  last_seen timestamptz,
  recheck_at timestamptz,                   -- the next moment at which a window of some definition moves
  whole bytea                               -- the fold of all facets of a person who has several
) with (fillfactor = 70);
alter table pulse alter column whole set storage external; -- PostgreSQL's own compression would cost more than the disk

insert into pulse (person, seen, money, measures, phase, events, first_seen, last_seen, recheck_at, whole)
select id,
       (select coalesce(json_object_agg(name, json_build_array(n, firsts -> name, lasts -> name)), '{}')
          from jsonb_each(counts) as seen (name, n)),
       money::json, measures::json, phase, events, first_seen, last_seen, recheck_at, whole
  from portrait;
create index pulse_by_last_seen on pulse (last_seen desc);

alter table portrait
  drop column counts, drop column firsts, drop column lasts, drop column money, drop column measures, drop column phase,
  drop column events, drop column first_seen, drop column last_seen, drop column recheck_at, drop column whole;
alter index person_by_segment rename to portrait_by_segment;
alter index person_by_group rename to portrait_by_group;
alter index person_by_words rename to portrait_by_words;
