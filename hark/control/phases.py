"""Phases and purposes: where each event name is at home in a customer's experience, and what data is used for."""

from hark.control.segments import by
from hark.errors import Rejected
from hark.events.record import own, record_own, wait_for
from hark.model import Declared
from hark.people import consent, defining
from hark.people.phases import DEFAULTS, PHASES
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows


@shows("/phases", right=Right.PLAN_READ)
def phases(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        found = defining.phases(tx)
    rows = [
        {
            "name": row["name"],
            "mapped": row["mapped"],
            "default": DEFAULTS.get(row["name"]),
            "phase": row["phase"] if row["mapped"] else DEFAULTS.get(row["name"]),
        }
        for row in found
    ]
    return page(request, "control/phases.html", rows=rows, phases=PHASES)


@does("/phases", right=Right.PLAN_WRITE)
def give_home(request: Ask, form: Form, database: Database) -> Answer:
    name, phase = form.text("name"), form.text("phase")
    if not name or phase not in (*PHASES, "none", "default"):
        raise Rejected("choose an event name and a phase")
    properties = {"name": name, "phase": None if phase == "none" else phase}
    with database.transaction() as tx:
        [event] = record_own(tx, [own("mapping.defined", by=by(request), properties=properties)])
    wait_for(database, event)
    return go(request, "/phases", f"{name} has its home.")


@shows("/purposes", right=Right.SETTINGS_READ)
def purposes(request: Ask, database: Database, declared: Declared) -> Answer:
    with database.transaction() as tx:
        counts = defining.purposes(tx)
    known = consent.declared_purposes(declared.purposes)
    rows = [{"purpose": one, **counts.get(one.name, {"yes": 0, "no": 0})} for one in known.values()]
    others = [{"name": name, **said} for name, said in sorted(counts.items()) if name not in known]
    return page(request, "control/purposes.html", rows=rows, others=others)


HANDLERS = [phases, give_home, purposes]
