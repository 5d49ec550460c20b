"""Working time: weekly hours in a time zone, with split and overnight shifts, holidays and daylight saving. Pure.

A shift is open from the first moment at which the clock on the wall shows its start to the last at which it shows its end,
so that on the night when an hour comes twice nobody who looks at the clock finds it shut. A holiday shuts its whole day at
that place, also the end of the night before; it may have hours of its own.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from hark.errors import Rejected

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FARTHEST = 3660  # days that are searched for working time
MOST_SHIFTS = 12
Shift = tuple[str, str]  # "09:00", "17:30"; an end that is not after its start is on the next day; "24:00" is midnight
Span = tuple[datetime, datetime]


class Holiday(Struct, frozen=True, kw_only=True):
    """`day` is 2026-12-25, or 12-25 for every year; `hours` where it is only a short day."""

    day: str
    name: str = ""
    hours: tuple[Shift, ...] = ()


class Calendar(Struct, frozen=True, kw_only=True):
    zone: str = "UTC"
    hours: dict[str, tuple[Shift, ...]] = {}
    holidays: tuple[Holiday, ...] = ()


ALWAYS = Calendar(hours=dict.fromkeys(DAYS, (("00:00", "24:00"),)))


def check(calendar: Calendar) -> None:
    """Rejected where it cannot be a calendar, or is never open."""
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Rejected(f"{calendar.zone[:100]!r} is no time zone; write it as Europe/Berlin") from None
    if strange := set(calendar.hours) - set(DAYS):
        raise Rejected(f"{sorted(strange)[0][:20]!r} is no day; write {', '.join(DAYS)}")
    if not any(calendar.hours.values()):
        raise Rejected("a calendar needs a day on which it is open")
    for shifts in (*calendar.hours.values(), *(holiday.hours for holiday in calendar.holidays)):
        if len(shifts) > MOST_SHIFTS:
            raise Rejected(f"a day may have {MOST_SHIFTS} shifts")
        for start, end in shifts:
            _minutes(start)
            _minutes(end)
    for holiday in calendar.holidays:
        _month_and_day(holiday.day)


def is_open(calendar: Calendar, at: datetime) -> bool:
    span = next(spans(calendar, at), None)
    return span is not None and span[0] <= at < span[1]


def next_open(calendar: Calendar, at: datetime) -> datetime | None:
    """`at` itself while it is open, else the next opening; None where there is none within ten years."""
    span = next(spans(calendar, at), None)
    return None if span is None else max(span[0], at)


def add_working(calendar: Calendar, start: datetime, seconds: float) -> datetime | None:
    """The moment at which so many working seconds have passed since `start`; None where that is over ten years away."""
    left = timedelta(seconds=seconds)
    for opens, closes in spans(calendar, start):
        length = closes - max(opens, start)
        if length >= left:
            return max(opens, start) + left
        left -= length
    return None


def working_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working seconds from `start` to `end`; 0 where the end is not after the start."""
    total = timedelta(0)
    for opens, closes in spans(calendar, start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total.total_seconds()


def spans(calendar: Calendar, since: datetime) -> Iterator[Span]:
    """Open spans in UTC that end after `since`, in order; those that touch are one."""
    first = since.astimezone(ZoneInfo(calendar.zone)).date() - timedelta(days=1)
    waiting: Span | None = None
    for number in range(FARTHEST):
        try:
            day = first + timedelta(days=number)
            found = _spans_of(_key(calendar), day)
        except OverflowError:
            break
        for span in found:
            if waiting is None:
                waiting = span
            elif span[0] <= waiting[1]:
                waiting = (waiting[0], max(waiting[1], span[1]))
            else:
                if waiting[1] > since:
                    yield waiting
                waiting = span
        # What is open through whole days is handed out at midnight: a calendar that never shuts has no end to wait for.
        if waiting is not None and number >= 1 and not (number % 7):
            if waiting[1] > since:
                yield waiting
            since, waiting = max(since, waiting[1]), (waiting[1], waiting[1])
    if waiting is not None and waiting[1] > since:
        yield waiting


class _Key(Struct, frozen=True, eq=True):
    """A calendar that can be remembered."""

    zone: str
    hours: tuple[tuple[Shift, ...], ...]
    holidays: tuple[tuple[str, tuple[Shift, ...]], ...]


def _key(calendar: Calendar) -> _Key:
    hours = tuple(tuple((a, b) for a, b in calendar.hours.get(day, ())) for day in DAYS)
    holidays = tuple((one.day, tuple((a, b) for a, b in one.hours)) for one in calendar.holidays)
    return _Key(calendar.zone, hours, holidays)


@lru_cache(maxsize=8192)
def _spans_of(calendar: _Key, day: date) -> tuple[Span, ...]:
    """Open spans of the shifts that start on this day."""
    zone = ZoneInfo(calendar.zone)
    tomorrow = day + timedelta(days=1)
    shut = _instant(zone, tomorrow, 0, first=True) if _holiday(calendar, tomorrow) is not None else None
    special = _holiday(calendar, day)
    found = []
    for start, end in calendar.hours[day.weekday()] if special is None else special:
        begins, ends = _minutes(start), _minutes(end)
        closing = (day, ends) if ends > begins else (tomorrow, ends)
        span = (_instant(zone, day, begins, first=True), _instant(zone, *closing, first=False))
        if shut is not None:
            span = (span[0], min(span[1], shut))
        if span[0] < span[1]:
            found.append(span)
    return tuple(sorted(found))


def _holiday(calendar: _Key, day: date) -> tuple[Shift, ...] | None:
    """The hours of a holiday; None on any other day."""
    names = (day.isoformat(), day.isoformat()[5:])
    for named, hours in calendar.holidays:
        if named in names:
            return hours
    return None


def _instant(zone: ZoneInfo, day: date, minutes: int, *, first: bool) -> datetime:
    """When the clock on the wall shows this; a time that is skipped is the moment of the skip."""
    local = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    local = local.replace(tzinfo=zone, fold=0)
    early, late = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if early == late:
        return early
    if late > early:  # it comes twice
        return early if first else late
    return _skip(zone, late, early)


def _skip(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first moment of the new offset, between two moments around a skip, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        middle = middle.replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _minutes(text: str) -> int:
    hours, colon, minutes = text.partition(":")
    if colon and hours.isdigit() and minutes.isdigit() and len(text) == 5:
        found = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and found <= 1440:
            return found
    raise Rejected(f"{text[:20]!r} is no time of day; write it as 09:30")


def _month_and_day(text: str) -> None:
    try:
        date.fromisoformat(text if len(text) == 10 else f"2024-{text}")
    except ValueError:
        raise Rejected(f"{text[:20]!r} is no day; write 2026-12-25, or 12-25 for every year") from None
