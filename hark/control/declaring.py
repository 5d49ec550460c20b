"""What the screens of declarations share: who says it, times as people write them, saving with what is wrong."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from hark.cases import act
from hark.cases import reading as cases
from hark.conditions import Misread
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.store import Database
from hark.web import Answer, Ask, Form, go, shown

_TIME = re.compile(r"^\s*(\d+(?:[.,]\d+)?)\s*([a-zäöü]*)\s*$", re.IGNORECASE)
_UNITS = {"s": 1, "sec": 1, "sek": 1, "": 60, "m": 60, "min": 60, "h": 3600, "std": 3600, "d": 86_400, "t": 86_400}
_SPELLED = str.maketrans("äöüßéèàç", "aouseeac")
_PARTS = ((86_400, "d"), (3600, "h"), (60, "min"))


def by(request: Ask) -> str:
    visitor = shown(request).visitor
    return f"member:{visitor.member}" if visitor else ""


def seconds(form: Form, name: str) -> int | None:
    """ "15 min", "2 h", "1.5 h", "1 d"; a bare number is minutes. None where nothing stands there."""
    text = form.text(name)
    if not text:
        return None
    found = _TIME.match(text)
    unit = found and _UNITS.get(found[2].lower().rstrip("."))
    if not found or unit is None:
        form.refuse(name, "Write a time like 15 min, 2 h or 1 d.")
        return None
    return round(float(found[1].replace(",", ".")) * unit)


def written(value: int | None) -> str:
    """The same the other way round, for the field."""
    if value is None:
        return ""
    for size, unit in _PARTS:
        if value and value % size == 0:
            return f"{value // size} {unit}"
    return f"{value} s"


def name_of(label: str) -> str:
    """A name for programs out of a label for people."""
    plain = label.lower().translate(_SPELLED)
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60]
    return name if name[:1].isalpha() else f"x_{name}".rstrip("_")


def save(request: Ask, form: Form, database: Database, kind: str, name: str, body: Mapping[str, Any]) -> bool:
    """Whether it stands now; else `form.errors` says at which field what is wrong."""
    if not form.text("label"):
        form.refuse("label", "Give it a name that your colleagues understand.")
    if form.errors:
        return False
    new = not name
    name = name or name_of(form.text("label"))
    try:
        with database.transaction() as tx:
            if new and any(one.name == name for one in cases.declarations(tx, kind)):
                raise Rejected("there is one of this name already")
            event = act.declare(tx, kind, name, body, by=by(request))
    except (Rejected, Misread) as error:
        form.refuse("condition" if isinstance(error, Misread) or "condition" in form else "label", str(error))
        return False
    wait_for(database, event, 2.0)
    return True


def remove(request: Ask, database: Database, kind: str, name: str, to: str) -> Answer:
    with database.transaction() as tx:
        found = cases.declaration(tx, kind, name)
        event = act.remove(tx, kind, name, by=by(request))
    return finish(request, database, event, to, "%(name)s is removed.", name=found.label or name)


def finish(request: Ask, database: Database, event: UUID, to: str, notice: str, **words: Any) -> Answer:
    wait_for(database, event, 2.0)
    return go(request, to, notice, **words)
