"""REST: what is done with conversations: answering, taking care, laying aside, merging, sending. Each is an event."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import Parameter
from msgspec import UNSET, Meta, Struct, UnsetType

from hark.api.acts import Ask, answered, by, waited
from hark.api.routes import Accepted, does
from hark.conversations import act, attachments
from hark.conversations.act import Draft
from hark.conversations.channels import ways
from hark.conversations.hear import LONGEST
from hark.model import File, Identity
from hark.registry import Registry
from hark.store import Database, Transaction
from hark.web.rights import Right

Text = Annotated[str, Meta(max_length=LONGEST)]
Short = Annotated[str, Meta(max_length=1000)]
Tag = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
Tags = Annotated[list[Tag], Meta(max_length=50)]
Ids = Annotated[list[UUID], Meta(min_length=1, max_length=500)]
Key = Annotated[
    str | None,
    Parameter(header="Idempotency-Key", max_length=200, description="The same key again is the same message."),
]
WRITE = Right.CONVERSATIONS_WRITE


class Address(Struct, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(min_length=1, max_length=100)]
    value: Annotated[str, Meta(min_length=1, max_length=500)]


class ToSay(Struct, frozen=True, kw_only=True):
    """`source` and `to`: another way than the one the person used last. It goes out after `undo` seconds, and until then it
    can be withdrawn. `close`: and that is that."""

    text: Text = ""
    html: Annotated[str, Meta(max_length=400_000)] | None = None
    subject: Short | None = None
    files: Annotated[list[File], Meta(max_length=attachments.MOST)] = []
    source: Short = ""
    to: Address | None = None
    undo: Annotated[float, Meta(ge=0, le=3600)] = 0.0
    close: bool = False


class Noted(Struct, frozen=True, kw_only=True):
    """`mentions`: ids of members who shall see it."""

    text: Text
    mentions: Annotated[list[UUID], Meta(max_length=100)] = []
    files: Annotated[list[File], Meta(max_length=attachments.MOST)] = []


class Assigned(Struct, frozen=True, kw_only=True):
    """null takes it away; what is not sent stays."""

    member: UUID | UnsetType | None = UNSET
    team: Short | UnsetType | None = UNSET
    reason: Short = ""


class Because(Struct, frozen=True, kw_only=True):
    reason: Short = ""


class Snoozed(Struct, frozen=True, kw_only=True):
    until: Annotated[datetime, Meta(tz=True)]
    reason: Short = ""


class Tagged(Struct, frozen=True, kw_only=True):
    add: Tags = []
    remove: Tags = []


class Priority(Struct, frozen=True, kw_only=True):
    """-1 low, 0 normal, 1 high, 2 urgent."""

    priority: Annotated[int, Meta(ge=-1, le=2)]


class Titled(Struct, frozen=True, kw_only=True):
    subject: Short


class Others(Struct, frozen=True, kw_only=True):
    """Conversations whose messages are taken in."""

    conversations: Ids


class Leaving(Struct, frozen=True, kw_only=True):
    """Messages that leave."""

    messages: Ids


class Change(Struct, frozen=True, kw_only=True):
    """A merge, a split or a parting, as `moved` of the conversation names it."""

    change: UUID


class ReadUntil(Struct, frozen=True, kw_only=True):
    """`until` is a position of the log; `member` is who has read, without one it is the person."""

    until: Annotated[int, Meta(ge=0, le=2**53)]
    member: UUID | None = None


@does("/conversations/{id:uuid}/answer", WRITE, 404, 409)
def answer_conversation(
    request: Ask, id: UUID, data: ToSay, database: Database, registry: Registry, key: Key = None
) -> Response[Accepted]:
    """Say something to the person, on the channel that they used last or another. `id` of the answer is the message's."""

    def say(tx: Transaction) -> UUID:
        message = act.answer(
            tx,
            id,
            _draft(tx, data),
            ways(tx, registry),
            by=by(request),
            undo=data.undo,
            key=f"{by(request)} {key}" if key else None,
        )
        if data.close:
            act.close(tx, id, by=by(request), reason="answered")
        return message

    return _done(request, database, say, lambda event: event)


@does("/conversations", WRITE, 404, 409)
def begin_conversation(
    request: Ask, data: ToSay, database: Database, registry: Registry, key: Key = None
) -> Response[Accepted]:
    """Write to somebody first: `source` and `to` are needed. `id` of the answer is the conversation's."""

    def say(tx: Transaction) -> UUID:
        named = f"{by(request)} {key}" if key else None
        return act.begin(tx, _draft(tx, data), ways(tx, registry), by=by(request), undo=data.undo, key=named)

    return _done(request, database, say, act.conversation_of)


@does("/conversations/{id:uuid}/notes", WRITE, 404, 409)
def note_conversation(request: Ask, id: UUID, data: Noted, database: Database, key: Key = None) -> Response[Accepted]:
    """Write something that only we see."""
    named = f"{by(request)} {key}" if key else None
    return _done(
        request,
        database,
        lambda tx: act.note(
            tx,
            id,
            data.text,
            by=by(request),
            mentions=data.mentions,
            files=attachments.named(tx, data.files),
            key=named,
        ),
        lambda event: event,
    )


@does("/conversations/{id:uuid}/assign", WRITE, 404)
def assign_conversation(request: Ask, id: UUID, data: Assigned, database: Database) -> Response[Accepted]:
    """Give it to a member, a team or both."""
    return _done(
        request,
        database,
        lambda tx: act.assign(tx, id, by=by(request), member=data.member, team=data.team, reason=data.reason),
    )


