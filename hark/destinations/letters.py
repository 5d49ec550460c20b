"""Dead letters: events that a destination would not take. They wait for a person: send again, or discard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from hark.destinations.destination import queries
from hark.kit.ids import derived
from hark.model import Event
from hark.store import Transaction


class Letter(Struct, frozen=True, kw_only=True):
    """state: open, again (to be sent again), sent, discarded. The content is the event in the log."""

    id: UUID
    destination: UUID
    position: int
    event: UUID
    name: str
    reason: str
    attempts: int
    at: datetime
    state: str
    settled_at: datetime | None = None


def add(tx: Transaction, destination: UUID, event: Event, reason: str, now: datetime) -> None:
    """One letter for each event and destination: a second failure is counted on the first letter."""
    tx.run(
        queries.add_letter,
        id=derived(str(destination), str(event.id)),
        destination=destination,
        position=event.position,
        event=event.id,
        name=event.name,
        reason=reason[:1000],
        now=now,
    )


def waiting(tx: Transaction, destination: UUID | None = None, limit: int = 100) -> list[Letter]:
    """The newest first; those that are being sent again among them."""
    rows = tx.all(queries.letters, destination=destination, states=["open", "again"], limit=limit)
    return [Letter(**row) for row in rows]


def count(tx: Transaction) -> dict[UUID, int]:
    return {row["destination"]: row["letters"] for row in tx.all(queries.count_letters)}


def settle(tx: Transaction, ids: Sequence[UUID], state: Literal["again", "sent", "discarded"], now: datetime) -> int:
    """`again` has them sent once more; `discarded` lets them go. How many were waiting."""
    before = ["open"] if state == "again" else ["open", "again"]
    settled: list[dict[str, Any]] = tx.all(queries.settle_letters, ids=list(ids), state=state, before=before, now=now)
    if state == "again" and settled:
        tx.notify("hark_done")
    return len(settled)


def settle_all(tx: Transaction, destination: UUID, state: Literal["again", "discarded"], now: datetime) -> int:
    settled = tx.run(queries.settle_all_letters, destination=destination, state=state, now=now)
    if state == "again" and settled:
        tx.notify("hark_done")
    return settled


def forget(tx: Transaction, events: Sequence[UUID]) -> int:
    """Remove the letters of events that are erased."""
    return tx.run(queries.forget_events, events=list(events)) if events else 0
