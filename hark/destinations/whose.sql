-- name: owners
select position, anchor, person from people_event where position between %(first)s and %(last)s

-- name: profiles
select id, traits, computed, consents, segments, phase, first_seen, last_seen
  from people_profile where id = any(%(persons)s::uuid[])

-- name: former
-- Every id that somebody ever had is the id of an identity of theirs.
select person, array_agg(id) as ids from people_identity
 where person = any(%(persons)s::uuid[]) and id <> person group by person

-- name: profile_of
select id, traits, computed, consents, segments, phase, first_seen, last_seen
  from people_profile
 where id = coalesce((select person from people_identity where id = %(person)s), %(person)s)
