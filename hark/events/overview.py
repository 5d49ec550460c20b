"""How the house is doing: what arrives from whom, how much happened by day, and what somebody should look at."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from hark.store import Queries, Transaction

queries = Queries(__file__, "overview.sql")
COUNTED = 1_500_000  # events up to which a chart counts by the day they happened; beyond, by the day they arrived


class Arriving(Struct, frozen=True, kw_only=True):
    """A source and how much it sends; `lately` is of the last 24 hours."""

    id: str
    name: str
    plugin: str
    channel: str | None
    paused: bool
    accepted: int
    refused: int
    lately: int
    last_heard: datetime | None


class Trouble(Struct, frozen=True, kw_only=True):
    """Refused items that nobody has sent again yet."""

    source: str | None
    count: int
    last: datetime
    reason: str


class Parked(Struct, frozen=True, kw_only=True):
    """Events whose step failed and that wait to be tried again by hand."""

    count: int
    last: datetime | None
    error: str | None


def arriving(tx: Transaction, now: datetime) -> list[Arriving]:
    return [Arriving(**row) for row in tx.all(queries.arrivals_by_source, yesterday=now - timedelta(days=1))]


def troubles(tx: Transaction) -> list[Trouble]:
    return [Trouble(**row) for row in tx.all(queries.open_refusals)]


def parked(tx: Transaction) -> Parked:
    row: dict[str, Any] = tx.one(queries.parked) or {"count": 0, "last": None, "error": None}
    return Parked(**row)


def how_many(tx: Transaction) -> int:
    """Events, exactly up to two hundred thousand, then nearly."""
    return int(tx.value(queries.about_how_many) or 0)


def by_day(tx: Transaction, now: datetime, days: int) -> list[tuple[date, int]]:
    """Events of each of the last days, those without any included."""
    first = (now - timedelta(days=days - 1)).date()
    since = datetime.combine(first, datetime.min.time(), now.tzinfo)
    query = queries.happened_by_day if how_many(tx) <= COUNTED else queries.arrivals_by_day
    counts = {row["day"]: row["count"] for row in tx.all(query, since=since)}
    return [(first + timedelta(days=n), counts.get(first + timedelta(days=n), 0)) for n in range(days)]
