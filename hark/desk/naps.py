"""Moments to which a conversation can be put to sleep, in the zone of whoever does it. Pure."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def _(text: str) -> str:
    """Marks a text for translation; the template translates it."""
    return text


MORNING, EVENING = time(9), time(18)
MONDAY = 0


def naps(now: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str, datetime]]:
    """(word, title, moment), the nearest first. Moments of the day are those of the wall clock, also over a change of it."""
    local = now.astimezone(zone)
    yield "hour", _("For an hour"), now + timedelta(hours=1)
    yield "later", _("For three hours"), now + timedelta(hours=3)
    if local.time() < time(16):
        yield "evening", _("This evening"), _on(local, 0, EVENING, zone)
    if (local.weekday() + 1) % 7 != MONDAY:
        yield "tomorrow", _("Tomorrow morning"), _on(local, 1, MORNING, zone)
    yield "week", _("Next week"), _on(local, (MONDAY - local.weekday()) % 7 or 7, MORNING, zone)


def read_local(text: str, zone: ZoneInfo) -> datetime | None:
    """What a field of date and time says, in the zone of who filled it in."""
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=zone)


def _on(local: datetime, days: int, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(local.date() + timedelta(days=days), clock, tzinfo=zone)
