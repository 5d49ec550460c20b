"""Measures: what a condition needs to have been counted of an event or one of its properties, by day and over all time."""

from hashlib import blake2b
from typing import Any

from msgspec import Struct

from hark.kit.money import micros

DAY = 86_400_000
EVER = "-1"  # the bucket of all time; the others are days since 1970 in UTC, as text because they are stored as JSON
VALUES = 100  # most different values that one bucket keeps
_SEPARATOR = "\x1f"


class Measure(Struct, frozen=True, order=True):
    """`days` is the longest window that anything declared asks for; 0 where only all time is asked for."""

    event: str
    of: str = ""
    days: int = 0

    @property
    def key(self) -> str:
        """What its buckets are kept under."""
        return f"{self.event}{_SEPARATOR}{self.of}"


class Tally(Struct, array_like=True):
    """What was seen in one bucket. Numbers are in millionths; first and last are [ms since 1970, tie-breaker, value].

    n counts all, numbers those whose value was a number."""

    n: int = 0
    numbers: int = 0
    total: int = 0
    least: int | None = None
    most: int | None = None
    first: tuple[int, str, Any] | None = None
    last: tuple[int, str, Any] | None = None
    values: dict[str, int] = {}


Buckets = dict[str, Tally]


def add(buckets: Buckets, measure: Measure, properties: dict[str, Any], at: int, tie: str, today: int) -> None:
    """Count one event in; `today` is the day of its arrival: what no window can reach any more is let go."""
    value = properties.get(measure.of) if measure.of else None
    if measure.of and (value is None or isinstance(value, dict | list)):
        return
    _count(buckets.setdefault(EVER, Tally()), value, at, tie)
    day = at // DAY
    if not measure.days or day <= today - measure.days:
        return
    _count(buckets.setdefault(str(day), Tally()), value, at, tie)
    if len(buckets) > measure.days + 2:
        for old in [d for d in buckets if d != EVER and int(d) <= today - measure.days]:
            del buckets[old]


def window(buckets: Buckets, days: int, today: int) -> Tally:
    """Everything of the last `days` days, today included; 0 is all time."""
    if not days:
        return buckets.get(EVER) or Tally()
    total = Tally()
    for day, tally in buckets.items():
        if int(day) > today - days:
            merge(total, tally, bounded=False)
    return total


def merge(into: Tally, other: Tally, *, bounded: bool = True) -> None:
    into.n += other.n
    into.numbers += other.numbers
    into.total += other.total
    if other.least is not None and (into.least is None or other.least < into.least):
        into.least = other.least
    if other.most is not None and (into.most is None or other.most > into.most):
        into.most = other.most
    if other.first is not None and (into.first is None or other.first[:2] < into.first[:2]):
        into.first = other.first
    if other.last is not None and (into.last is None or other.last[:2] > into.last[:2]):
        into.last = other.last
    if other.values:
        into.values = dict(into.values)
        for value, n in other.values.items():
            into.values[value] = into.values.get(value, 0) + n
        if bounded:
            _bound(into.values)


def text_of(value: Any) -> str:
    """A value as one text, so that JSON in the database and Python agree on what is the same."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _count(tally: Tally, value: Any, at: int, tie: str) -> None:
    tally.n += 1
    if value is None:
        return
    amount = micros(value)
    if amount is not None:
        tally.numbers += 1
        tally.total += amount
        tally.least = amount if tally.least is None else min(tally.least, amount)
        tally.most = amount if tally.most is None else max(tally.most, amount)
    seen = (at, tie, value)
    if tally.first is None or seen[:2] < tally.first[:2]:
        tally.first = seen
    if tally.last is None or seen[:2] > tally.last[:2]:
        tally.last = seen
    text = text_of(value)[:200]
    if not tally.values:
        tally.values = {}
    tally.values[text] = tally.values.get(text, 0) + 1
    _bound(tally.values)


def _bound(values: dict[str, int]) -> None:
    # By a fixed order of the values themselves: so what is kept does not depend on what came first.
    while len(values) > VALUES:
        del values[max(values, key=rank)]


def rank(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