@does("/conversations/{id:uuid}/close", WRITE, 404)
def close_conversation(request: Ask, id: UUID, data: Because, database: Database) -> Response[Accepted]:
    """Nothing more to do; an answer of the person within a week opens it again."""
    return _done(request, database, lambda tx: act.close(tx, id, by=by(request), reason=data.reason))


@does("/conversations/{id:uuid}/reopen", WRITE, 404)
def reopen_conversation(request: Ask, id: UUID, data: Because, database: Database) -> Response[Accepted]:
    """Open it again."""
    return _done(request, database, lambda tx: act.reopen(tx, id, by=by(request), reason=data.reason))


@does("/conversations/{id:uuid}/lift", WRITE, 404, 409)
def lift_conversation(request: Ask, id: UUID, data: Because, database: Database) -> Response[Accepted]:
    """Write again to its address, from which something came back for good."""
    return _done(request, database, lambda tx: act.lift(tx, id, by=by(request)))


@does("/conversations/{id:uuid}/snooze", WRITE, 404)
def snooze_conversation(request: Ask, id: UUID, data: Snoozed, database: Database) -> Response[Accepted]:
    """Out of sight until a moment, or until the person writes."""
    return _done(request, database, lambda tx: act.snooze(tx, id, data.until, by=by(request), reason=data.reason))


@does("/conversations/{id:uuid}/tags", WRITE, 404)
def tag_conversation(request: Ask, id: UUID, data: Tagged, database: Database) -> Response[Accepted]:
    """Add tags and take others away."""
    return _done(request, database, lambda tx: act.tag(tx, id, by=by(request), add=data.add, remove=data.remove))


@does("/conversations/{id:uuid}/priority", WRITE, 404)
def prioritise_conversation(request: Ask, id: UUID, data: Priority, database: Database) -> Response[Accepted]:
    """How urgent it is."""
    return _done(request, database, lambda tx: act.prioritise(tx, id, data.priority, by=by(request)))


@does("/conversations/{id:uuid}/title", WRITE, 404)
def title_conversation(request: Ask, id: UUID, data: Titled, database: Database) -> Response[Accepted]:
    """What it is about."""
    return _done(request, database, lambda tx: act.title(tx, id, data.subject, by=by(request)))


@does("/conversations/{id:uuid}/merge", WRITE, 404, 409)
def merge_conversations(request: Ask, id: UUID, data: Others, database: Database) -> Response[Accepted]:
    """Take in the messages of others. `id` of the answer takes it back."""
    return _done(
        request, database, lambda tx: act.merge(tx, id, data.conversations, by=by(request)), lambda event: event
    )


@does("/conversations/{id:uuid}/split", WRITE, 404, 409)
def split_conversation(request: Ask, id: UUID, data: Leaving, database: Database) -> Response[Accepted]:
    """Make messages a conversation of their own, whose id is the `id` of the answer; `event` takes it back."""
    return _done(request, database, lambda tx: act.split(tx, id, data.messages, by=by(request)), act.conversation_of)


@does("/conversations/restore", WRITE, 404, 409)
def restore_conversation(request: Ask, data: Change, database: Database) -> Response[Accepted]:
    """Take a merge, a split or a parting back. What arrived since stays where it is."""
    return _done(request, database, lambda tx: act.restore(tx, data.change, by=by(request)))


@does("/conversations/{id:uuid}/read", WRITE, 404)
def mark_conversation_read(request: Ask, id: UUID, data: ReadUntil, database: Database) -> Response[Accepted]:
    """Somebody has read up to here."""
    who = f"member:{data.member}" if data.member else "person"
    return _done(request, database, lambda tx: act.mark_read(tx, id, data.until, by=who))


@does("/messages/{id:uuid}/withdraw", WRITE, 404, 409)
def withdraw_message(request: Ask, id: UUID, database: Database) -> Response[Accepted]:
    """Undo send, as long as it is not out."""
    return _done(request, database, lambda tx: act.withdraw(tx, id, by=by(request)))


@does("/messages/{id:uuid}/send-again", WRITE, 404, 409)
def send_message_again(request: Ask, id: UUID, database: Database) -> Response[Accepted]:
    """For a message that failed, or of which nobody knows whether it went out."""
    return _done(request, database, lambda tx: act.send_again(tx, id, by=by(request)))


def _draft(tx: Transaction, said: ToSay) -> Draft:
    return Draft(
        text=said.text,
        html=said.html,
        subject=said.subject,
        files=attachments.named(tx, said.files),
        source=said.source,
        to=Identity(said.to.kind, said.to.value) if said.to else None,
    )


def _done(
    request: Ask,
    database: Database,
    do: Callable[[Transaction], UUID],
    names: Callable[[UUID], UUID] | None = None,
) -> Response[Any]:
    with database.transaction() as tx:
        event = do(tx)
    return answered(waited(request, database, event, names(event) if names else None))


ACTS = [
    answer_conversation,
    begin_conversation,
    note_conversation,
    assign_conversation,
    close_conversation,
    reopen_conversation,
    lift_conversation,
    snooze_conversation,
    tag_conversation,
    prioritise_conversation,
    title_conversation,
    merge_conversations,
    split_conversation,
    restore_conversation,
    mark_conversation_read,
    withdraw_message,
    send_message_again,
]
