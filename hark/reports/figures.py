"""The figures of a stretch of time, counted in a few sets. Times are seconds; a middle is a median, so that one forgotten
conversation does not stand for all."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from hark.store import Queries, Transaction

queries = Queries(__file__)
MOST_SPANS = 50_000  # conversations whose working time is measured one by one
BY = ("team", "channel", "language", "member")


class Asked(Struct, frozen=True, kw_only=True):
    """What a report is about. `zone` tells where a day begins and which hour it was."""

    since: datetime
    until: datetime
    zone: str = "UTC"
    team: str | None = None
    channel: str | None = None
    language: str | None = None
    member: UUID | None = None
    tag: str | None = None

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Totals(Struct, frozen=True, kw_only=True):
    opened: int
    closed: int
    backlog: int
    first_answer: float | None
    first_answer_slow: float | None  # nine of ten are faster
    resolution: float | None
    rated: int
    happy: int
    unanswered: int

    @property
    def csat(self) -> float | None:
        """The share of those who rated that gave four or five."""
        return self.happy / self.rated if self.rated else None


class Day(Struct, frozen=True, kw_only=True):
    day: date
    opened: int
    closed: int
    backlog: int


class Group(Struct, frozen=True, kw_only=True):
    name: str | None
    opened: int
    closed: int
    first_answer: float | None
    resolution: float | None
    rating: float | None
    rated: int
    happy: int


class Effort(Struct, frozen=True, kw_only=True):
    """What it cost the people, on average. `easy`: without a transfer, another channel or a return."""

    counted: int
    waited: float | None
    transfers: float | None
    channel_changes: float | None
    repeats: float | None
    messages: float | None
    easy: int


class Kept(Struct, frozen=True, kw_only=True):
    target: str
    kept: int
    broken: int


class Choices(Struct, frozen=True, kw_only=True):
    teams: list[str]
    channels: list[str]
    languages: list[str]


def totals(tx: Transaction, asked: Asked) -> Totals:
    row = tx.one(queries.totals, **asked.values())
    assert row is not None
    return Totals(**row)


def days(tx: Transaction, asked: Asked) -> list[Day]:
    """Every day of the stretch, also those on which nothing happened, with what was open at its end."""
    moved = {row["day"]: row for row in tx.all(queries.days, **asked.values())}
    backlog = int(tx.value(queries.backlog_before, **asked.values()))
    zone, found = ZoneInfo(asked.zone), []
    day, last = asked.since.astimezone(zone).date(), (asked.until - timedelta(seconds=1)).astimezone(zone).date()
    while day <= last:
        opened, closed = (moved[day]["opened"], moved[day]["closed"]) if day in moved else (0, 0)
        backlog += opened - closed
        found.append(Day(day=day, opened=opened, closed=closed, backlog=max(0, backlog)))
        day += timedelta(days=1)
    return found


def hours(tx: Transaction, asked: Asked) -> dict[tuple[int, int], int]:
    """How many were opened by (weekday 1 to 7, hour)."""
    return {(row["weekday"], row["hour"]): row["count"] for row in tx.all(queries.hours, **asked.values())}


def groups(tx: Transaction, asked: Asked, by: str) -> list[Group]:
    query = {
        "team": queries.by_team,
        "channel": queries.by_channel,
        "language": queries.by_language,
        "member": queries.by_member,
    }[by]
    return [Group(**row | {"rating": _float(row["rating"])}) for row in tx.all(query, **asked.values())]


def reasons(tx: Transaction, asked: Asked) -> list[tuple[str, int]]:
    return [(row["name"], row["count"]) for row in tx.all(queries.reasons, **asked.values())]


def ratings(tx: Transaction, asked: Asked) -> dict[int, int]:
    return {row["rating"]: row["count"] for row in tx.all(queries.ratings, **asked.values())}


def effort(tx: Transaction, asked: Asked) -> Effort:
    row = tx.one(queries.effort, **asked.values())
    assert row is not None
    return Effort(**row)


def promises(tx: Transaction, asked: Asked) -> list[Kept]:
    return [Kept(**row) for row in tx.all(queries.promises, **asked.values())]


def working_first_answer(tx: Transaction, asked: Asked, measure: Callable[[datetime, datetime], float]) -> float | None:
    """The middle of the first answers in working time; `measure` gives the working seconds between two moments."""
    rows = tx.packed(queries.answer_spans, most=MOST_SPANS, **asked.values())
    spans = sorted(measure(opened, answered) for opened, answered in rows)
    return spans[len(spans) // 2] if spans else None


def choices(tx: Transaction, asked: Asked) -> Choices:
    row = tx.one(queries.choices, since=asked.since, until=asked.until)
    assert row is not None
    return Choices(**{name: sorted(values) for name, values in row.items()})


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def members(tx: Transaction) -> list[dict[str, Any]]:
    return tx.all(queries.members)


def names_of(tx: Transaction, anchors: Iterable[UUID | None]) -> dict[UUID, str]:
    """What the people behind these anchors are called, where that is known."""
    wanted = list({anchor for anchor in anchors if anchor})
    return {row["anchor"]: row["name"] for row in tx.all(queries.names_of, anchors=wanted) if row["name"]}
