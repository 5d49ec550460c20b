-- Probable duplicates. Only matching.py and finding.py write match, match_key and matching.

-- name: lock
select pg_try_advisory_xact_lock(0x4d61746368);

-- name: read_matching
select model, records, learnt_at, position, review_above, join_above from matching;

-- name: read_choice
select review_above, join_above, records, learnt_at from matching;

-- name: read_progress
select %(processed)s > position as behind,
  (select count(*) from (select from person where traits <> '{}' limit %(enough)s) known) >= %(enough)s as enough
from matching;

-- name: choose
update matching set review_above = %(review_above)s, join_above = %(join_above)s;

-- name: keep_model
update matching set model = %(model)s, records = %(records)s, learnt_at = %(now)s, position = %(position)s;

-- name: move
update matching set position = %(position)s;

-- name: count_persons
select count(*) from person where traits <> '{}';

-- name: records_after
select p.id, p.traits, (select array_agg(array[i.kind, i.value] order by i.first_at, i.id) from identity i
  where i.person = p.id and i.kind in ('email', 'phone', 'card')) as identities
from person p where p.id > %(after)s and p.traits <> '{}' order by p.id limit %(limit)s;

-- name: records_of
select p.id, p.traits, (select array_agg(array[i.kind, i.value] order by i.first_at, i.id) from identity i
  where i.person = p.id and i.kind in ('email', 'phone', 'card')) as identities
from person p where p.id = any(%(persons)s::uuid[]) and p.traits <> '{}';

-- name: persons_of
select distinct person from identity where id = any(%(ids)s::uuid[]);

-- name: clear_keys
truncate match_key;

-- name: delete_keys
delete from match_key where person = any(%(persons)s::uuid[]);

-- name: copy_keys
copy match_key (person, key) from stdin (format binary);

-- name: find_sharing
-- Persons who share a key with these; a key that many share is passed over, as in the full run.
select distinct other.person from (
  select key from match_key where key in (select key from match_key where person = any(%(persons)s::uuid[]))
  group by key having count(*) between 2 and %(common)s) shared
join match_key other on other.key = shared.key;

-- name: drop_waiting
delete from match where state = 'waiting' and (a = any(%(persons)s::uuid[]) or b = any(%(persons)s::uuid[]));

-- name: drop_all_waiting
delete from match where state = 'waiting';

-- name: put_match
insert into match (a, b, probability, evidence, found_at)
select * from unnest(%(a)s::uuid[], %(b)s::uuid[], %(probabilities)s::real[], %(evidence)s::jsonb[],
  array_fill(%(now)s::timestamptz, array[%(count)s]))
on conflict (a, b) do update set probability = excluded.probability, evidence = excluded.evidence
where match.state = 'waiting';

-- name: with_unique
select distinct person from identity where person = any(%(persons)s::uuid[]) and kind = any(%(kinds)s::text[]);

-- name: decided_pairs
select a, b from match where state = 'dismissed' and a = any(%(persons)s::uuid[]);

-- name: decide
update match set state = %(state)s, decided_at = %(now)s::timestamptz, decided_by = %(by)s::text
where a = %(a)s and b = %(b)s;

-- name: find_match
select a, b, probability, state from match where a = %(a)s and b = %(b)s;

-- name: review
select match.a, match.b, match.probability, match.evidence, match.found_at, ia.person as a_person, ib.person as b_person,
  pa.traits as a_traits, pb.traits as b_traits, pa.events as a_events, pb.events as b_events,
  pa.first_seen as a_first, pb.first_seen as b_first, pa.last_seen as a_last, pb.last_seen as b_last,
  (select jsonb_agg(jsonb_build_array(i.kind, i.value) order by i.first_at, i.id) from identity i where i.person = ia.person) as a_identities,
  (select jsonb_agg(jsonb_build_array(i.kind, i.value) order by i.first_at, i.id) from identity i where i.person = ib.person) as b_identities
from match
join identity ia on ia.id = match.a join identity ib on ib.id = match.b
join person pa on pa.id = ia.person join person pb on pb.id = ib.person
where match.state = 'waiting' and ia.person <> ib.person and match.probability >= %(least)s
order by match.probability desc, match.a, match.b limit %(limit)s;

-- name: count_waiting
select count(*) from match join identity ia on ia.id = match.a join identity ib on ib.id = match.b
where match.state = 'waiting' and ia.person <> ib.person and match.probability >= %(least)s;

-- name: forget
delete from match where a = any(%(ids)s::uuid[]) or b = any(%(ids)s::uuid[]);

-- name: forget_keys
delete from match_key where person = any(%(ids)s::uuid[]);
