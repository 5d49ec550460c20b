"""Decisions: which of those proposed are carried out, how they stand, and what came of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.events.record import Own
from hark.kit.ids import derived
from hark.model import Action, Context, Decision, Declared, Identity, Outcome, Purpose, agrees
from hark.store import Queries, Transaction
from hark.work import put

queries = Queries(__file__, "decisions.sql")

DEEPEST = 8  # how long a chain of effects that cause effects may get
OUTCOME = "decision.outcome"
ACT = "hark.act.act"  # the job that carries a decision out
State = Literal["queued", "held_out", "sending", "done", "failed", "unknown", "dropped"]


class Judged(Struct, frozen=True, kw_only=True):
    """A decision and how it stands; detail says why it was dropped."""

    decision: Decision
    at: datetime
    state: State
    detail: str | None = None


def proposed(context: Context, decider: str, action: Action, n: int = 0, **fields: Any) -> Decision:
    """A decision on this event, with the id that it always has: it is also the job's and the provider's key."""
    number = derived(str(context.event.id), decider, action.name, str(n))
    person = context.person.id if context.person else None
    return Decision(id=number, event=context.event.id, decider=decider, action=action, person=person, **fields)


def held_out(person: UUID, decider: str, share: float, salt: bytes) -> bool:
    """Whether this person belongs to the share that a decider leaves alone, so that its effect can be measured. Always
    the same for the same person and decider."""
    drawn = int.from_bytes(blake2b(f"{decider}\0{person}".encode(), digest_size=8, key=salt[:64]).digest(), "big")
    return drawn < share * 2**64


def arbitrate(contexts: Iterable[Context], purposes: Mapping[str, Purpose]) -> list[Judged]:
    """Of each event's decisions, those to carry out: consent, no loops, and for each person and kind of action the best one
    alone. Pure. A held-out decision that wins keeps the others back too: nothing is the thing to compare with."""
    judged: list[Judged] = []
    for context in contexts:
        at, open_ones = context.event.received_at, []
        for decision in context.decisions:
            why = _why_not(context, decision, purposes)
            if why:
                judged.append(Judged(decision=decision, at=at, state="dropped", detail=why))
            else:
                open_ones.append(decision)
        judged += _best_of_each_kind(open_ones, at)
    return judged


def _why_not(context: Context, decision: Decision, purposes: Mapping[str, Purpose]) -> str | None:
    if context.event.historical:
        return "history is known, never decided upon"
    if context.event.depth >= DEEPEST:
        return f"the chain of effects is {context.event.depth} deep"
    if context.event.context.get("decider") == decision.decider:
        return "a decider does not act on its own effect"
    if not agrees(context.profile, purposes.get(decision.purpose)):
        return f"the person does not agree to {decision.purpose}"
    return None


def _best_of_each_kind(decisions: Sequence[Decision], at: datetime) -> list[Judged]:
    judged = []
    best: dict[tuple[UUID | None, str], Decision] = {}
    for decision in sorted(decisions, key=lambda one: (-one.score, one.decider, one.id)):
        kind = (decision.person, decision.action.name)
        if winner := best.get(kind):
            why = f"{winner.decider} had the better one"
            judged.append(Judged(decision=decision, at=at, state="dropped", detail=why))
        else:
            best[kind] = decision
            judged.append(Judged(decision=decision, at=at, state="held_out" if decision.held_out else "queued"))
    return judged


def append(tx: Transaction, judged: Sequence[Judged]) -> list[UUID]:
    """Record decisions; the ids of those that are new and to be carried out. One that is there already stays as it is."""
    if not judged:
        return []
    rows = [
        {
            **msgspec.to_builtins(one.decision),
            "action": one.decision.action.name,
            "parameters": one.decision.action.parameters,
            "decided_at": one.at,
            "state": one.state,
            "detail": one.detail,
        }
        for one in judged
    ]
    added = tx.tuples(queries.append, rows=msgspec.json.encode(rows).decode())
    return [number for number, state in added if state == "queued"]


def carry_out(tx: Transaction, decision: Decision, at: datetime, due: datetime | None = None) -> bool:
    """Record what somebody decided by hand and queue it, not before `due`; False where it is there already."""
    numbers = append(tx, [Judged(decision=decision, at=at, state="queued")])
    for number in numbers:
        put(ACT, number, tx, at=due)
    return bool(numbers)


def take(tx: Transaction, number: UUID) -> tuple[Decision, State] | None:
    """A decision and how it stands, held until the transaction ends; None where it was erased."""
    row = tx.one(queries.take, id=number)
    if row is None:
        return None
    action = Action(name=row["action"], parameters=row["parameters"])
    decision = Decision(
        id=row["id"],
        event=row["event"],
        decider=row["decider"],
        action=action,
        person=row["person"],
        findings=tuple(row["findings"]),
        score=row["score"],
        propensity=row["propensity"],
        held_out=row["held_out"],
        purpose=row["purpose"],
    )
    return decision, row["state"]


def stand(tx: Transaction, number: UUID, state: State, detail: str | None = None) -> None:
    tx.run(queries.stand, id=number, state=state, detail=detail and detail[:2000])


def outcome(what: Outcome, identities: Sequence[Identity] = ()) -> Own:
    """The event that says what came of a decision; recorded like any other, it links back by the decision's id."""
    return Own(
        name=OUTCOME,
        at=what.at,
        message_id=f"outcome-{what.decision}-{what.kind}",
        identities=tuple(identities),
        properties={
            "decision": str(what.decision),
            "kind": what.kind,
            "amount": str(what.amount) if what.amount is not None else None,
            "currency": what.currency,
        },
    )


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    """Outcomes find their decisions: the newest one of each stays, whatever the order in which they arrive."""
    rows = [row for context in contexts if context.event.name == OUTCOME and (row := _outcome(context))]
    if rows:
        tx.run(queries.add_outcomes, rows=msgspec.json.encode(rows).decode())
    return contexts


def _outcome(context: Context) -> dict[str, Any] | None:
    said = context.event.properties
    try:
        decision = UUID(str(said.get("decision")))
    except ValueError:
        return None  # somebody else's event of that name
    return {
        "decision": decision,
        "kind": str(said.get("kind") or "")[:100],
        "amount": _amount(said.get("amount")),
        "currency": str(said["currency"])[:10] if said.get("currency") else None,
        "at": context.event.at,
        "event": context.event.id,
    }


def _amount(value: Any) -> Decimal | None:
    try:
        amount = Decimal(str(value))
    except ArithmeticError:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**15 else None
