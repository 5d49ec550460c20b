"""A dry run: what an automation would have done because of events of the past. Nothing is recorded and nothing is sent.

What the event itself says is exactly what it said. The person, the conversation and the case are asked as they are now,
because no room keeps how everything stood at every moment: `as_of` says so with each result.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from hark.cases import rules, steps
from hark.cases.automation import Facts, facts_of
from hark.cases.declared import Automation, read
from hark.cases.reading import queries
from hark.model import Context, Event, Message, Profile
from hark.store import Transaction

MOST = 20_000  # events that one dry run looks at, the newest first


class Would(Struct, frozen=True, kw_only=True):
    """One event because of which it would have acted, and what it would have recorded."""

    event: UUID
    name: str
    at: datetime
    person: UUID | None
    subject: UUID | None
    effects: list[dict[str, Any]]


class Trial(Struct, frozen=True, kw_only=True):
    """`looked`: events of these names; `held`: those for which the condition held; `kept_back`: held, and not done because
    it had acted so often already. `whole` is False where there were more events than are looked at."""

    looked: int
    held: int
    kept_back: int
    whole: bool
    would: list[Would]
    as_of: Literal["now"] = "now"


def try_out(tx: Transaction, body: dict[str, Any], since: datetime, until: datetime, *, most: int = 100) -> Trial:
    """Rejected where it is no automation. `most`: results that are given back; all are counted."""
    automation: Automation = read("automation", body)
    rows = tx.all(queries.events_named, names=list(automation.on), since=since, until=until, limit=MOST + 1)
    contexts = [_context(row) for row in reversed(rows[:MOST])]
    facts = facts_of(contexts, tx)
    would: list[Would] = []
    held = kept_back = 0
    done: dict[tuple[UUID, Any], int] = {}
    for context in contexts:
        if not rules.holds(automation.condition, facts.known(context), context):
            continue
        held += 1
        subject = facts.subject(context)
        day = (subject.id if subject else context.event.id, context.event.received_at.date())
        done[day] = done.get(day, 0) + 1
        if done[day] > automation.most:
            kept_back += 1
        else:
            would.append(_would(automation, context, facts))
    return Trial(
        looked=len(contexts), held=held, kept_back=kept_back, whole=len(rows) <= MOST, would=would[-most:][::-1]
    )


def _would(automation: Automation, context: Context, facts: Facts) -> Would:
    subject = facts.subject(context)
    made = (steps.effect(step, subject, context.event.received_at, by="trial") for step in automation.steps)
    effects = [{"name": name, "properties": said} for name, said in (one for one in made if one is not None)]
    event = context.event
    person = context.profile.person if context.profile else None
    return Would(
        event=event.id,
        name=event.name,
        at=event.at,
        person=person,
        subject=subject.id if subject else None,
        effects=effects,
    )


def _context(row: dict[str, Any]) -> Context:
    properties = dict(row["properties"])
    if row["conversation"] is not None:
        properties.setdefault("conversation", str(row["conversation"]))
    event = Event(
        id=row["id"],
        type=row["type"],
        name=row["name"],
        at=row["at"],
        received_at=row["received_at"],
        source=row["source"],
        message_id=row["message_id"],
        properties=properties,
        context=row["context"],
        channel=row["channel"],
        position=row["position"],
    )
    return Context(event=event, anchor=row["anchor"], profile=_profile(row), message=_message(row, properties))


def _profile(row: dict[str, Any]) -> Profile | None:
    if row["person"] is None:
        return None
    consents = {purpose: bool(said["granted"]) for purpose, said in row["consents"].items()}
    return Profile(
        person=row["person"],
        traits=row["traits"],
        computed=row["computed"],
        consents=consents,
        segments=frozenset(row["segments"]),
        phase=row["phase"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )


def _message(row: dict[str, Any], said: dict[str, Any]) -> Message | None:
    if row["direction"] is None:
        return None
    return Message(
        id=row["id"],
        conversation=row["conversation"],
        position=row["position"],
        at=row["at"],
        channel=row["message_channel"],
        direction=row["direction"],
        author=row["author"],
        text=str(said.get("text") or ""),
        subject=said.get("subject") if isinstance(said.get("subject"), str) else None,
        language=row["message_language"],
    )
