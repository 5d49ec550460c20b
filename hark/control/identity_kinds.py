"""Kinds of identity: how strong each is, what guards it, which values point to nobody."""

from hark.control.segments import by
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.model import Declared
from hark.people import guarding
from hark.people.kinds import Setting
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

HERE = "/identity-kinds"


@shows(HERE, right=Right.SETTINGS_READ)
def identity_kinds(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    """All of them; with `name` one to change."""
    with database.transaction() as tx:
        kinds = guarding.kinds_in_force(tx, declared)
    chosen = next((kind for kind in kinds if kind.name == form.text("name")), None)
    return page(request, "control/identity_kinds.html", kinds=kinds, chosen=chosen)


@does(HERE, right=Right.SETTINGS_WRITE)
def change(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    name = form.text("name", most=100)
    setting = Setting(
        priority=_number(form, "priority"),
        limit=_number(form, "limit"),
        window_days=_number(form, "window_days"),
        unique=form.flag("unique"),
        blocked=tuple(line.strip() for line in form.text("blocked", most=100_000).splitlines() if line.strip()),
    )
    with database.transaction() as tx:
        event = guarding.define(tx, declared, name, setting, by=by(request))
    if not wait_for(database, event):
        return go(request, HERE, "It is recorded, and everybody is weighed again in a moment.")
    return go(request, HERE, "Everything that is known has been weighed again.")


def _number(form: Form, name: str) -> int:
    number = form.number(name)
    if number is None:
        raise Rejected(f"{name} is a number")
    return number


HANDLERS = [identity_kinds, change]
