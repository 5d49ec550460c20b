-- name: glance
select id, traits, provenance, computed, counts, money, consents, segments, groups, members, withheld, phase, time_zone, language,
       events, first_seen, last_seen
  from person where id = (select person from identity where id = %(id)s)

-- name: identities
select kind, value, first_at, first_source from identity where person = %(person)s order by first_at, id limit %(limit)s

-- name: touchpoints
-- Of each identity's newest: one that a robot floods must not make its page slow.
select coalesce(t.phase, '') as phase, t.channel, count(*) as count, max(t.at) as last
  from identity i
 cross join lateral (select phase, channel, at from timeline one where one.anchor = i.id
                      order by one.at desc, one.position desc limit %(most)s) t
 where i.person = %(person)s group by 1, 2

-- name: activity
select (date_trunc('week', t.at at time zone 'UTC'))::date as week, t.channel, count(*) as count
  from identity i
 cross join lateral (select channel, at from timeline one where one.anchor = i.id and one.at >= %(since)s
                      order by one.at desc, one.position desc limit %(most)s) t
 where i.person = %(person)s
 group by 1, 2 order by 1

-- name: history
-- As read_history, of one phase, channel or kind of event where they are given.
select e.id, e.position, e.type, e.name, t.at, e.received_at, e.source, e.channel, t.phase, e.identities, e.traits,
       e.properties, e.context
  from (select newest.* from identity i
         cross join lateral (
           select t.at, t.position, t.phase from timeline t
            where t.anchor = i.id and (t.at, t.position) < (%(at)s::timestamptz, %(position)s)
              and (%(phase)s::text is null or coalesce(t.phase, '') = %(phase)s)
              and (%(channel)s::text is null or t.channel = %(channel)s)
              and (%(name)s::text is null or t.name = %(name)s)
            order by t.at desc, t.position desc limit %(limit)s) newest
         where i.person = %(person)s
         order by newest.at desc, newest.position desc limit %(limit)s) t
  join event e on e.position = t.position
 order by t.at desc, t.position desc

-- name: phases_of
select person as id, phase from pulse where person = any(%(ids)s::uuid[])

-- name: about_how_many
-- Counting millions takes long; what the planner knows is near enough for a headline beyond a hundred thousand.
select case when reltuples > 100000 then reltuples::bigint else (select count(*) from person) end as people
  from pg_class where oid = 'portrait'::regclass

-- name: known_by_name
select count(*) as known from (select 1 from identity where kind in ('email', 'user_id', 'phone') group by person) named

-- name: phase_shares
select coalesce(phase, '') as phase, count(*) as people from pulse group by 1

-- name: phase_shares_nearly
-- What the planner's statistics say: every phase is among the most common values, being one of four.
select phase, round(freq * reltuples)::bigint as people
  from pg_class, pg_stats cross join lateral (
       select * from unnest(most_common_vals::text::text[], most_common_freqs) as common (phase, freq)
        union all select '', null_frac where null_frac > 0) told
 where oid = 'pulse'::regclass and schemaname = 'public' and tablename = 'pulse' and attname = 'phase'

-- name: segment_names
select name, label from definition where kind = 'segment' and state <> 'refused' order by label limit %(limit)s

-- name: biggest_segments
select d.name, d.label, d.about, d.state, d.done, d.of, s.members
  from definition d join people_segment s on s.name = d.name
 where d.kind = 'segment' and d.state <> 'refused'
 order by s.members desc, d.label limit %(limit)s

-- name: newest_moments
-- The last thing that happened with each of those who were seen last: one line a person, also while history flows in.
select p.id as person, p.traits as about, t.at, t.name, t.phase, t.channel, t.source, e.position, e.type, e.properties,
       e.traits, e.context
  from (select portrait.id, traits from pulse join portrait on portrait.id = pulse.person
         where last_seen is not null order by last_seen desc limit %(limit)s) p
 cross join lateral (
       select newest.* from identity i
        cross join lateral (select * from timeline one where one.anchor = i.id and one.source <> 'hark'
                             order by one.at desc, one.position desc limit 1) newest
        where i.person = p.id order by newest.at desc, newest.position desc limit 1) t
  join event e on e.position = t.position
 order by t.at desc, t.position desc

-- name: names_of
-- Who these identities are now, and what they are called.
select i.id as anchor, i.person, i.kind, i.value,
       jsonb_build_object('name', p.traits -> 'name', 'first_name', p.traits -> 'first_name', 'last_name', p.traits -> 'last_name',
                          'firstName', p.traits -> 'firstName', 'lastName', p.traits -> 'lastName',
                          'email', p.traits -> 'email') as traits
  from identity i join person p on p.id = i.person where i.id = any(%(ids)s)

-- name: happened
-- The newest events of certain names with one person.
select t.at, t.name, t.position, e.id, e.properties
  from (select newest.* from identity i
         cross join lateral (
           select one.at, one.position, one.name from timeline one
            where one.anchor = i.id and one.name = any(%(names)s)
            order by one.at desc, one.position desc limit %(limit)s) newest
         where i.person = %(person)s order by newest.at desc, newest.position desc limit %(limit)s) t
  join event e on e.position = t.position
 order by t.at, t.position
