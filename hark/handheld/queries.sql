-- name: hold
select pg_advisory_xact_lock(hashtextextended('handheld ' || %(id)s::text, 0))

-- name: find_act
select member, state, why, event from handheld_act where id = %(id)s

-- name: keep_act
insert into handheld_act (id, member, state, why, event, at)
values (%(id)s, %(member)s, %(state)s, %(why)s, %(event)s, %(now)s)

-- name: done_lately
select id from handheld_act where member = %(member)s and state = 'done' order by at desc limit 300

-- name: drop_old_acts
with files as (delete from handheld_file where at < %(before)s)
delete from handheld_act where at < %(before)s

-- name: find_file
select member, file, name, media_type, size from handheld_file where id = %(id)s

-- name: keep_file
insert into handheld_file (id, member, file, name, media_type, size, at)
values (%(id)s, %(member)s, %(file)s, %(name)s, %(media_type)s, %(size)s, %(now)s) on conflict do nothing

-- name: files_of
select id, file, name, media_type, size from handheld_file where id = any(%(ids)s) and member = %(member)s

-- name: conversations
with chosen as (
  (select * from conversation_glance where member = %(member)s and status <> 'closed' order by last_at desc limit %(mine)s)
  union
  (select * from conversation_glance where member is null and status in ('open', 'waiting')
    order by last_at desc limit %(nobodys)s)
)
select c.id, c.status, c.channel, c.subject, c.member, c.priority, c.tags, c.last_at, c.waiting_since, c.position, i.person,
       hark_person_name(p.traits) as name, coalesce(p.traits ->> 'email', e.value) as email, coalesce(p.traits ->> 'phone', t.value) as phone,
       p.traits #>> '{address,city}' as place, p.language, p.phase, p.first_seen
  from chosen c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
  left join lateral (select value from people_identity where person = i.person and kind = 'email' order by id limit 1) e on true
  left join lateral (select value from people_identity where person = i.person and kind = 'phone' order by id limit 1) t on true
 order by c.last_at desc, c.id

-- name: messages
select m.id, m.conversation, m.position, m.at, m.direction, m.author, m.name, m.text, m.files, m.state, o.name as member_name
  from unnest(%(ids)s::uuid[]) chosen (id)
 cross join lateral (select * from message_glance m where m.conversation = chosen.id
                      order by m.at desc, m.position desc limit %(most)s) m
  left join member_glance o on m.author = 'member:' || o.id::text
 order by m.conversation, m.at, m.position

-- name: orders_of
select i.person, count(*)::int as orders from order_glance o join people_identity i on i.id = o.anchor
 where i.person = any(%(persons)s) group by i.person

-- name: answered_since
select count(*) from message_glance
 where conversation = %(conversation)s and position > %(seen)s and direction = 'out' and author <> %(author)s
   and state <> 'withdrawn'

-- name: written_since
select count(*) from message_glance where conversation = %(conversation)s and position > %(seen)s and direction = 'in'

-- name: members
select id, name from member_glance order by name

-- name: cases
with chosen as (
  (select * from case_glance where member = %(member)s and status <> 'closed'
    order by due_at nulls last, changed_at desc limit %(mine)s)
  union
  (select * from case_glance where member is null and status in ('open', 'waiting') order by changed_at desc limit %(nobodys)s)
)
select c.id, c.number, c.subject, left(c.about, 2000) as about, c.status, c.member, c.priority, c.tags, c.fields, c.conversation,
       c.device, c.order_number, c.changed_at, c.due_at, c.position, i.person,
       hark_person_name(p.traits) as name, coalesce(p.traits ->> 'email', e.value) as email,
       coalesce(p.traits ->> 'phone', t.value) as phone, p.traits #>> '{address,city}' as place, p.language, p.phase, p.first_seen
  from chosen c
  left join people_identity i on i.id = c.anchor
  left join people_profile p on p.id = i.person
  left join lateral (select value from people_identity where person = i.person and kind = 'email' order by id limit 1) e on true
  left join lateral (select value from people_identity where person = i.person and kind = 'phone' order by id limit 1) t on true
 order by c.due_at nulls last, c.changed_at desc

-- name: case_notes
select n.id, n.work_case, n.at, n.text, n.position, o.name as member_name
  from case_note_glance n left join member_glance o on n.author = 'member:' || o.id::text
 where n.work_case = any(%(ids)s) order by n.work_case, n.position

-- name: case_tasks
select id, work_case, text, due_at, done_at, position from case_task_glance where work_case = any(%(ids)s) order by work_case, position
