-- name: jobs_like
select id, task_name, args from procrastinate_jobs
 where exists (select from unnest(%(needles)s::text[]) n where strpos(args::text, n) > 0)

-- name: forget_jobs
delete from procrastinate_jobs where id = any(%(ids)s::bigint[]) and status <> 'doing'
