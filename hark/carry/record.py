"""The whole record of one person: as JSON for machines, as one page for people. Every room adds its part."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hark.carry.rooms import EXPORT
from hark.events import carry as log_carry
from hark.kit import clock
from hark.model import Declared
from hark.people import carry as people_carry
from hark.people import reading
from hark.store import Transaction

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def export(tx: Transaction, kind: str, value: str, declared: Declared) -> dict[str, Any]:
    """Everything that is kept of the person, by part. NotFound where the identity points to nobody."""
    return export_person(tx, reading.find(tx, kind, value, declared), declared)


def export_person(tx: Transaction, person: UUID, declared: Declared) -> dict[str, Any]:
    who = people_carry.subject(tx, person, declared)
    parts: dict[str, Any] = {"exported_at": clock.now()}
    parts |= people_carry.export(who, tx, declared)
    parts |= log_carry.export(who, tx)
    for room in EXPORT:
        parts |= room(who, tx)
    purposes = [{"name": p.name, "label": p.label, "about": p.about} for p in declared.purposes.values()]
    return parts | {"purposes": purposes}


def as_json(record: dict[str, Any]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2)


def as_html(record: dict[str, Any]) -> str:
    """One page without script or anything from elsewhere: it can be kept, mailed and printed."""
    return _pages.get_template("record.html").render(record=record, show=_show, day=_day, who=_who(record))


def _who(record: dict[str, Any]) -> str:
    traits = record["person"]["traits"]
    name = " ".join(
        str(traits[part]) for part in ("firstName", "lastName", "first_name", "last_name") if traits.get(part)
    )
    first = next((one["value"] for one in record["person"]["identities"]), "")
    return name or str(traits.get("name") or first)


def _show(value: Any) -> str:
    """A value as people read it: lists with commas, objects as "street: …; city: …"."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_show(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_show(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _day(value: Any) -> str:
    moment = value if isinstance(value, datetime) else clock.instant(value)
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
