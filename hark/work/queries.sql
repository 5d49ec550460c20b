-- name: put
-- The library's own function: the job becomes visible with this transaction, and its trigger wakes the workers then.
select procrastinate_defer_jobs_v1(array[row('default', %(name)s, 0, null, %(once)s, %(arguments)s::jsonb,
                                             %(at)s::timestamptz)::procrastinate_job_to_defer_v1])
 where %(once)s::text is null
    or not exists (select from procrastinate_jobs where queueing_lock = %(once)s and status = 'todo')

-- name: hold_key
-- Two transactions that put the same key at once: the second waits and sees the first one's job.
select pg_advisory_xact_lock(hashtextextended(%(key)s, 0))

-- name: waiting
select count(*) from procrastinate_jobs where status in ('todo', 'doing')

-- name: note_reason
insert into work_reason (job, reason) values (%(job)s, %(reason)s)
on conflict (job) do update set reason = excluded.reason, at = now()

-- name: given_up
select j.id, j.task_name as job, j.attempts, r.reason, coalesce(r.at, e.at) as at
  from procrastinate_jobs j
  left join work_reason r on r.job = j.id
  cross join lateral (select max(at) as at from procrastinate_events where job_id = j.id) e
 where j.status = 'failed' order by j.id desc limit %(limit)s

-- name: count_given_up
select count(*) from procrastinate_jobs where status = 'failed'

-- name: try_again
-- Of those that share a key, one: and none where a job with that key waits already.
select id, procrastinate_retry_job_v2(id, now(), null, null, null)
  from (select distinct on (coalesce(j.queueing_lock, j.id::text)) j.id
          from procrastinate_jobs j
         where j.id = any(%(jobs)s::bigint[]) and j.status = 'failed'
           and not exists (select from procrastinate_jobs w where w.queueing_lock = j.queueing_lock and w.status = 'todo')
         order by coalesce(j.queueing_lock, j.id::text), j.id desc) chosen

-- name: dismiss
delete from procrastinate_jobs where id = any(%(jobs)s::bigint[]) and status = 'failed' returning id

-- name: has_schema
select to_regclass('procrastinate_jobs') is not null

-- name: make_book
create table if not exists work_migration (name text primary key, applied_at timestamptz not null default now())

-- name: make_reasons
-- Why a job failed the last time; it goes with the job.
create table if not exists work_reason (
    job    bigint primary key references procrastinate_jobs on delete cascade,
    reason text not null,
    at     timestamptz not null default now()
)

-- name: applied
select name from work_migration

-- name: note
insert into work_migration (name) values (%(name)s) on conflict do nothing
