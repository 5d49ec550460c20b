-- name: open_session
insert into session (id, member, identity_kind, identity_value, created_at, seen_at, expires_at, browser, remote)
values (%(id)s, %(member)s, %(identity_kind)s, %(identity_value)s, %(now)s, %(now)s, %(expires_at)s, %(browser)s, %(remote)s)

-- name: find_session
select session.id, session.member, session.identity_kind, session.identity_value, session.created_at, session.seen_at,
       session.notice, member.name, member.email, member.role, member.language, member.time_zone
from session left join member on member.id = session.member
where session.id = %(id)s and session.expires_at > %(now)s

-- name: touch_session
update session set seen_at = %(now)s where id = %(id)s

-- name: close_session
delete from session where id = %(id)s

-- name: close_sessions_of
delete from session where member = %(member)s and id <> %(keep)s

-- name: sessions_of
select id, created_at, seen_at, browser, remote from session
where member = %(member)s and expires_at > %(now)s order by seen_at desc

-- name: forget_old_sessions
delete from session where expires_at <= %(now)s

-- name: leave_notice
update session set notice = %(notice)s where id = %(id)s

-- name: clear_notice
update session set notice = null where id = %(id)s
