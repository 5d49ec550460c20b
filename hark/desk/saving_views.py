"""Saved views: keep what one looks at under a name, for oneself or for everybody."""

from uuid import UUID

from hark.conversations import looks
from hark.desk import looking
from hark.desk.looking import me
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go

MOST = 30  # of one member: each is counted on every look


@does("/inbox/views", right=Right.CONVERSATIONS_WRITE)
def save(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """What is looked at stands in the address, as a link to it would."""
    name = form.text("name", most=60)
    if not name:
        raise Rejected("give the view a name")
    asked = Form({key: [value] for key, value in request.query_params.items()})
    with database.transaction() as tx:
        saved = looks.looks_of(tx, me(request))
        if len(saved) >= MOST:
            raise Rejected(f"{MOST} views are the most; remove one that is not used")
        filters = looking.chosen(asked, saved).filters
        view = looks.save(tx, name, filters, None if form.flag("shared") else me(request), clock())
    return go(request, f"/inbox?view={view}", "%(name)s is kept.", name=name)


@does("/inbox/views/{view:uuid}/drop", right=Right.CONVERSATIONS_WRITE)
def drop(request: Ask, view: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        name = looks.drop(tx, view, me(request))
    return go(request, "/inbox", "%(name)s is gone.", name=name)


HANDLERS = [save, drop]
