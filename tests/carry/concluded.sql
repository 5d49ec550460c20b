-- What later steps leave behind of a person: in every table that can hold their values.

-- name: finding
insert into finding (id, event, kind, value, certainty, detector, version)
values (gen_random_uuid(), %(event)s, 'name', '"Natalïe"', 1, 'names', '1');

-- name: decision
insert into decision (id, event, decider, action, parameters, person, decided_at)
values (gen_random_uuid(), %(event)s, 'd', 'write', '{"to": "natalie@moreau.example"}', %(person)s, now());

-- name: parked
insert into parked (position, error, at) values (%(position)s, 'nat-4711 failed', now());

-- name: timer
insert into timer (id, due_at, name, identity_kind, identity_value)
values (gen_random_uuid(), now() + interval '1 year', 'birthday', 'user_id', 'nat-4711');

-- name: job
insert into procrastinate_jobs (task_name, queue_name, args)
values ('write', 'default', '{"to": "natalie@moreau.example"}');

-- name: work_reason
-- Its job names nobody; what it said last does.
with given_up as (insert into procrastinate_jobs (task_name, queue_name, args, status)
                  values ('write', 'default', '{}', 'failed') returning id)
insert into work_reason (job, reason) select id, 'Rejected: nobody reads natalie@moreau.example' from given_up;

-- name: session
insert into session (id, identity_kind, identity_value, created_at, seen_at, expires_at)
values ('s', 'email', 'natalie@moreau.example', now(), now(), now());

-- name: magic_link
insert into magic_link (id, identity_kind, identity_value, created_at, expires_at)
values ('l', 'email', 'natalie@moreau.example', now(), now());

-- name: letter
insert into letter (id, recipient, subject, body, created_at)
values (gen_random_uuid(), 'natalie@moreau.example', 'Sign in', 'Hello Natalïe', now());

-- name: data_request
insert into data_request (id, kind, identity_kind, identity_value, state, asked_by, asked_at)
values (gen_random_uuid(), 'export', 'email', 'natalie@moreau.example', 'done', 'customer', now());

-- name: match
insert into match (a, b, probability, evidence, found_at)
values (%(person)s, gen_random_uuid(), 0.9, '[{"name": "Natalïe"}]', now());

-- name: match_key
insert into match_key (person, key) values (%(person)s, 1);

-- name: conversation
insert into conversation (id, anchor, status, channel, to_kind, to_value, opened_at, last_at, preview, position)
values (%(person)s, %(person)s, 'open', 'email', 'email', 'natalie@moreau.example', now(), now(), 'Natalïe here', %(position)s);

-- name: conversation_message
insert into conversation_message (id, conversation, origin, anchor, position, changed, at, channel, direction, author, name,
                                  address_kind, address_value, text, state)
values (%(event)s, %(person)s, %(person)s, %(person)s, %(position)s, %(position)s, now(), 'email', 'in', 'person', 'Natalïe',
        'email', 'natalie@moreau.example', 'I live at 7 quai Zola', 'received');

-- name: conversation_sending
insert into conversation_sending (key, message, detail, at)
values (gen_random_uuid(), %(event)s, 'natalie@moreau.example is full', now());

-- name: conversation_returned
insert into conversation_returned (event, address_kind, address_value, message, reason, at, position, blocks)
select gen_random_uuid(), 'email', 'natalie@moreau.example', gen_random_uuid(), 'no such mailbox', now(), 1, true;

-- name: conversation_receipt
insert into conversation_receipt (source, external_id, state, detail, position)
values ('mail', 'x', 'failed', 'natalie@moreau.example is full', 1);

-- name: draft
insert into draft (member, conversation, note, text, changed_at)
values (gen_random_uuid(), %(person)s, false, 'Dear Natalïe', now());

-- name: an_event
select id, position from event where message_id = 'm2'

-- name: work_case
with her as (select id from identity where value = 'nat-4711' limit 1),
     opened as (insert into work_case (id, number, anchor, subject, status, opened_at, opened_by, changed_at, position)
                select gen_random_uuid(), 1, id, 'Natalïe cannot wash', 'open', now(), 'test', now(), 1 from her
                returning id),
     noted as (insert into case_note (id, work_case, at, author, text, position)
               select gen_random_uuid(), id, now(), 'bo', 'called +33612345678', 1 from opened)
insert into case_task (id, work_case, text, position) select gen_random_uuid(), id, 'send parts to 7 quai Zola', 1 from opened;

-- name: ticket
with her as (select id from identity where value = 'nat-4711' limit 1)
insert into ticket (id, kind, state, anchor, channel, waiting_since, queued_at, phone, position)
select gen_random_uuid(), 'callback', 'left', id, 'phone', now(), now(), '+33612345678', 1 from her;

-- name: wait_told
with her as (select id from identity where value = 'nat-4711' limit 1)
insert into wait_told (ticket, at, anchor, place) select gen_random_uuid(), now(), id, 1 from her;

-- name: promise_clock
with her as (select id from identity where value = 'nat-4711' limit 1)
insert into promise_clock (id, subject_kind, subject, anchor, promise, target, seconds, state, started_at, position)
select gen_random_uuid(), 'case', gen_random_uuid(), id, 'usual', 'resolution', 60, 'met', now(), 1 from her;

-- name: effort
with her as (select id from identity where value = 'nat-4711' limit 1)
insert into effort (conversation, anchor, status, opened_at, position)
select gen_random_uuid(), id, 'closed', now(), 1 from her;

-- name: automation_run
with her as (select id from identity where value = 'nat-4711' limit 1)
insert into automation_run (automation, event, subject, anchor, at, actions)
select 'ask', gen_random_uuid(), gen_random_uuid(), id, now(), '[]' from her;
