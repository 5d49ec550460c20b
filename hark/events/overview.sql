-- name: arrivals_by_source
select source.id, source.name, source.plugin, source.channel, source.paused,
       coalesce(sum(arrival.accepted), 0)::bigint as accepted,
       coalesce(sum(arrival.refused), 0)::bigint as refused,
       coalesce(sum(arrival.accepted) filter (where arrival.hour > %(yesterday)s), 0)::bigint as lately,
       (select raw.received_at from raw where raw.source = source.id order by raw.id desc limit 1) as last_heard
  from source left join arrival on arrival.source = source.id
 group by source.id order by lately desc, accepted desc, source.name

-- name: arrivals_by_day
select (hour at time zone 'UTC')::date as day, sum(accepted)::bigint as count
  from arrival where hour >= %(since)s and source <> 'hark' group by 1 order by 1

-- name: open_refusals
select source, count(*) as count, max(at) as last, (array_agg(reason order by id desc))[1] as reason
  from (select id, source, at, reason from refusal where replayed_at is null order by id desc limit 10000) newest
 group by source order by count desc

-- name: parked
select count(*) as count, max(at) as last, (array_agg(error order by position desc))[1] as error from parked

-- name: about_how_many
select case when reltuples > 200000 then reltuples::bigint else (select count(*) from event) end as events
  from pg_class where oid = 'event'::regclass

-- name: happened_by_day
select (at at time zone 'UTC')::date as day, count(*) as count
  from event where at >= %(since)s and source <> 'hark' group by 1 order by 1
