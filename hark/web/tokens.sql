-- name: add_token
insert into token (id, name, prefix, secret, scopes, created_by, created_at, expires_at)
values (%(id)s, %(name)s, %(prefix)s, %(secret)s, %(scopes)s, %(created_by)s, %(now)s, %(expires_at)s)
returning id, name, prefix, scopes, created_at, used_at, expires_at, revoked_at

-- name: find_token
select id, name, scopes from token
 where secret = %(secret)s and revoked_at is null and (expires_at is null or expires_at > %(now)s)

-- name: touch_tokens
update token set used_at = u.at
  from unnest(%(ids)s::uuid[], %(moments)s::timestamptz[]) as u(id, at) where token.id = u.id

-- name: all_tokens
select id, name, prefix, scopes, created_at, used_at, expires_at, revoked_at from token order by created_at desc, id

-- name: revoke_token
update token set revoked_at = %(now)s where id = %(id)s and revoked_at is null
