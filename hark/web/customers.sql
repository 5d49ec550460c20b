-- name: add_magic_link
insert into magic_link (id, identity_kind, identity_value, created_at, expires_at)
values (%(id)s, %(kind)s, %(value)s, %(now)s, %(expires_at)s)

-- name: magic_link_works
select identity_kind, identity_value from magic_link
where id = %(id)s and used_at is null and expires_at > %(now)s

-- name: use_magic_link
update magic_link set used_at = %(now)s where id = %(id)s and used_at is null and expires_at > %(now)s
returning identity_kind, identity_value

-- name: use_token
-- A token that was used is written down like a link, so that it opens the door once.
insert into magic_link (id, identity_kind, identity_value, created_at, expires_at, used_at)
values (%(id)s, %(kind)s, %(value)s, %(now)s, %(expires_at)s, %(now)s)
on conflict (id) do nothing

-- name: forget_magic_links
delete from magic_link where expires_at < %(before)s

-- name: write_letter
insert into letter (id, recipient, subject, body, created_at, expires_at)
values (%(id)s, %(recipient)s, %(subject)s, %(body)s, %(now)s, %(expires_at)s)

-- name: waiting_letters
select id, recipient, subject, body, created_at, expires_at from letter
where sent_at is null and (expires_at is null or expires_at > %(now)s) order by created_at desc limit %(limit)s

-- name: forget_letters
delete from letter where expires_at < %(now)s

-- name: site_secret
select secret from site_secret where source = %(source)s

-- name: site_secrets
select source, created_at from site_secret

-- name: set_site_secret
insert into site_secret (source, secret, created_at) values (%(source)s, %(secret)s, %(now)s)
on conflict (source) do update set secret = excluded.secret, created_at = excluded.created_at

-- name: drop_site_secret
delete from site_secret where source = %(source)s

-- name: queue_letters
update letter set queued_at = %(now)s
where sent_at is null and queued_at is null and (expires_at is null or expires_at > %(now)s)
returning id

-- name: unsent_letter
select id, recipient, subject, body from letter
where id = %(id)s and sent_at is null and (expires_at is null or expires_at > %(now)s)

-- name: letter_sent
update letter set sent_at = %(now)s where id = %(id)s
