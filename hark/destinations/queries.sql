-- name: add
insert into destination (id, name, plugin, settings, purpose, events, segments, history, position, created_at)
values (%(id)s, %(name)s, %(plugin)s, %(settings)s::jsonb, %(purpose)s, %(events)s, %(segments)s, %(history)s,
        %(position)s, %(now)s)

-- name: change
update destination
   set name = %(name)s, settings = %(settings)s::jsonb, purpose = %(purpose)s, events = %(events)s,
       segments = %(segments)s, history = %(history)s, retry_at = null, failures = 0,
       reason = case when state = 'stopped' then null else reason end,
       state = case when state = 'stopped' then 'on' else state end
 where id = %(id)s

-- name: set_state
update destination set state = %(state)s, retry_at = null, failures = 0, reason = null where id = %(id)s

-- name: remove
delete from destination where id = %(id)s

-- name: get
select id, name, plugin, settings, purpose, events, segments, history, state, reason, position, size, failures,
       retry_at, created_at, moved_at
  from destination where id = %(id)s

-- name: every
select id, name, plugin, settings, purpose, events, segments, history, state, reason, position, size, failures,
       retry_at, created_at, moved_at
  from destination order by name

-- name: due
-- Those with something to do: events behind the path's cursor, a letter to send again, or a write that was cut off.
select d.id from destination d
 where d.state = 'on' and (d.retry_at is null or d.retry_at <= %(now)s)
   and (d.position < %(processed)s
        or exists (select from dead_letter l where l.destination = d.id and l.state = 'again')
        or exists (select from delivery_attempt a where a.destination = d.id and a.outcome = 'sending'))

-- name: begin
insert into delivery_attempt (destination, first_position, last_position, events, began_at)
values (%(destination)s, %(first)s, %(last)s, %(events)s, %(now)s) returning id

-- name: finish
update delivery_attempt set outcome = %(outcome)s, detail = %(detail)s, ended_at = %(now)s where id = %(attempt)s

-- name: cut_off
update delivery_attempt set outcome = 'unknown', ended_at = %(now)s,
       detail = 'cut off between send and receipt: whether it arrived is not known'
 where destination = %(destination)s and outcome = 'sending' returning first_position, last_position

-- name: trim_attempts
delete from delivery_attempt
 where destination = %(destination)s
   and id <= (select id from delivery_attempt where destination = %(destination)s order by id desc offset 500 limit 1)

-- name: move
-- Only from where this delivery began: whoever else moved it meanwhile was right.
update destination
   set position = %(position)s, size = %(size)s, failures = 0, retry_at = null, reason = null, moved_at = %(now)s
 where id = %(id)s and position = %(before)s

-- name: stand
update destination set size = %(size)s, failures = %(failures)s, retry_at = %(retry_at)s, reason = %(reason)s
 where id = %(id)s

-- name: stop
update destination set state = 'stopped', reason = %(reason)s where id = %(id)s

-- name: count
insert into delivery_hour as d (destination, hour, delivered, failed, dead, withheld, unmatched, unknown)
values (%(destination)s, date_trunc('hour', %(now)s::timestamptz, 'UTC'), %(delivered)s, %(failed)s, %(dead)s,
        %(withheld)s, %(unmatched)s, %(unknown)s)
on conflict (destination, hour) do update
   set delivered = d.delivered + excluded.delivered, failed = d.failed + excluded.failed,
       dead = d.dead + excluded.dead, withheld = d.withheld + excluded.withheld,
       unmatched = d.unmatched + excluded.unmatched, unknown = d.unknown + excluded.unknown

-- name: event_names
select name from people_event_name

-- name: attempts
select id, first_position, last_position, events, began_at, ended_at, outcome, detail
  from delivery_attempt where destination = %(destination)s order by id desc limit %(limit)s

-- name: hours
select hour, delivered, failed, dead, withheld, unmatched, unknown
  from delivery_hour where destination = %(destination)s and hour >= %(since)s order by hour

-- name: add_letter
insert into dead_letter (id, destination, position, event, name, reason, at)
values (%(id)s, %(destination)s, %(position)s, %(event)s, %(name)s, %(reason)s, %(now)s)
on conflict (id) do update
   set reason = excluded.reason, at = excluded.at, attempts = dead_letter.attempts + 1, state = 'open'

-- name: letters
select id, destination, position, event, name, reason, attempts, at, state, settled_at
  from dead_letter
 where (%(destination)s::uuid is null or destination = %(destination)s) and state = any(%(states)s)
 order by at desc, position desc limit %(limit)s

-- name: count_letters
select destination, count(*) as letters from dead_letter where state = 'open' group by destination

-- name: settle_letters
update dead_letter set state = %(state)s, settled_at = %(now)s
 where id = any(%(ids)s::uuid[]) and state = any(%(before)s) returning destination

-- name: settle_all_letters
update dead_letter set state = %(state)s, settled_at = %(now)s
 where destination = %(destination)s and state = 'open'

-- name: letters_again
select id, position from dead_letter where destination = %(destination)s and state = 'again' order by position limit 50

-- name: forget_events
delete from dead_letter where event = any(%(events)s::uuid[])

-- name: hold
select pg_try_advisory_lock(hashtextextended('destination ' || %(key)s, 0))

-- name: release
select pg_advisory_unlock(hashtextextended('destination ' || %(key)s, 0))
