"""Events that were set aside because a step failed on them: what it said, and trying them again."""

from hark import flow
from hark.errors import Rejected
from hark.events import log
from hark.model import Declared
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

MOST = 200


@shows("/set-aside", right=Right.EVENTS_READ)
def set_aside(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        rows = log.parked(tx, MOST)
    return page(request, "control/set_aside.html", rows=rows)


@does("/set-aside", right=Right.EVENTS_WRITE)
def try_again(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    """`position` names one; without it, all that the page shows are tried."""
    chosen = form.text("position", most=20)
    if chosen and not chosen.isdigit():
        raise Rejected("a position in the log is a number")
    with database.transaction() as tx:
        positions = [int(chosen)] if chosen else [row.position for row in log.parked(tx, MOST)]
    healed = flow.retry_parked(flow.Engines(database=database, declared=declared), positions)
    notice = "%(count)s of %(all)s went through."
    return go(request, "/set-aside", notice, count=len(healed), all=len(positions))


HANDLERS = [set_aside, try_again]
