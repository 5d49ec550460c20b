-- name: schedule
insert into timer (id, due_at, name, identity_kind, identity_value, properties, caused_by)
select id, due_at, name, identity_kind, identity_value, properties, caused_by
  from jsonb_to_recordset(%(rows)s::jsonb) as r(id uuid, due_at timestamptz, name text, identity_kind text,
       identity_value text, properties jsonb, caused_by uuid)
on conflict (id) do update set due_at = excluded.due_at, properties = excluded.properties, caused_by = excluded.caused_by

-- name: cancel
delete from timer where id = any(%(ids)s::uuid[])

-- name: take_due
delete from timer where id in
  (select id from timer where due_at <= %(now)s order by due_at limit %(most)s for update skip locked)
returning id, due_at, name, identity_kind, identity_value, properties, caused_by
