-- name: add_import
insert into import (id, source, file, digest, reading, mapping, state, total, by, created_at)
values (%(id)s, %(source)s, %(file)s, %(digest)s, %(reading)s, %(mapping)s, %(state)s, %(total)s, %(by)s, %(created_at)s)

-- name: same_import
-- The latest import of the same bytes in the same meaning into the same source.
select id, state, created_at from import
 where digest = %(digest)s and source = %(source)s and mapping::jsonb - 'undated' = %(mapping)s::jsonb - 'undated'
   and reading::jsonb = %(reading)s::jsonb and state <> 'draft'
 order by created_at desc limit 1

-- name: find_import
select id, source, file, digest, reading, mapping, state, total, recorded, error, by, created_at, ended_at
  from import where id = %(id)s

-- name: lock_import
select recorded, state from import where id = %(id)s for update

-- name: waiting
select id from import where state in ('waiting', 'running') order by created_at

-- name: all_imports
select i.id, i.source, i.file, i.state, i.total, i.recorded, i.error, i.by, i.created_at, i.ended_at, s.name as source_name
  from import i left join source s on s.id = i.source
 order by i.created_at desc limit %(limit)s

-- name: change_draft
update import set source = %(source)s, reading = %(reading)s, mapping = %(mapping)s, total = %(total)s, state = %(state)s
 where id = %(id)s and state = 'draft'

-- name: set_state
update import set state = %(state)s, error = %(error)s,
       ended_at = case when %(state)s in ('recorded', 'failed', 'stopped') then now() end
 where id = %(id)s

-- name: move_on
update import set recorded = recorded + %(rows)s, state = 'running' where id = %(id)s

-- name: add_raw
insert into raw (received_at, source, plugin, imported, head, body)
values (%(received_at)s, %(source)s, 'rows', true, %(head)s, %(body)s) returning id

-- name: add_piece
insert into import_piece (import, first, rows, raw) values (%(import)s, %(first)s, %(rows)s, %(raw)s)

-- name: drop_import
delete from import where id = %(id)s and state = 'draft'

-- name: loaded_rows
select coalesce(sum(p.rows), 0) as rows, count(*) as pieces
  from import_piece p join raw r on r.id = p.raw where p.import = %(id)s and r.state <> 0

-- name: derived_rows
with here as materialized (select position from cursor where name = 'process')
select coalesce(sum(p.rows), 0)
  from import_piece p join raw r on r.id = p.raw
 where p.import = %(id)s and r.state <> 0
   and not exists (select from event e, here where e.raw = p.raw and e.position > here.position)

-- name: outcome
select (select count(*) from event e join import_piece p on p.raw = e.raw where p.import = %(id)s) as accepted,
       (select count(*) from refusal f join import_piece p on p.raw = f.raw where p.import = %(id)s) as refused

-- name: reasons
-- Why rows were refused, without what differs from row to row.
select regexp_replace(regexp_replace(f.reason, '^row \d+: ', ''), '''[^'']*'' is', '… is') as reason, count(*) as rows
  from refusal f join import_piece p on p.raw = f.raw
 where p.import = %(id)s group by 1 order by 2 desc, 1 limit 50

-- name: refused_rows
select p.first + f.item_index as row, f.reason, f.item
  from refusal f join import_piece p on p.raw = f.raw
 where p.import = %(id)s order by 1
