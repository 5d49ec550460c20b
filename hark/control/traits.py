"""Computed traits: values that keep themselves, written in the rule language."""

import re

from hark.control.segments import by
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.people import defining
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows


@shows("/traits", right=Right.SEGMENTS_READ)
def traits(request: Ask, form: Form, database: Database) -> Answer:
    return _page(request, form, database)


@does("/traits", right=Right.SEGMENTS_WRITE)
def define(request: Ask, form: Form, database: Database) -> Answer:
    """Define one, or change the one of this name."""
    label, text = form.text("label", most=100), form.text("text", most=10_000)
    name = form.text("name", most=60) or re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:60]
    try:
        with database.transaction() as tx:
            event = defining.define(tx, "trait", name, text, label=label, about=form.text("about"), by=by(request))
    except Rejected as error:
        form.refuse("text" if label else "label", str(error))
        return _page(request, form, database, status=422)
    wait_for(database, event)
    return go(request, "/traits", f"{label} is computed from now on.")


@does("/traits/{name:str}/remove", right=Right.SEGMENTS_WRITE)
def remove(request: Ask, name: str, database: Database) -> Answer:
    with database.transaction() as tx:
        found = defining.find(tx, "trait", name)
        event = defining.remove(tx, "trait", name, by=by(request))
    wait_for(database, event)
    return go(request, "/traits", f"{found.label} is removed.")


def _page(request: Ask, form: Form, database: Database, status: int = 200) -> Answer:
    with database.transaction() as tx:
        rows = defining.listed(tx, "trait")
    chosen = next((row for row in rows if row.name == form.text("change")), None)
    return page(request, "control/traits.html", status=status, rows=rows, form=form, errors=form.errors, chosen=chosen)


HANDLERS = [traits, define, remove]
