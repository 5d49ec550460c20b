"""Making one conversation of two, and two of one; both can be taken back."""

from uuid import UUID

from hark.conversations import act, inbox, reading
from hark.conversations.inbox import Filters
from hark.desk import looking
from hark.desk.inbox import person_of
from hark.desk.joining import PATIENCE, by
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

WRITE = Right.CONVERSATIONS_WRITE
OFFERED = 20
SHOWN = 200


@shows("/conversations/{conversation:uuid}/merge", right=WRITE)
def choose(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    """The person's own other conversations first; then the newest of all, in which one may look for a word."""
    words = form.text("q", most=100).lower()
    with database.transaction() as tx:
        known = reading.conversation(tx, conversation)
        seen = person_of(tx, known.anchor)
        theirs = [one for one in reading.of_person(tx, seen.id) if one.id != known.id] if seen else []
        rows, _ = inbox.look(tx, Filters(statuses=("open", "waiting", "snoozed")), limit=SHOWN)
    others = [
        (row.conversation, row.name or looking.who(None, row.conversation))
        for row in rows
        if row.conversation.id not in {known.id, *(one.id for one in theirs)}
    ]
    fits = [one for one in others if words in f"{one[1]} {one[0].subject or ''} {one[0].preview}".lower()][:OFFERED]
    return page(
        request, "desk/merge_conversations.html", opened=known, theirs=theirs, others=fits, words=words, person=seen
    )


@does("/conversations/{conversation:uuid}/merge", right=WRITE)
def merge(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    chosen = _ids(form.texts("from"))
    with database.transaction() as tx:
        change = act.merge(tx, conversation, chosen, by=by(request))
    wait_for(database, change, PATIENCE)
    back = f"/conversations/{conversation}"
    return go(request, back, "They are one conversation now.", undo=f"/changes/{change}/restore?back={back}")


@shows("/conversations/{conversation:uuid}/split", right=WRITE)
def choose_messages(request: Ask, conversation: UUID, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        known = reading.conversation(tx, conversation)
        messages, _ = reading.thread(tx, known.id, SHOWN)
        members = looking.names_of_members(tx, clock())
        name = reading.called(tx, known.id)
    name = looking.who(name, known)
    return page(request, "desk/split_conversation.html", opened=known, messages=messages, members=members, name=name)


@does("/conversations/{conversation:uuid}/split", right=WRITE)
def split(request: Ask, conversation: UUID, form: Form, database: Database) -> Answer:
    chosen = _ids(form.texts("message"))
    with database.transaction() as tx:
        change = act.split(tx, conversation, chosen, by=by(request))
    wait_for(database, change, PATIENCE)
    fresh = act.conversation_of(change)
    undo = f"/changes/{change}/restore?back=/conversations/{conversation}"
    return go(request, f"/conversations/{fresh}", "They have a conversation of their own now.", undo=undo)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        found = [UUID(text) for text in texts]
    except ValueError:
        found = []
    if not found:
        raise Rejected("choose something first")
    return found


HANDLERS = [choose, merge, choose_messages, split]
