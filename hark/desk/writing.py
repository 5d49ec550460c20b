"""What those who answer write: answers and notes, kept while they are begun, taken back while there is time, sent again."""

from typing import Any
from uuid import UUID

import msgspec

from hark.conversations import act, channels, drafts, reading
from hark.conversations.act import Draft as Saying
from hark.conversations.drafts import Draft
from hark.desk.acting import asked_by_script, told
from hark.desk.attaching import attached
from hark.desk.joining import PATIENCE, by
from hark.desk.looking import me, names_of_members
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.kit.clock import Clock
from hark.model import File, Identity
from hark.registry import Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go

WRITE = Right.CONVERSATIONS_WRITE
UNDO = 8  # seconds in which an answer can be taken back
LONGEST = 100_000


@does("/conversations/{conversation:uuid}/answer", right=WRITE)
def answer(
    request: Ask, conversation: UUID, form: Form, database: Database, registry: Registry, clock: Clock
) -> Answer:
    """`kind` reply or note; `then` close; `key` so that a line that broke in the middle never says it twice."""
    noting = form.text("kind") == "note"
    text = form.text("text", most=LONGEST)
    key = f"{me(request)}:{form.text('key', most=80)}" if form.text("key") else None
    with database.transaction() as tx:
        came = attached(tx, form, clock())
        if noting:
            calls = called_in(text, names_of_members(tx, clock()))
            event = act.note(tx, conversation, text, by=by(request), mentions=calls, files=came, key=key)
        else:
            source, to = _way(form.text("channel", most=1200))
            saying = Saying(text=text, files=came, source=source, to=to)
            ways = channels.ways(tx, registry)
            event = act.answer(tx, conversation, saying, ways, by=by(request), undo=UNDO, key=key)
        drafts.drop(tx, me(request), conversation, note=noting)
        last = act.close(tx, conversation, by=by(request)) if form.text("then") == "close" else event
    if asked_by_script(request):
        closed = form.text("then") == "close" and not noting
        undo = f"/messages/{event}/withdraw" if closed else None
        return told(request, "Sent and closed." if closed else "", undo, id=event, undo_seconds=0 if noting else UNDO)
    wait_for(database, last, PATIENCE)
    if form.text("then") == "close":
        return go(request, f"/inbox?{request.url.query}", "Sent and closed.", undo=f"/messages/{event}/withdraw")
    return go(request, f"/conversations/{conversation}?{request.url.query}#message-{event}")


@does("/conversations/{conversation:uuid}/draft", right=WRITE)
def keep_draft(request: Ask, conversation: UUID, form: Form, database: Database, clock: Clock) -> Answer:
    """Called while one writes; the text is kept until it is sent or emptied."""
    begun = Draft(
        note=form.text("kind") == "note",
        text=form.text("text", most=LONGEST),
        channel=form.text("channel", most=1200),
        files=tuple(_files(form)),
    )
    with database.transaction() as tx:
        reading.conversation(tx, conversation)
        drafts.keep(tx, me(request), conversation, begun, clock())
    return Answer(None, status_code=204)


@does("/messages/{message:uuid}/withdraw", right=WRITE)
def withdraw(request: Ask, message: UUID, database: Database, clock: Clock) -> Answer:
    """Undo send: it never goes out, its text is a draft again, and what was closed with it is open again."""
    with database.transaction() as tx:
        event = act.withdraw(tx, message, by=by(request))
    wait_for(database, event, PATIENCE)
    with database.transaction() as tx:
        said = reading.message(tx, message)
        back = Draft(note=False, text=said.text, files=said.files)
        drafts.keep(tx, me(request), said.conversation, back, clock())
        stands = reading.conversation(tx, said.conversation)
        with_it = stands.status == "closed" and stands.closed_at is not None and stands.closed_at >= said.at
        opened = act.reopen(tx, stands.id, by=by(request), reason="taken back") if with_it else None
    if opened:
        wait_for(database, opened, PATIENCE)
    if asked_by_script(request):
        return told(
            request,
            "Taken back: your text is in the box again.",
            text=said.text,
            files=said.files,
            conversation=said.conversation,
        )
    return go(request, f"/conversations/{said.conversation}", "Taken back: your text is in the box again.")


@does("/messages/{message:uuid}/again", right=WRITE)
def send_again(request: Ask, message: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        event = act.send_again(tx, message, by=by(request))
        conversation = reading.message(tx, message).conversation
    if asked_by_script(request):
        return told(request, "It is sent again.")
    wait_for(database, event, PATIENCE)
    return go(request, f"/conversations/{conversation}", "It is sent again.")


def _way(chosen: str) -> tuple[str, Identity | None]:
    """The account and address that was picked: channel|source|kind|value; empty is where they last were."""
    if not chosen:
        return "", None
    parts = chosen.split("|", 3)
    if len(parts) != 4 or not all(parts[1:]):
        raise Rejected("choose one of the ways that are offered")
    return parts[1], Identity(parts[2], parts[3])


def called_in(text: str, members: dict[UUID, str]) -> list[UUID]:
    """Colleagues whom a note calls: "@" and their name, whole or the first word of it."""
    words = text.lower()
    called = []
    for id, name in members.items():
        whole, first = f"@{name.lower()}", f"@{name.split()[0].lower()}" if name.split() else "@"
        if whole in words or (len(first) > 2 and first in words.split()):
            called.append(id)
    return called


def _files(form: Form) -> list[File]:
    found: list[Any] = []
    for text in form.texts("file", most=2000):
        try:
            found.append(msgspec.json.decode(text, type=File))
        except msgspec.DecodeError:
            continue
    return found


HANDLERS = [answer, keep_draft, withdraw, send_again]
