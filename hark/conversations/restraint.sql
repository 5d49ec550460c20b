-- name: last_heard
select automatic, trust, author from conversation_message
 where conversation = %(conversation)s and direction = 'in' order by at desc, position desc limit 1

-- name: heard_since
select count(*) from conversation_message
 where conversation = %(conversation)s and direction = 'in' and at > %(since)s

-- name: forget
delete from conversation_restraint where at < %(before)s

-- name: answered_by_us
select count(*) from conversation_restraint where at > %(since)s

-- name: take
-- The row is taken and kept in one statement: of two jobs at once, one answers.
insert into conversation_restraint (address, at) values (%(address)s, %(now)s)
on conflict (address) do update set at = excluded.at where conversation_restraint.at < %(before)s
returning at

-- name: is_heard
select exists (select from conversation_message where id = %(id)s and direction = 'in')
