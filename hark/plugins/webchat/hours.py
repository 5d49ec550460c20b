"""Opening hours as people write them: "Mon-Fri 9:00-17:00", a line for each stretch; nights may pass midnight. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*[-\u2013]\s*(?P<last>[a-z]{3}))?\s+"
    r"(?P<begin>\d{1,2}(?::\d{2})?)\s*[-\u2013]\s*(?P<end>\d{1,2}(?::\d{2})?)"
)
AHEAD = 14  # days to look for the next opening

Stretch = tuple[
    frozenset[int], int, int
]  # days of the week, begin and end in minutes; an end before its begin is tomorrow's


def parse(text: str) -> list[Stretch]:
    """ValueError says which line cannot be read. No line: always open."""
    return [_line(line.strip()) for line in re.split(r"[\n;,]", text) if line.strip()]


def _line(line: str) -> Stretch:
    match = _LINE.fullmatch(line.lower())
    if match is None or match["first"] not in DAYS or (match["last"] or "mon") not in DAYS:
        raise ValueError(f'"{line}" is not like "Mon-Fri 9:00-17:00"')
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"]) if match["last"] else first
    begin, end = _minutes(match["begin"], line), _minutes(match["end"], line)
    if begin == end:
        raise ValueError(f'"{line}" has no time in it')
    days = frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))
    return days, begin, end


def _minutes(text: str, line: str) -> int:
    hour, _, minute = text.partition(":")
    minutes = int(hour) * 60 + int(minute or 0)
    if minutes > 24 * 60 or int(minute or 0) > 59:
        raise ValueError(f'"{line}" has no such time')
    return minutes


def opens(stretches: list[Stretch], zone: ZoneInfo, now: datetime) -> datetime | None:
    """`now` itself while open, else the moment at which it opens next; None where it never does."""
    if not stretches:
        return now
    begins = []
    today = now.astimezone(zone).date()
    for offset in range(-1, AHEAD):
        day = today + timedelta(days=offset)
        for days, begin, end in stretches:
            if day.weekday() not in days:
                continue
            starts, ends = _at(day, begin, zone), _at(day if end > begin else day + timedelta(days=1), end, zone)
            if starts <= now < ends:
                return now
            if starts > now:
                begins.append(starts)
    return min(begins, default=None)


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == 24 * 60:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(ZoneInfo("UTC"))
