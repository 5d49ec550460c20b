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

-- name: failed
select j.id, j.task_name as job, j.attempts, max(e.at) as at
  from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id
 where j.status = 'failed' group by j.id order by j.id desc limit %(limit)s

-- name: try_again
select procrastinate_retry_job_v2(id, now(), null, null, null) from procrastinate_jobs
 where id = %(job)s and status = 'failed'

-- name: has_schema
select to_regclass('procrastinate_jobs') is not null

-- name: make_book
create table if not exists work_migration (name text primary key, applied_at timestamptz not null default now())

-- name: applied
select name from work_migration

-- name: note
insert into work_migration (name) values (%(name)s) on conflict do nothing
