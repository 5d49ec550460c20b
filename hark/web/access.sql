-- name: count_members
select count(*) from member

-- name: count_owners
select count(*) from member where role = 'owner'

-- name: add_member
insert into member (id, email, name, role, password, created_at)
values (%(id)s, %(email)s, %(name)s, %(role)s, %(password)s, %(now)s)
on conflict (lower(email)) do nothing

-- name: member
select id, email, name, role, password, totp, totp_last, language, time_zone, created_at, seen_at
from member where id = %(id)s

-- name: lock_member
select id, role from member where id = %(id)s or role = 'owner' order by id <> %(id)s for update

-- name: member_by_email
select id, email, name, role, password, totp, totp_last from member where lower(email) = lower(%(email)s)

-- name: members
select member.id, member.email, member.name, member.role, member.totp is not null as second_step, member.created_at,
       max(session.seen_at) as seen_at
from member left join session on session.member = member.id and session.expires_at > %(now)s
group by member.id order by lower(member.name)

-- name: set_password
update member set password = %(password)s where id = %(id)s

-- name: set_role
update member set role = %(role)s where id = %(id)s

-- name: set_totp
update member set totp = %(totp)s, totp_last = null where id = %(id)s

-- name: use_totp
update member set totp_last = %(step)s where id = %(id)s and coalesce(totp_last, 0) < %(step)s

-- name: set_reading
update member set name = %(name)s, language = %(language)s, time_zone = %(time_zone)s where id = %(id)s

-- name: remove_member
delete from member where id = %(id)s

-- name: add_invite
insert into invite (id, purpose, email, role, member, created_by, created_at, expires_at)
values (%(id)s, %(purpose)s, %(email)s, %(role)s, %(member)s, %(created_by)s, %(now)s, %(expires_at)s)

-- name: find_invite
select purpose, email, role, member from invite where id = %(id)s and used_at is null and expires_at > %(now)s

-- name: use_invite
update invite set used_at = %(now)s where id = %(id)s and used_at is null and expires_at > %(now)s
returning purpose, email, role, member

-- name: open_invites
select encode(id, 'hex') as id, email, role, created_at, expires_at from invite
where purpose = 'invite' and used_at is null and expires_at > %(now)s order by created_at desc

-- name: drop_invite
delete from invite where id = %(id)s and used_at is null

-- name: drop_invites
delete from invite where purpose = %(purpose)s and used_at is null

-- name: drop_invites_of
delete from invite where purpose = 'invite' and used_at is null and lower(email) = lower(%(email)s)

-- name: drop_resets
delete from invite where purpose = 'reset' and used_at is null and member = %(member)s

-- name: count_attempt
insert into attempt (key, window_start) values (%(key)s, %(window_start)s)
on conflict (key, window_start) do update set count = attempt.count + 1
returning count

-- name: forget_attempts
delete from attempt where window_start < %(before)s
