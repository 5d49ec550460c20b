"""The queue: who waits where and how long it will take, call-backs, and how honest what we said about waits was."""

from datetime import timedelta
from typing import get_args
from uuid import UUID

from hark.cases import act, wall
from hark.cases import reading as cases
from hark.control.declaring import by, finish
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.reports import figures
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, page, shows

DAYS = timedelta(days=30)
RESULTS = get_args(act.Result)


@shows("/queue", right=Right.ROUTING_READ)
def queue(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    now, team = clock(), form.text("team") or None
    with database.transaction() as tx:
        waiting, callbacks = wall.queue(tx, now, team), wall.callbacks(tx)
        anchors = [one.ticket.anchor for one in waiting] + [one.anchor for one in callbacks]
        return page(
            request,
            "control/queue.html",
            waiting=waiting,
            callbacks=callbacks,
            accuracy=wall.accuracy(tx, now - DAYS, now),
            teams={one.name: one.label or one.name for one in cases.declarations(tx, "team")},
            team=team,
            names=figures.names_of(tx, anchors),
            members={row["id"]: row["name"] for row in figures.members(tx)},
            now=now,
        )


@does("/callbacks/{number:uuid}/tried", right=Right.ROUTING_WRITE)
def tried(request: Ask, number: UUID, form: Form, database: Database) -> Answer:
    result = form.text("result")
    if result not in RESULTS:
        raise Rejected("say how the call went")
    with database.transaction() as tx:
        event = act.call_tried(tx, number, result, by=by(request))  # type: ignore[arg-type]
    return finish(request, database, event, "/queue", "Noted how the call went.")


@does("/callbacks/{number:uuid}/cancel", right=Right.ROUTING_WRITE)
def cancel(request: Ask, number: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        event = act.cancel_callback(tx, number, by=by(request))
    return finish(request, database, event, "/queue", "The call-back is cancelled.")


HANDLERS = [queue, tried, cancel]
