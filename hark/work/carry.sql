-- name: jobs_like
select id, task_name, args from procrastinate_jobs
 where exists (select from unnest(%(needles)s::text[]) n where strpos(args::text, n) > 0)

-- name: forget_jobs
delete from procrastinate_jobs where id = any(%(ids)s::bigint[]) and status <> 'doing'

-- name: reasons_like
select job, reason from work_reason
 where exists (select from unnest(%(needles)s::text[]) n where strpos(reason, n) > 0)

-- name: forget_reasons
-- The job stays given up; what its error said of somebody goes.
delete from work_reason where job = any(%(jobs)s::bigint[])
