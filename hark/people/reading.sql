-- name: find_person
select person from identity where id = %(id)s

-- name: read_record
select p.id, p.traits, p.segments, p.consents, p.counts, p.first_seen, p.last_seen, p.computed, p.groups, p.phase,
       p.language, p.time_zone, p.events,
       (select coalesce(jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value, 'first_at', i.first_at)
                                  order by i.first_at, i.id), '[]')
          from identity i where i.person = p.id) as identities
  from person p
 where p.id = (select person from identity where id = %(id)s)

-- name: read_history
-- Each identity's own history is in order; the newest of each make the newest of all.
select e.id, e.position, e.type, e.name, t.at, e.received_at, e.source, e.channel, t.phase, e.identities, e.traits,
       e.properties, e.context
  from (select newest.* from identity i
         cross join lateral (
           select t.at, t.position, t.phase from timeline t
            where t.anchor = i.id and (t.at, t.position) < (%(at)s::timestamptz, %(position)s)
            order by t.at desc, t.position desc limit %(limit)s) newest
         where i.person = %(person)s
         order by newest.at desc, newest.position desc limit %(limit)s) t
  join event e on e.position = t.position
 order by t.at desc, t.position desc

-- name: read_provenance
select traits, provenance from person where id = %(person)s

-- name: forgive
-- One wrong letter in a name of six leaves about half of its three-letter groups.
set local pg_trgm.word_similarity_threshold = 0.45

-- name: search
-- Each branch is bounded by itself, so that a common word cannot make the whole slow.
with exact as (
       select i.person, 2::real as score from identity i where i.id = any(%(exact)s::uuid[])),
     named as (
       select p.id, word_similarity(%(words)s, person_words(p.traits)) as score from person p
        where %(words)s <%% person_words(p.traits) limit 500),
     addressed as (
       select i.person, word_similarity(%(words)s, i.value) as score from identity i
        where i.kind = 'email' and %(words)s <%% i.value limit 500),
     found as (
       select person, max(score) as score
         from (select * from exact union all select * from named union all select * from addressed) all_of_them
        group by person)
select p.id, p.traits, p.segments, p.events, p.first_seen, p.last_seen
  from found f join person p on p.id = f.person
 order by f.score desc, p.last_seen desc nulls last, p.id limit %(limit)s
