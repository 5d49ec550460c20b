"""Sends what was written: the doer of the action "message.send". It looks again, fits the message to its channel, sends
each piece once, and says what became of it.

Every piece is noted before it is handed over and after the channel answered. What was cut off in between is sent again only
where the channel knows its key; else the message is unknown, and a person decides.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.conversations import act, fallback, hear, links, reading, returned, tokens
from hark.conversations.channels import Way, ways
from hark.conversations.standing import RANK
from hark.errors import Misconfigured, NotFound, Rejected, Retry, Unknown
from hark.events import files
from hark.events.log import read_at
from hark.events.record import wait_for
from hark.kit.clock import Clock, now
from hark.model import Attached, Conversation, Decision, Message, Outgoing, Receipt
from hark.registry import Registry
from hark.store import Database, Queries, Transaction

queries = Queries(__file__, "deliver.sql")
PATIENCE = 2.0  # seconds to wait for the path to know the message
GIVE_UP = timedelta(hours=10)  # a message that could not be handed over for so long has failed
REFERENCES = 20
RETURNED = "what was sent to this address came back for good, so nothing more is sent until that is lifted"


class Post(Struct, frozen=True, kw_only=True):
    """What sending works with. `url` is how people reach this installation, for links to files."""

    database: Database
    registry: Registry
    http: Any
    salt: bytes
    url: str
    clock: Clock = now


class _Parcel(Struct, frozen=True):
    """A message that is to go out now, and how. No pieces: the person's client fetches it."""

    message: Message
    conversation: Conversation
    way: Way | None
    pieces: list[Outgoing]


def send(decision: Decision, post: Post) -> None:
    """Repeatable: what is out already does not go out again."""
    parameters = decision.action.parameters
    id, attempt = UUID(parameters["message"]), int(parameters.get("attempt", 0))
    known = wait_for(post.database, UUID(parameters["event"]), PATIENCE)
    with post.database.transaction() as tx:
        message = _look_again(tx, id, attempt, known)
        if message is None:
            return
        parcel, blocked = _parcel(tx, message, decision.id, post), returned.blocking(tx, message.address)
    try:
        if blocked and parcel.pieces:
            raise Rejected(f"{RETURNED}: {blocked}")
        receipts = [_once(piece, parcel, post) for piece in parcel.pieces]
        if parcel.way is None:
            raise Misconfigured("source", "the channel of this message is not connected any more")
    except Retry as busy:
        if post.clock() - parcel.message.at > GIVE_UP:
            _tell(parcel, post, Receipt(state="failed", detail=f"given up: {busy}"))
            raise Rejected(f"given up: {busy}") from busy
        raise
    except (Rejected, Misconfigured) as wrong:
        _tell(parcel, post, Receipt(state="failed", detail=str(wrong)))
        raise
    except Unknown as lost:
        _tell(parcel, post, Receipt(state="unknown", detail=str(lost)))
        raise
    least = min(receipts, key=lambda receipt: RANK[receipt.state], default=Receipt())
    first = receipts[0].external_id if receipts else None
    _tell(parcel, post, Receipt(state=least.state, detail=least.detail, external_id=first))


def _look_again(tx: Transaction, id: UUID, attempt: int, known: bool) -> Message | None:
    """The message, where it is still to be sent. Retry: the path does not know it yet."""
    try:
        message = reading.message(tx, id)
    except NotFound:
        if known:
            raise Rejected("this message is not here any more") from None
        raise Retry("the path has not come to this message yet", after=1) from None
    if message.attempt < attempt:
        raise Retry("the path has not come to this message yet", after=1)
    if message.attempt > attempt or message.state != "queued":
        return None  # withdrawn, out already, or sent again by another decision
    if message.automatic and tx.value(queries.answered_since, conversation=message.conversation, at=message.at):
        raise Rejected("somebody answered meanwhile")
    return message


