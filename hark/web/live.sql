-- name: sessions_alive
select id from session where id = any(%(ids)s) and expires_at > now()
