"""The log as people look at it: the newest events, with filters, and one event with all that belongs to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.store import Queries, Transaction

queries = Queries(__file__, "heard.sql")
LOOK_BACK = 200_000  # events that a filter looks through at most, so that a rare word does not read the whole log


class Heard(Struct, frozen=True, kw_only=True):
    """An event as the log keeps it."""

    id: UUID
    position: int
    type: str
    name: str
    at: datetime
    received_at: datetime
    source: str
    message_id: str
    identities: list[list[str]]
    traits: dict[str, Any]
    properties: dict[str, Any]
    context: dict[str, Any]
    channel: str
    historical: bool
    caused_by: UUID | None
    depth: int
    raw: int | None


class Whole(Struct, frozen=True, kw_only=True):
    """One event, whether its effects are there yet, what broke its plan, and why it was set aside where it was."""

    event: Heard
    processed: bool
    faults: list[list[str]]
    parked: str | None
    caused: list[UUID]


def newest(
    tx: Transaction,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
    source: str | None = None,
    name: str | None = None,
    identity: str | None = None,
) -> list[Heard]:
    """Newest first, between two positions. `identity` is a value that the sender wrote."""
    rows = tx.all(
        queries.newest,
        before=before or 2**62,
        after=after or 0,
        source=source,
        name=name,
        identity=identity,
        look_back=LOOK_BACK,
        limit=limit,
    )
    return [Heard(**row) for row in rows]


def one(tx: Transaction, id: UUID) -> Whole:
    row = tx.one(queries.one, id=id)
    if row is None:
        raise NotFound(f"there is no event {id}")
    more = {field: row.pop(field) for field in ("processed", "faults", "parked", "caused")}
    return Whole(event=Heard(**row), **more)


def last_position(tx: Transaction) -> int:
    position: int = tx.value(queries.last_position)
    return position


def names(tx: Transaction) -> list[str]:
    """Names of events that arrived, for filters."""
    return [row[0] for row in tx.tuples(queries.names)]
