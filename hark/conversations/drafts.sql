-- name: keep_draft
insert into draft (member, conversation, note, text, channel, files, changed_at)
values (%(member)s, %(conversation)s, %(note)s, %(text)s, %(channel)s, %(files)s::jsonb, %(now)s)
on conflict (member, conversation, note) do update
   set text = excluded.text, channel = excluded.channel, files = excluded.files, changed_at = excluded.changed_at

-- name: drop_draft
delete from draft where member = %(member)s and conversation = %(conversation)s and note = %(note)s

-- name: drafts_of
select note, text, channel, files, changed_at from draft where member = %(member)s and conversation = %(conversation)s

-- name: begun_by
select distinct conversation from draft where member = %(member)s and conversation = any(%(conversations)s)

-- name: views_of
select id, member, name, filters from saved_view where member = %(member)s or member is null order by lower(name), id

-- name: save_view
insert into saved_view (id, member, name, filters, changed_at)
values (%(id)s, %(member)s, %(name)s, %(filters)s::jsonb, %(now)s)

-- name: drop_view
delete from saved_view where id = %(id)s and (member = %(member)s or member is null) returning name

-- name: canned_answers
-- What I use comes first, then what all of us use; a use counts half after two weeks.
select a.id, a.shortcut, a.title, a.texts, a.changed_by, a.changed_at,
       coalesce(sum(u.weight * power(0.5, extract(epoch from %(now)s::timestamptz - u.at) / 1209600.0)
                    * case when u.member = %(member)s then 4 else 1 end), 0)::float as score
  from canned_answer a left join canned_use u on u.answer = a.id
 group by a.id order by score desc, lower(a.title), a.id limit %(limit)s

-- name: canned_answer
select id, shortcut, title, texts, changed_by, changed_at, 0.0::float as score from canned_answer where id = %(id)s

-- name: keep_canned
insert into canned_answer (id, shortcut, title, texts, changed_by, changed_at)
values (%(id)s, %(shortcut)s, %(title)s, %(texts)s::jsonb, %(by)s, %(now)s)
on conflict (id) do update set shortcut = excluded.shortcut, title = excluded.title, texts = excluded.texts,
   changed_by = excluded.changed_by, changed_at = excluded.changed_at

-- name: shortcut_taken
select id from canned_answer where lower(shortcut) = lower(%(shortcut)s) and id <> %(id)s

-- name: drop_canned
delete from canned_answer where id = %(id)s returning title

-- name: use_canned
insert into canned_use (answer, member, weight, at)
select id, %(member)s, 1, %(now)s from canned_answer where id = %(id)s
on conflict (answer, member) do update
   set weight = canned_use.weight * power(0.5, extract(epoch from excluded.at - canned_use.at) / 1209600.0) + 1, at = excluded.at
