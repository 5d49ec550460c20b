"""What those who answer do with a conversation: assign, put to sleep, close, tag, rank, merge, split, and take back.

With script a form is sent without leaving the page: the answer is then a line of JSON (the notice and its undo).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from hark.conversations import act, reading
from hark.desk.joining import PATIENCE, by
from hark.desk.naps import read_local
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.kit.clock import instant
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, locale, shown
from hark.web.wording import time_zone

WRITE = Right.CONVERSATIONS_WRITE
Act = Callable[[Transaction], UUID]


@does("/conversations/{conversation:uuid}/assign", right=WRITE)
def assign(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    """To a member or a team; to nobody where neither is named."""
    member, team = _said(request, form, "member"), _said(request, form, "team")
    with database.transaction() as tx:
        before = reading.conversation(tx, conversation)
    named: dict[str, Any] = (
        {"member": _id(member), "team": before.team} if member else {"member": None, "team": team or None}
    )
    undo = _path(conversation, "assign", member=str(before.member or ""), team=before.team or "")
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.assign(tx, conversation, by=by(request), **named),
        "Assigned." if member or team else "Given back to everybody.",
        undo=undo,
    )


@does("/conversations/{conversation:uuid}/snooze", right=WRITE)
def snooze(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    until = instant(form.text("until")) or read_local(form.text("local"), time_zone(shown(request).time_zone))
    if until is None:
        raise Rejected("choose when it shall come back")
    moment: datetime = until
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.snooze(tx, conversation, moment, by=by(request)),
        "It sleeps.",
        undo=_path(conversation, "reopen"),
        leaves=True,
    )


@does("/conversations/{conversation:uuid}/close", right=WRITE)
def close(request: Ask, conversation: UUID, database: Database) -> Answer:
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.close(tx, conversation, by=by(request)),
        "Closed.",
        undo=_path(conversation, "reopen"),
        leaves=True,
    )


@does("/conversations/{conversation:uuid}/reopen", right=WRITE)
def reopen(request: Ask, conversation: UUID, database: Database) -> Answer:
    return _done(
        request, database, conversation, lambda tx: act.reopen(tx, conversation, by=by(request)), "Open again."
    )


@does("/conversations/{conversation:uuid}/priority", right=WRITE)
def prioritise(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    try:
        priority = int(_said(request, form, "priority"))
    except ValueError:
        raise Rejected("choose a priority") from None
    with database.transaction() as tx:
        before = reading.conversation(tx, conversation).priority
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.prioritise(tx, conversation, priority, by=by(request)),
        "Priority changed.",
        undo=_path(conversation, "priority", priority=str(before)),
    )


@does("/conversations/{conversation:uuid}/tag", right=WRITE)
def tag(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    add, remove = _said(request, form, "add")[:60], _said(request, form, "remove")[:60]
    if not add and not remove:
        raise Rejected("write the tag first")
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.tag(
            tx, conversation, by=by(request), add=[add] if add else [], remove=[remove] if remove else []
        ),
        "Tag added." if add else "Tag removed.",
        undo=_path(conversation, "tag", add=remove, remove=add),
    )


@does("/conversations/{conversation:uuid}/read", right=Right.CONVERSATIONS_READ)
def read(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    """The page says how far it has been looked at."""
    until = form.number("until", 0) or 0
    with database.transaction() as tx:
        act.mark_read(tx, conversation, min(until, 2**62), by=by(request))
    return Answer(None, status_code=204)


@does("/conversations/{conversation:uuid}/unread", right=Right.CONVERSATIONS_READ)
def unread(request: Ask, conversation: UUID, database: Database) -> Answer:
    """To the list, where it is new again: whoever stays in the thread has read it."""
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.mark_unread(tx, conversation, by=by(request)),
        "It is unread again.",
        leaves=True,
    )


@does("/changes/{change:uuid}/restore", right=WRITE)
def restore(request: Ask, change: UUID, form: Form, database: Database) -> Answer:
    """Take a merge or a split back."""
    back = form.text("back") or request.query_params.get("back", "/inbox")
    with database.transaction() as tx:
        event = act.restore(tx, change, by=by(request))
    wait_for(database, event, PATIENCE)
    return go(request, back, "Taken back: everything is as it was before.")


def _done(
    request: Ask,
    database: Database,
    conversation: UUID,
    do: Act,
    notice: str,
    *,
    undo: str | None = None,
    leaves: bool = False,
) -> Answer:
    """`leaves`: it goes out of the view, so that a page without script goes back to the list."""
    with database.transaction() as tx:
        event = do(tx)
    if asked_by_script(request):
        return told(request, notice, undo, event=event)
    wait_for(database, event, PATIENCE)
    view = request.url.query
    to = f"/inbox?{view}" if leaves else f"/conversations/{conversation}?{view}"
    return go(request, to, notice, undo=undo)


def asked_by_script(request: Ask) -> bool:
    return "application/json" in request.headers.get("accept", "")


def told(request: Ask, notice: str, undo: str | None = None, **more: Any) -> Answer:
    """What a script gets instead of a page: the notice in the visitor's language, and the path that takes it back."""
    text = locale.translations(shown(request).language).gettext(notice) if notice else ""
    return Answer(msgspec.json.encode({"notice": text, "undo": undo, **more}), media_type="application/json")


def _path(conversation: UUID, act: str, **values: str) -> str:
    return f"/conversations/{conversation}/{act}" + (f"?{urlencode(values)}" if values else "")


def _said(request: Ask, form: Form, name: str) -> str:
    """Of the form, or of the address: taking something back is a button that knows nothing but a path."""
    return form.text(name) or str(request.query_params.get(name, "")).strip()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("there is no such member") from None


@does("/conversations/{conversation:uuid}/lift", right=WRITE)
def lift(request: Ask, conversation: UUID, database: Database) -> Answer:
    return _done(
        request,
        database,
        conversation,
        lambda tx: act.lift(tx, conversation, by=by(request)),
        "It is written to again.",
    )


HANDLERS = [assign, snooze, close, reopen, lift, prioritise, tag, read, unread, restore]
