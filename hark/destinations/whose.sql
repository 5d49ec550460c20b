-- name: owners
select position, anchor, person from people_event where position between %(first)s and %(last)s

-- name: profiles
select id, traits, computed, consents, segments, phase, first_seen, last_seen
  from people_profile where id = any(%(persons)s::uuid[])

-- name: profile_of
select id, traits, computed, consents, segments, phase, first_seen, last_seen
  from people_profile
 where id = coalesce((select person from people_identity where id = %(person)s), %(person)s)
