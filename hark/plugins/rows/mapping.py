"""A Mapping: what each column of a table means. `targets` in it are written as docs/how-to/import.md says.

A target is a place, and where it helps a form: `identity.email`, `trait.birthday:date`, `property.total:number`, `time:dmy`,
`event`, `type`, `message`, `channel`, `context.locale`. Dots after the first nest: `trait.address.city`.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from hark.plugin import Misconfigured
from hark.plugins.rows.forms import FORMS, Reading

PLACES = ("identity", "trait", "property", "context", "time", "event", "type", "message", "channel")
_NAMED = ("identity", "trait", "property", "context")
_BLANK = frozenset({"", "null", "none", "n/a", "#n/a", "na", "nan", "nil", "-", "\\n"})


class Mapping(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """columns     column → its targets; one that is not named here is kept as a property or trait of its own name
    event       name of every row's event, where no column tells; empty: rows describe people
    channel     where the rows come from
    time_zone   of times that name no zone
    decimal     "." or ","
    undated     when it happened, for rows without a time
    rest        "trait", "property" or "ignore": what becomes of columns without a target
    """

    columns: dict[str, list[str]] = {}
    event: str = ""
    channel: str = "crm"
    time_zone: str = "UTC"
    decimal: str = "."
    undated: datetime | None = None
    rest: str = "ignore"


class Cell(NamedTuple):
    """Where one column's value goes, and how it is read."""

    column: int
    place: str
    path: tuple[str, ...]
    read: Reading


def cells(mapping: Mapping, columns: list[str]) -> list[Cell]:
    """The mapping made ready for rows of these columns. Misconfigured names the column that is wrong."""
    zone = zone_of(mapping)
    found = []
    for index, column in enumerate(columns):
        for target in targets_of(mapping, column):
            place, path, form = split(column, target)
            found.append(Cell(index, place, path, FORMS[form](mapping.decimal, zone)))
    return found


def targets_of(mapping: Mapping, column: str) -> list[str]:
    if column in mapping.columns:
        return mapping.columns[column]
    return [] if mapping.rest == "ignore" else [f"{mapping.rest}.{column}"]


def split(column: str, target: str) -> tuple[str, tuple[str, ...], str]:
    """`trait.address.city:text` → ("trait", ("address", "city"), "text")."""
    name, _, form = target.partition(":")
    place, *path = name.split(".")
    if place not in PLACES or (place in _NAMED) != bool(path and all(path)):
        hint = f"{place}.NAME" if place in _NAMED else f"one of {', '.join(PLACES)}"
        raise Misconfigured(f"map {column}", f"{target!r} is no target; write {hint}")
    form = form or ("iso" if place == "time" else "text")
    if form not in FORMS:
        raise Misconfigured(f"map {column}", f"there is no form {form!r}; here are {', '.join(FORMS)}")
    return place, tuple(path), form


def zone_of(mapping: Mapping) -> ZoneInfo:
    try:
        return ZoneInfo(mapping.time_zone)
    except (KeyError, ValueError, OSError):
        raise Misconfigured("time_zone", f"{mapping.time_zone!r} is no time zone; write Europe/Paris or UTC") from None


def blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value.strip().lower() in _BLANK)


def undated(mapping: Mapping, otherwise: datetime) -> datetime:
    return (mapping.undated or otherwise).astimezone(UTC)