def _parcel(tx: Transaction, message: Message, key: UUID, post: Post) -> _Parcel:
    conversation = reading.conversation(tx, message.conversation)
    way = ways(tx, post.registry).get(message.source)
    if way is None or message.address is None or way.abilities.pulled:
        return _Parcel(message, conversation, way, [])
    kept = _files(tx, message)
    outgoing = Outgoing(
        key=key,
        token=tokens.sign(post.salt, tx.value(queries.origin, id=message.id), message.id),
        text=message.text,
        html=message.html,
        subject=message.subject or conversation.subject,
        files=tuple(attached for _, attached in kept),
        buttons=message.buttons,
        references=_references(tx, message),
        sender=_sender(tx, message),
        written_to=_written_to(tx, message),
        language=message.language or conversation.language,
        automatic=message.automatic,
    )
    names = {id(attached): file for file, attached in kept}

    def link(attached: Attached) -> str:
        return f"{post.url}/files/{links.sign(post.salt, message.id, names[id(attached)], post.clock())}"

    return _Parcel(message, conversation, way, fallback.fit(outgoing, way.abilities, link))


def _files(tx: Transaction, message: Message) -> list[tuple[str, Attached]]:
    """The bytes of what goes along; what is quarantined stays here."""
    kept = []
    for file in message.files:
        body = None if files.state(tx, file.id) == "quarantined" else files.body(tx, file.id)
        if body is not None:
            attached = Attached(name=file.name, media_type=file.media_type, body=body, inline=file.inline)
            kept.append((file.id, attached))
    return kept


def _references(tx: Transaction, message: Message) -> tuple[str, ...]:
    rows = tx.tuples(
        queries.references, conversation=message.conversation, source=message.source, at=message.at, limit=REFERENCES
    )
    return tuple(row[0] for row in reversed(rows))


def _written_to(tx: Transaction, message: Message) -> tuple[str, ...]:
    """The addresses of the last message that the person sent to this account."""
    last = tx.value(queries.last_heard, conversation=message.conversation, source=message.source, at=message.at)
    found = read_at(tx, [last]) if last is not None else []
    return tuple(who.value for event in found for who in (*hear.addressed(event), *hear.addressed(event, "cc")))


def _sender(tx: Transaction, message: Message) -> str | None:
    kind, _, id = message.author.partition(":")
    if kind != "member":
        return id.replace("_", " ").title() or None
    name: str | None = tx.value(queries.member_name, id=id)
    return name


def _once(piece: Outgoing, parcel: _Parcel, post: Post) -> Receipt:
    """Hand over one piece, noted before and after."""
    way, message = parcel.way, parcel.message
    assert way is not None
    assert message.address is not None
    if (receipt := _begin(piece, parcel, post)) is not None:
        return receipt
    try:
        config = post.registry[way.source.plugin].config(way.source.settings)
        given: Receipt = way.send.send(piece, message.address, config, post.http)
    except (Retry, Rejected, Misconfigured):
        # The channel says that it did not take it.
        with post.database.transaction() as tx:
            tx.run(queries.forget_sending, key=piece.key)
        raise
    with post.database.transaction() as tx:
        tx.run(
            queries.note_sending, key=piece.key, state=given.state, external_id=given.external_id, detail=given.detail
        )
    return given


def _begin(piece: Outgoing, parcel: _Parcel, post: Post) -> Receipt | None:
    """None where it is to be handed over now; else what the channel answered before. Unknown: nobody knows."""
    with post.database.transaction() as tx:
        row = tx.one(queries.read_sending, key=piece.key)
        if row is None:
            tx.run(queries.begin_sending, key=piece.key, message=parcel.message.id, at=post.clock())
            return None
    if row["state"] != "sending":
        return Receipt(state=row["state"], external_id=row["external_id"], detail=row["detail"])
    if parcel.way and parcel.way.repeatable:
        return None
    raise Unknown("cut off while it was sent: whether it arrived is not known")


def _tell(parcel: _Parcel, post: Post, receipt: Receipt) -> None:
    """An event like any other; the same again changes nothing."""
    with post.database.transaction() as tx:
        act.deliver(tx, parcel.message, parcel.conversation, receipt)
