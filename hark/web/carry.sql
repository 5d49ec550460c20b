-- name: sessions
select created_at, seen_at, expires_at, browser, remote from session
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: letters_like
select id, recipient, subject, body, created_at, sent_at from letter
 where exists (select from unnest(%(needles)s::text[]) n
                where strpos(recipient, n) > 0 or strpos(subject, n) > 0 or strpos(body, n) > 0)

-- name: forget_sessions
delete from session
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: forget_links
delete from magic_link
 where (identity_kind, identity_value) in (select * from unnest(%(kinds)s::text[], %(values)s::text[]))

-- name: forget_letters
delete from letter where id = any(%(ids)s::uuid[])
