-- name: append
insert into decision (id, event, decider, action, parameters, person, findings, score, propensity, held_out, purpose,
                      decided_at, state, detail)
select id, event, decider, action, parameters, person,
       coalesce((select array_agg(f::uuid) from jsonb_array_elements_text(findings) f), '{}'),
       score, propensity, held_out, purpose, decided_at, state, detail
  from jsonb_to_recordset(%(rows)s::jsonb) as r(id uuid, event uuid, decider text, action text, parameters jsonb,
       person uuid, findings jsonb, score real, propensity real, held_out boolean, purpose text, decided_at timestamptz,
       state text, detail text)
on conflict (id) do nothing
returning id, state

-- name: take
select id, event, decider, action, parameters, person, findings, score, propensity, held_out, purpose, state
  from decision where id = %(id)s for update

-- name: stand
update decision set state = %(state)s, detail = %(detail)s where id = %(id)s

-- name: add_outcomes
with said as (
  select distinct on (decision) decision, kind, amount, currency, at, event
    from jsonb_to_recordset(%(rows)s::jsonb) as r(decision uuid, kind text, amount numeric, currency text,
         at timestamptz, event uuid)
   order by decision, at desc, event desc
)
update decision d
   set outcome = said.kind, outcome_amount = said.amount, outcome_currency = said.currency, outcome_at = said.at,
       outcome_event = said.event
  from said
 where d.id = said.decision
   and (d.outcome_at is null or (d.outcome_at, d.outcome_event) <= (said.at, said.event))
