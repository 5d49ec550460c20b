"""The inbox: the list, the thread of one person over all channels, and the person beside it, on one screen."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hark.cases import reading as cases
from hark.cases import wall
from hark.conversations import act, drafts, inbox, looks, reading, returned
from hark.desk import beside, calling, looking
from hark.desk.doings import done_in
from hark.desk.joining import by
from hark.desk.looking import me
from hark.desk.macros import macros
from hark.desk.naps import naps
from hark.desk.stream import linked, pieces
from hark.desk.writing import UNDO
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Conversation, Declared
from hark.people import glance
from hark.people.glance import Glance
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, go, page, shown, shows
from hark.web.answers import FRAGMENT
from hark.web.wording import time_zone

MESSAGES = 50
CASES = 6
# Blocks of the template, and what each of them is made of.
OF_THE_LIST = ("list", "counts", "rows", "sides")
OF_THE_THREAD = ("conversation", "stream", "beside", "open", "thread")


@shows("/inbox", right=Right.CONVERSATIONS_READ)
def show_inbox(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        values = listing(tx, request, form, clock, request.headers.get(FRAGMENT))
    return page(request, "desk/inbox.html", **values, opened=None)


@shows("/conversations/{conversation:uuid}", right=Right.CONVERSATIONS_READ)
def show_conversation(
    request: Ask, conversation: UUID, form: Form, database: Database, clock: Clock, declared: Declared
) -> Answer:
    """With script only blocks of it are asked for, and only what they show is read."""
    block = request.headers.get(FRAGMENT)
    values: dict[str, Any] = {}
    with database.transaction() as tx:
        known = reading.conversation(tx, conversation)
        if known.id != conversation:
            return go(request, f"/conversations/{known.id}?{request.url.query}")
        if block is None or block in OF_THE_LIST:
            values |= listing(tx, request, form, clock, block)
        if block is None or block in OF_THE_THREAD:
            values |= opened(tx, request, known, form, clock, declared)
        if block is None:
            see(tx, request, known, values["newest_position"])
    return page(request, "desk/inbox.html", **{"opened": known, **values})


def listing(tx: Transaction, request: Ask, form: Form, clock: Clock, block: str | None) -> dict[str, Any]:
    """The looks with their counts, and the lines of the one that is chosen; of those what the block shows."""
    reader = me(request)
    saved = looks.looks_of(tx, reader)
    chosen = looking.chosen(form, saved)
    members = looking.names_of_members(tx, clock())
    rows, before = looking.entries(tx, chosen, reader, members, form.text("before") or None)
    return {
        "looks": inbox.LOOKS,
        "saved": saved,
        "chosen": chosen,
        "counts": looking.counts(tx, saved, reader) if block != "rows" else {},
        "rows": rows,
        "before": before,
        "first": "before" not in form,
        "members": members,
        "tags": inbox.tags_in_use(tx) if block in (None, "list") else (),
        "due": wall.nearest(tx, [row.conversation.id for row in rows]),
        "calls": calling.calls_of(tx, reader),
    }


def opened(
    tx: Transaction, request: Ask, conversation: Conversation, form: Form, clock: Clock, declared: Declared
) -> dict[str, Any]:
    """The thread that is open, and the person beside it."""
    seen = person_of(tx, conversation.anchor)
    before, zone = form.text("earlier") or None, time_zone(shown(request).time_zone)
    if seen:
        theirs = reading.of_person(tx, seen.id)
        said, earlier = reading.stream(tx, seen.id, MESSAGES, before)
    else:
        theirs = [conversation]
        said, earlier = reading.thread(tx, conversation.id, MESSAGES, before)
    members = looking.names_of_members(tx, clock())
    done = done_in(tx, seen.id if seen else None, [one.id for one in theirs], members)
    name = looking.who(reading.called(tx, conversation.id) or (seen.name if seen else None), conversation)
    return {
        "chosen": looking.chosen(form, looks.looks_of(tx, me(request))),
        "person": seen,
        "name": name,
        "members": members,
        "pieces": pieces(said, done, theirs, members, name, zone, whole=not earlier),
        "newest_position": max((message.position for message in said), default=0),
        "earlier": earlier,
        "newest": before is None,
        "linked": linked,
        "addresses": inbox.addresses_of(tx, seen.id) if seen else [],
        "drafts": drafts.drafts_of(tx, me(request), conversation.id),
        "me": me(request),
        "returned": returned.blocking(tx, conversation.to),
        "clock": wall.nearest(tx, [conversation.id]).get(conversation.id),
        "call": wall.callback_of(tx, conversation.id),
        "teams": cases.declarations(tx, "team"),
        "macros": macros(tx) if shown(request).may(Right.CASES_WRITE) else [],
        "cases": [one for one in cases.of_person(tx, seen.id, CASES) if one.status != "closed"] if seen else [],
        "naps": list(naps(clock(), zone)),
        "undo_until": lambda at: at + timedelta(seconds=UNDO),
        "beside": beside.of(tx, seen, theirs, declared) if seen else None,
    }


def see(tx: Transaction, request: Ask, conversation: Conversation, until: int) -> None:
    """Who opens a conversation has read it. An event only where something is new to them: a look is nothing to keep."""
    mine = inbox.reader_name(me(request))
    if shown(request).may(Right.CONVERSATIONS_WRITE) and reading.seen(tx, conversation.id).get(mine, 0) < until:
        act.mark_read(tx, conversation.id, until, by=by(request))


def person_of(tx: Transaction, anchor: UUID | None) -> Glance | None:
    """Who is on the other side; None where the sender could not be believed, or is gone."""
    try:
        return glance.glance(tx, anchor) if anchor else None
    except NotFound:
        return None


HANDLERS = [show_inbox, show_conversation]
