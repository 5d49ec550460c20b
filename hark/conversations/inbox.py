"""The inbox of those who answer: looks that all of them have, what a saved one asks for, and counts that stop early."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from hark.conversations import reading
from hark.conversations.reading import Row
from hark.errors import NotFound
from hark.kit.clock import instant
from hark.store import Queries, Transaction

queries = Queries(__file__, "inbox.sql")
MOST = 1000  # what a count stops at
FIRST = UUID(int=0)
Order = Literal["newest", "waiting"]


class Filters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a list of conversations shows, and how a saved view is kept. `member` is an id, "me" or "nobody"; `waiting`: the
    person waits for an answer; `mentions`: notes that name me, whatever else is asked."""

    statuses: tuple[str, ...] = ("open", "waiting")
    member: str = ""
    team: str = ""
    channel: str = ""
    source: str = ""
    language: str = ""
    tag: str = ""
    priority: int | None = None
    waiting: bool = False
    mentions: bool = False
    order: Order = "newest"


# The looks that everybody has, in their order.
LOOKS: dict[str, Filters] = {
    "mine": Filters(member="me"),
    "unassigned": Filters(member="nobody"),
    "mentions": Filters(statuses=("open", "waiting", "snoozed", "closed"), mentions=True),
    "snoozed": Filters(statuses=("snoozed",)),
    "all": Filters(),
    "closed": Filters(statuses=("closed",)),
}


class Address(Struct, frozen=True, kw_only=True):
    """A way on which a person can be answered: the account, and their address there."""

    channel: str
    source: str
    kind: str
    value: str
    at: datetime


def look(
    tx: Transaction, filters: Filters, reader: UUID | None = None, limit: int = 50, before: str | None = None
) -> tuple[list[Row], str | None]:
    """`reader` is "me", to whom lines are unread. The second value goes on from the last line; None at the end."""
    tx.run(queries.plan_for_values)
    if filters.order == "waiting" and not filters.mentions:
        return _waiting(tx, filters, reader, limit, before)
    return _newest(tx, filters, reader, limit, before)


def count(tx: Transaction, filters: Filters, reader: UUID) -> int:
    """Up to MOST; of mentions, those that the reader has not seen."""
    if filters.mentions:
        return int(tx.value(queries.count_mentions, reader=reader, seen_by=reader_name(reader), most=MOST))
    return int(tx.value(queries.count_fitting, most=MOST, waiting=filters.waiting, **_values(filters, reader)))


def tags_in_use(tx: Transaction) -> list[str]:
    return list(tx.value(queries.tags_in_use) or [])


def addresses_of(tx: Transaction, person: UUID) -> list[Address]:
    """Where they wrote from, the last one first."""
    return [Address(**row) for row in tx.all(queries.addresses_of, person=person, limit=20)]


def reader_name(member: UUID) -> str:
    """How the one who reads is written down."""
    return f"member:{member}"


def _newest(
    tx: Transaction, filters: Filters, reader: UUID | None, limit: int, before: str | None
) -> tuple[list[Row], str | None]:
    """Those in which something was said last, first."""
    at, id = reading.row_place(before)
    asked = _values(filters, reader) | {"at": at, "id": id, "limit": limit + 1}
    if filters.mentions:
        rows = tx.all(queries.list_mentions, reader=reader, **asked)
    else:
        rows = tx.all(queries.list_conversations, seen_by=_seen_by(reader), waiting=filters.waiting, **asked)
    listed = [reading.read_row(row) for row in rows[:limit]]
    last = listed[-1].conversation if len(rows) > limit else None
    return listed, f"{last.last_at.isoformat()}~{last.id}" if last else None


def _waiting(
    tx: Transaction, filters: Filters, reader: UUID | None, limit: int, before: str | None
) -> tuple[list[Row], str | None]:
    at, id = _place(before)
    asked = _values(filters, reader) | {"seen_by": _seen_by(reader), "at": at, "id": id, "limit": limit + 1}
    rows = [reading.read_row(row) for row in tx.all(queries.list_waiting, **asked)]
    last = rows[limit - 1].conversation if len(rows) > limit else None
    following = f"{last.waiting_since.isoformat()}~{last.id}" if last and last.waiting_since else None
    return rows[:limit], following


def _seen_by(reader: UUID | None) -> str:
    return reader_name(reader) if reader else ""


def _member(filters: Filters, reader: UUID | None) -> UUID | None:
    if filters.member == "me":
        return reader
    return UUID(filters.member) if filters.member not in ("", "nobody") else None


def _values(filters: Filters, reader: UUID | None) -> dict[str, Any]:
    return {
        "statuses": list(filters.statuses),
        "member": _member(filters, reader),
        "unassigned": filters.member == "nobody",
        "team": filters.team or None,
        "channel": filters.channel or None,
        "source": filters.source or None,
        "language": filters.language or None,
        "tag": filters.tag or None,
        "priority": filters.priority,
    }


def _place(before: str | None) -> tuple[Any, UUID]:
    if not before:
        return "-infinity", FIRST
    moment, _, id = before.replace(" ", "+").partition("~")
    at = instant(moment)
    try:
        place = UUID(id)
    except ValueError:
        at = None
    if at is None:
        raise NotFound("there is no such page of conversations")
    return at, place
