-- name: list_counts
select source, hour, accepted, duplicate, refused from arrival
 where hour >= %(since)s and (%(source)s::text is null or source = %(source)s) order by source, hour

-- name: list_refusals
select id, source, raw, at, item_index, reason, item, replayed_at from refusal
 where id < %(before)s and (%(source)s::text is null or source = %(source)s)
   and (not %(open_only)s or replayed_at is null)
   and (%(words)s::text is null or reason ilike %(words)s)
 order by id desc limit %(limit)s

-- name: show_raw
select id, received_at, source, plugin, state, head, body,
       (select count(*) from event e where e.raw = r.id) as events
  from raw r where id = %(id)s

-- name: mark_replayed
update refusal set replayed_at = now() where raw = any(%(raws)s::bigint[]) and replayed_at is null

-- name: load_again
update raw set state = 0 where id = any(%(raws)s::bigint[]) and state in (1, 2)

-- name: open_raws
select distinct raw from refusal
 where replayed_at is null and raw is not null and (%(source)s::text is null or source = %(source)s)
 order by raw limit %(limit)s

-- name: raws_of
select distinct raw from refusal where id = any(%(ids)s::bigint[]) and raw is not null order by raw

-- name: record_copy
insert into raw (received_at, source, plugin, imported, state, head, body)
select received_at, source, plugin, imported, 0, %(head)s, %(body)s from raw where id = %(id)s
returning id

-- name: refusals_of
select id, source, raw, at, item_index, reason, item, replayed_at from refusal where raw = %(raw)s
 order by item_index, id limit 1000
