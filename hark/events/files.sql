-- name: put
insert into file (id, body, size, state, at) values (%(id)s, %(body)s, %(size)s, %(state)s, %(now)s)
on conflict (id) do nothing
returning state

-- name: body
select body from file where id = %(id)s

-- name: state
select state from file where id = %(id)s

-- name: judge
update file set state = %(state)s, detail = %(detail)s where id = %(id)s

-- name: drop
delete from file where id = any(%(ids)s)

-- name: states
select encode(id, 'hex') as id, state from file where id = any(%(ids)s)

-- name: unchecked
select encode(id, 'hex') as id from file where state = 'unchecked' order by at limit %(limit)s

-- name: trust_unchecked
update file set state = 'ok' where state = 'unchecked'
