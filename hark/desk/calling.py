"""Calls that somebody asked for, at the desk: whom one is to call now, and how the call went."""

from typing import Any, get_args
from uuid import UUID

from hark.cases import act, wall
from hark.desk.acting import asked_by_script, told
from hark.desk.joining import PATIENCE, by
from hark.errors import NotFound, Rejected
from hark.events.record import wait_for
from hark.people import glance
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go

RESULTS = get_args(act.Result)


def calls_of(tx: Transaction, member: UUID) -> list[dict[str, Any]]:
    """Whom a member is to call now: their name, number and conversation, who has waited longest first."""
    return [
        {"id": one.id, "conversation": one.conversation, "phone": one.phone, "who": _who(tx, one.anchor)}
        for one in wall.calls_of(tx, member)
    ]


@does("/conversations/{conversation:uuid}/called", right=Right.CONVERSATIONS_WRITE)
def called(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    result = form.text("result")
    if result not in RESULTS:
        raise Rejected("say how the call went")
    with database.transaction() as tx:
        call = wall.callback_of(tx, conversation)
        if call is None:
            raise NotFound("nobody is to be called here any more")
        event = act.call_tried(tx, call.id, result, by=by(request))  # type: ignore[arg-type]
    wait_for(database, event, PATIENCE)
    notice = "You reached them." if result == "reached" else "Noted how the call went."
    if asked_by_script(request):
        return told(request, notice, event=event)
    return go(request, f"/conversations/{conversation}?{request.url.query}", notice)


def _who(tx: Transaction, anchor: UUID | None) -> str | None:
    try:
        return glance.glance(tx, anchor).name if anchor else None
    except NotFound:
        return None


HANDLERS = [called]
