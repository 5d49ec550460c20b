"""Values as a visitor reads them: numbers, money, instants and names in their language and time zone.

Each filter gets the value, how the page is read, and what the template adds: `{{ moment|when }}`, `{{ 12.5|money("EUR") }}`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from babel.units import format_unit
from markupsafe import Markup

from hark.web.locale import known

if TYPE_CHECKING:
    from hark.web.pages import Reading

HUES = 8  # tints for initials and chart series: --hue-1 … --hue-8 in tokens.css


def number(value: float | Decimal | None, reading: "Reading") -> str:
    return "–" if value is None else format_decimal(value, locale=known(reading.language))


def compact(value: float | None, reading: "Reading") -> str:
    """12,345 as 12.3K: for tiles and axes."""
    if value is None:
        return "–"
    if abs(value) < 10_000:
        return number(value, reading)
    text = format_compact_decimal(value, locale=known(reading.language), fraction_digits=1)
    # Some languages have no short form of thousands.
    return number(round(value), reading) if text.isdigit() else text


def percent(value: float | None, reading: "Reading") -> str:
    return "–" if value is None else format_percent(value, locale=known(reading.language), format="#,##0.#%")


def money(value: float | Decimal | None, reading: "Reading", currency: str | None = None) -> str:
    if value is None:
        return "–"
    if not currency or len(currency) != 3:
        return number(round(Decimal(str(value)), 2), reading)
    return format_currency(value, currency.upper(), locale=known(reading.language))


def size(value: int | None, reading: "Reading") -> str:
    """Bytes as people say them."""
    if value is None:
        return "–"
    amount, unit = float(value), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            break
        amount /= 1000
    return f"{number(round(amount, 1) if unit != 'B' else int(amount), reading)} {unit}"


def when(value: datetime | None, reading: "Reading") -> Markup:
    """An instant as "3 hours ago" with the exact time at hand; the browser keeps it true while the page is open."""
    if value is None:
        return Markup("–")
    return Markup('<hark-time><time datetime="{}" title="{}">{}</time></hark-time>').format(
        value.astimezone(UTC).isoformat(), moment(value, reading), ago(value, reading)
    )


def ago(value: datetime | None, reading: "Reading") -> str:
    if value is None:
        return "–"
    distance = value - reading.now
    if abs(distance) < timedelta(seconds=45):
        return format_timedelta(timedelta(seconds=0), add_direction=True, locale=known(reading.language))
    return format_timedelta(distance, add_direction=True, threshold=0.9, locale=known(reading.language))


def moment(value: datetime | None, reading: "Reading", zone: str | None = None) -> str:
    if value is None:
        return "–"
    local = value.astimezone(time_zone(zone or reading.time_zone))
    # Without its zone: the same instant in two zones is equal, and would be one entry.
    return _moment(local.replace(tzinfo=None, microsecond=0), reading.language)


def clock(value: datetime | None, reading: "Reading", zone: str | None = None) -> str:
    """The time of day, to the minute."""
    if value is None:
        return "–"
    return format_time(value, "short", tzinfo=time_zone(zone or reading.time_zone), locale=known(reading.language))


def brief(value: datetime | None, reading: "Reading") -> str:
    """When, in as few letters as a list has room for: the time of today, the day of this week, else the date."""
    if value is None:
        return "–"
    zone, language = time_zone(reading.time_zone), known(reading.language)
    local, now = value.astimezone(zone), reading.now.astimezone(zone)
    if local.date() == now.date():
        return _of_day(local.time().replace(second=0, microsecond=0), language)
    if abs(now.date() - local.date()) < timedelta(days=6):
        return _of_date(local.date(), "EEE", language)
    return _of_date(local.date(), "d MMM" if local.year == now.year else "MMM y", language)


# A list says the same few days and minutes again and again, to everybody who looks: Babel takes its time over each.


@lru_cache(maxsize=5_000)
def _of_day(value: time, language: str) -> str:
    return format_time(value, "short", locale=language)


@lru_cache(maxsize=5_000)
def _of_date(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=language)


@lru_cache(maxsize=5_000)
def _moment(local: datetime, language: str) -> str:
    return format_datetime(local, "medium", locale=known(language))


def since(value: datetime | None, reading: "Reading") -> str:
    """How far from now, without saying in which direction: "25 min"."""
    if value is None:
        return "–"
    distance = max(abs(reading.now - value), timedelta(minutes=1))
    return format_timedelta(distance, threshold=1.2, format="short", locale=known(reading.language))


def day(value: datetime | date | None, reading: "Reading", form: str = "long") -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(time_zone(reading.time_zone)).date()
    return format_date(value, form, locale=known(reading.language))


def local_input(value: datetime, reading: "Reading") -> str:
    """As a field of date and time wants it, in the zone of the reader."""
    return f"{value.astimezone(time_zone(reading.time_zone)):%Y-%m-%dT%H:%M}"


def json(value: Any, reading: "Reading") -> str:
    """Indented, for people to read."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def spoken(name: str, reading: "Reading") -> str:
    """A name that is written for rules, read by people: `may_write_to` is “May write to”."""
    return name.replace("_", " ").strip().capitalize() if "_" in name or name.islower() else name


def initials(value: str | None, reading: "Reading") -> str:
    words = [word for word in (value or "").replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words if len(words) < 3 else [words[0], words[-1]])).upper() or "?"


def hue(value: object, reading: "Reading") -> int:
    """The same tint, 1 to 8, for the same thing on every page."""
    return blake2b(str(value).encode("utf-8", "replace"), digest_size=1).digest()[0] % HUES + 1


def language_name(value: str | None, reading: "Reading") -> str:
    """ "de" as "German"."""
    if not value:
        return "–"
    return known(value).get_display_name(reading.language) or value


@cache
def time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def day_short(value: date, reading: "Reading") -> str:
    """For the foot of a chart: 22/11, 22.11."""
    return format_date(value, format="d.M." if reading.language == "de" else "d MMM", locale=known(reading.language))


def span(seconds: float | None, reading: "Reading") -> str:
    """How long: 45 s, 12 min, 3 h 20 min, 4 d 2 h."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    parts = [
        (whole // 86_400, "day"),
        (whole // 3600 % 24, "hour"),
        (whole // 60 % 60, "minute"),
        (whole % 60, "second"),
    ]
    first = next((place for place, (count, _) in enumerate(parts) if count), 3)
    shown = [one for one in parts[first : first + (2 if first < 2 else 1)] if one[0] or first == 3]
    return " ".join(
        format_unit(count, f"duration-{unit}", "short", locale=known(reading.language)) for count, unit in shown
    )


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "compact": compact,
    "percent": percent,
    "money": money,
    "size": size,
    "when": when,
    "ago": ago,
    "moment": moment,
    "clock": clock,
    "brief": brief,
    "since": since,
    "day_short": day_short,
    "span": span,
    "day": day,
    "local_input": local_input,
    "json": json,
    "spoken": spoken,
    "initials": initials,
    "hue": hue,
    "language_name": language_name,
}
