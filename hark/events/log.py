"""The log as the path reads it: events in order, the cursor, what was set aside, and decisions that were made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from hark.errors import Retry
from hark.events.record import queries
from hark.model import Event, Identity
from hark.store import Transaction

# What a lost connection or a stopped server raises, as against an event that cannot be processed.
LOST = (psycopg.OperationalError, psycopg.InterfaceError)


def lock_cursor(
    tx: Transaction, name: str, *, wait_for_disk: bool = False
) -> tuple[int, tuple[int, int] | None] | None:
    """The cursor's position, held until the transaction ends, and the `replay_state`, asked once the cursor is held; None
    where another process holds it. Unless told so, the commit will not wait for the disk: what may be lost then is the
    cursor with all that it moved over, and the next turn does it again."""
    with tx.together():
        cursor = tx.ask(queries.lock_cursor, name=name, commit="on" if wait_for_disk else "off")
        replay = tx.ask(queries.replay_cursor)
        held, under_way = cursor(), replay()
    if not held:
        return None
    return held[0][0], under_way[0] if under_way else None


def hold_cursor(tx: Transaction, name: str, seconds: float) -> int:
    """The cursor's position, held: waits for a turn between two batches. Retry where none came in so many seconds."""
    tx.run(queries.be_patient, milliseconds=str(int(seconds * 1000)))
    try:
        position: int = tx.value(queries.hold_cursor, name=name)
    except psycopg.errors.LockNotAvailable:
        raise Retry("the path is busy and did not give way; try again in a minute", after=60) from None
    return position


def move_cursor(tx: Transaction, name: str, position: int) -> None:
    tx.run(queries.move_cursor, name=name, position=position)


def wait_for_cursor(tx: Transaction, name: str) -> int:
    """The cursor's position, as soon as whoever holds it lets go."""
    position: int = tx.value(queries.wait_for_cursor, name=name)
    return position


def replay_state(tx: Transaction) -> tuple[int, int] | None:
    """(position, until) of a replay that is not finished; None where there is none."""
    row = tx.one(queries.replay_cursor)
    return (row["position"], row["until"]) if row else None


def start_replay(tx: Transaction) -> int:
    until: int = tx.value(queries.start_replay)
    tx.notify("hark_event")
    return until


def end_replay(tx: Transaction) -> None:
    tx.run(queries.end_replay)


def processed(tx: Transaction) -> int:
    """Everything up to this position went down the path (but for what was set aside)."""
    return int(tx.value(queries.cursor_position, name="process") or 0)


def read_after(tx: Transaction, position: int, limit: int) -> list[Event]:
    return [_event(row) for row in tx.tuples(queries.events_after, position=position, limit=limit)]


def read_up_to(tx: Transaction, position: int, last: int, limit: int) -> list[Event]:
    return [_event(row) for row in tx.tuples(queries.events_up_to, position=position, last=last, limit=limit)]


def read_at(tx: Transaction, positions: Sequence[int]) -> list[Event]:
    return [_event(row) for row in tx.tuples(queries.events_at, positions=list(positions))]


def read_parked(tx: Transaction, positions: Sequence[int]) -> list[Event]:
    """Those of the events that are set aside: what has been processed must not count twice."""
    return [_event(row) for row in tx.tuples(queries.parked_events, positions=list(positions))]


def park(tx: Transaction, position: int, error: str) -> None:
    tx.run(queries.park, position=position, error=error.replace("\0", "\ufffd")[:4000])


def set_aside(tx: Transaction, first: int, last: int) -> set[int]:
    """Positions of this stretch whose events could not be processed yet."""
    return {position for (position,) in tx.tuples(queries.set_aside, first=first, last=last)}


class Parked(Struct, frozen=True, kw_only=True):
    """An event whose processing failed: set aside, with what the step said. `attempts` counts how often it failed."""

    position: int
    id: UUID
    name: str
    source: str
    at: datetime
    error: str
    attempts: int


def parked(tx: Transaction, limit: int = 200) -> list[Parked]:
    """The newest first."""
    return [msgspec.convert(row, Parked) for row in tx.all(queries.parked, limit=limit)]


def unpark(tx: Transaction, positions: Sequence[int]) -> None:
    if positions:
        tx.run(queries.unpark, positions=list(positions))


def lag(tx: Transaction) -> dict[str, Any]:
    """How far the path is behind: requests waiting to be loaded, events waiting to be processed (counted up to 100,000),
    and when the oldest of them arrived."""
    behind = tx.one(queries.lag) or {}
    oldest = behind.get("oldest")
    return {
        "requests": tx.value(queries.waiting_count),
        "events": behind.get("waiting", 0),
        "oldest": oldest.isoformat() if oldest else None,
    }


def _event(row: tuple[Any, ...]) -> Event:
    (
        number,
        kind,
        name,
        at,
        received_at,
        source,
        message_id,
        identities,
        traits,
        properties,
        context,
        channel,
        historical,
        caused_by,
        depth,
        position,
    ) = row
    return Event(
        id=number,
        type=kind,
        name=name,
        at=at,
        received_at=received_at,
        source=source,
        message_id=message_id,
        identities=tuple(Identity(kind, value) for kind, value in identities),
        traits=traits,
        properties=properties,
        context=context,
        channel=channel,
        historical=historical,
        caused_by=caused_by,
        depth=depth,
        position=position,
    )
