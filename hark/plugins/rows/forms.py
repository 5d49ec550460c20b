"""Forms in which tables write values: numbers with a comma, days before months, yes and no in other words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hark.kit.clock import EARLIEST, LATEST, instant

Reading = Callable[[Any], Any]  # raises ValueError with the reason where the value cannot be read
_DATE = re.compile(
    r"^(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})"
    r"(?:[T ,]+(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([AaPp])?\.?[Mm]?\.?)?$"
)
_YES = frozenset(["true", "yes", "y", "t", "1", "ja", "oui", "si", "sí", "sim", "tak", "はい", "x", "on"])
_NO = frozenset(["false", "no", "n", "f", "0", "nein", "non", "nie", "não", "nee", "いいえ", "off"])
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?(e[+-]?\d{1,3})?$", re.IGNORECASE)
_DECORATION = re.compile(r"[\s\u00a0\u202f'’€$£¥%]|zł|kr|[A-Z]{3}")


def text(decimal: str, zone: ZoneInfo) -> Reading:
    def read(value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    return read


def number(decimal: str, zone: ZoneInfo) -> Reading:
    def read(value: Any) -> int | float:
        if isinstance(value, int | float):
            return value
        found = parse_number(str(value), decimal)
        if found is None:
            raise ValueError(f"{value!r} is no number")
        return found

    return read


def flag(decimal: str, zone: ZoneInfo) -> Reading:
    def read(value: Any) -> bool:
        word = str(value).strip().lower()
        if word in _YES or word in _NO:
            return word in _YES
        raise ValueError(f"{value!r} is neither yes nor no")

    return read


def json(decimal: str, zone: ZoneInfo) -> Reading:
    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise ValueError(f"{value[:80]!r} is no JSON") from None

    return read


def moments(order: str) -> Callable[[str, ZoneInfo], Reading]:
    def form(decimal: str, zone: ZoneInfo) -> Reading:
        def read(value: Any) -> datetime:
            found = parse_moment(value, order, zone)
            if found is None:
                raise ValueError(f"{value!r} is no time between 1900 and 2200")
            return found

        return read

    return form


def days(order: str) -> Callable[[str, ZoneInfo], Reading]:
    def form(decimal: str, zone: ZoneInfo) -> Reading:
        def read(value: Any) -> str:
            found = parse_moment(value, order, ZoneInfo("UTC"))
            if found is None:
                raise ValueError(f"{value!r} is no day between 1900 and 2200")
            return found.date().isoformat()

        return read

    return form


FORMS: dict[str, Callable[[str, ZoneInfo], Reading]] = {
    "text": text,
    "number": number,
    "flag": flag,
    "json": json,
    "iso": moments("ymd"),
    "dmy": moments("dmy"),
    "mdy": moments("mdy"),
    "epoch": moments("ymd"),
    "date": days("ymd"),
    "date-dmy": days("dmy"),
    "date-mdy": days("mdy"),
}


def parse_number(value: str, decimal: str) -> int | float | None:
    """ "1.234,50 €" with a decimal comma is 1234.5. None where it is no number, or where its commas do not fit."""
    bare = _DECORATION.sub("", value)
    thousands = "," if decimal == "." else "."
    whole, mark, part = bare.rpartition(decimal)
    if not mark:
        whole, part = bare, ""
    if thousands in part or (thousands in whole and not re.fullmatch(rf"[+-]?\d{{1,3}}(\{thousands}\d{{3}})+", whole)):
        return None
    plain = whole.replace(thousands, "") + (f".{part}" if mark else "")
    if not _NUMBER.match(plain):
        return None
    read = float(plain)
    return int(plain) if plain.lstrip("+-").isdigit() and len(plain) < 19 else read if abs(read) < 1e300 else None


def parse_moment(value: Any, order: str, zone: ZoneInfo) -> datetime | None:
    """A time without a zone is read in `zone`. `order` tells whether 3/4 is in April or in March."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return instant(value)
    written = str(value).strip()
    match = _DATE.match(written)
    if match is None:
        return _spelled(written, zone)
    one, two, three, hour, minute, second, half = match.groups()
    year, month, day = _arrange(int(one), int(two), int(three), order if len(one) < 3 else "ymd")
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half in "Pp" else 0)
    try:
        moment = datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def _arrange(one: int, two: int, three: int, order: str) -> tuple[int, int, int]:
    if order == "ymd":
        return one, two, three
    year = three if three > 99 else three + (2000 if three < 70 else 1900)
    return (year, two, one) if order == "dmy" else (year, one, two)


def _spelled(written: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written.removesuffix(" UTC"))
    except ValueError:
        return instant(written)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if written.endswith(" UTC") else zone)
    return instant(moment.isoformat())
