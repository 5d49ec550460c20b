-- name: read_key
select key from push_key

-- name: keep_key
insert into push_key (key, made_at) values (%(key)s, %(now)s) on conflict do nothing

-- name: add_subscription
insert into push_subscription (id, member, session, endpoint, p256dh, auth, browser, added_at)
values (%(id)s, %(member)s, %(session)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(browser)s, %(now)s)
on conflict (id) do update set member = excluded.member, session = excluded.session, p256dh = excluded.p256dh,
  auth = excluded.auth, browser = excluded.browser, detail = null

-- name: count_subscriptions
select count(*) from push_subscription where member = %(member)s

-- name: drop_oldest
delete from push_subscription where id in
 (select id from push_subscription where member = %(member)s order by added_at desc offset %(most)s)

-- name: subscriptions_of
select id, browser, added_at, told_at, detail from push_subscription where member = %(member)s order by added_at

-- name: remove_subscription
delete from push_subscription where id = %(id)s and member = %(member)s

-- name: end_subscription
delete from push_subscription where id = %(id)s

-- name: note_refusal
update push_subscription set detail = %(detail)s where id = %(id)s

-- name: note_told
update push_subscription set told = %(told)s, told_at = %(now)s, detail = null where id = %(id)s

-- name: wish_of
select muted, quiet_from, quiet_until, preview from notice_wish where member = %(member)s

-- name: keep_wish
insert into notice_wish (member, muted, quiet_from, quiet_until, preview)
values (%(member)s, %(muted)s, %(quiet_from)s, %(quiet_until)s, %(preview)s)
on conflict (member) do update set muted = excluded.muted, quiet_from = excluded.quiet_from,
  quiet_until = excluded.quiet_until, preview = excluded.preview

-- name: look
insert into looking (member, at) values (%(member)s, %(now)s)
on conflict (member) do update set at = greatest(looking.at, excluded.at)

-- name: look_away
delete from looking where member = %(member)s

-- name: reachable
select s.id, s.member, s.endpoint, s.p256dh, s.auth, m.language, m.time_zone, m.role,
       coalesce(w.muted, '{}') as muted, w.quiet_from, w.quiet_until, coalesce(w.preview, true) as preview,
       l.at as looked_at
  from push_subscription s join member_glance m on m.id = s.member
  left join notice_wish w on w.member = s.member
  left join looking l on l.member = s.member
 where s.member = any(%(members)s) and s.told is distinct from %(told)s
 order by s.member, s.id

-- name: about_conversation
select c.id, c.status, c.member, c.channel, p.traits ->> 'name' as name, p.traits ->> 'first_name' as first_name
  from conversation_glance c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
 where c.id = %(id)s
