"""What is done with conversations by hand, by rules and by bots: each an event of our own that goes down the one path.

`by` says who: "member:<id>", "bot:<name>", "rule:<name>". An answer is also a decision, carried out by a durable job;
until it is out it can be withdrawn.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations import hear, reading, returned
from hark.conversations.channels import Way
from hark.errors import Misconfigured, NotFound, Rejected
from hark.events import decisions
from hark.events.record import own, record_own
from hark.kit import clock
from hark.kit.ids import derived
from hark.model import Action, Conversation, Decision, File, Identity, Message, Receipt
from hark.store import Queries, Transaction

queries = Queries(__file__, "act.sql")
SEND = "message.send"


class Draft(Struct, frozen=True, kw_only=True):
    """What is to be said. `source` and `to`: another way than the one the person used last."""

    text: str = ""
    html: str | None = None
    subject: str | None = None
    files: tuple[File, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    source: str = ""
    to: Identity | None = None
    language: str | None = None
    automatic: bool = False


def answer(
    tx: Transaction,
    conversation: UUID,
    draft: Draft,
    ways: dict[str, Way],
    *,
    by: str,
    undo: float = 0.0,
    key: str | None = None,
) -> UUID:
    """Say it where the person was last; it goes out after `undo` seconds. The message's id, the same for the same key."""
    known = reading.conversation(tx, conversation)
    to, source = draft.to or known.to, draft.source or known.source
    return _say(tx, draft, ways, to, source, by=by, undo=undo, key=key, known=known)


def begin(
    tx: Transaction, draft: Draft, ways: dict[str, Way], *, by: str, undo: float = 0.0, key: str | None = None
) -> UUID:
    """Write first: a new conversation, whose id is `conversation_of` the message's."""
    return _say(tx, draft, ways, draft.to, draft.source, by=by, undo=undo, key=key)


def conversation_of(message: UUID) -> UUID:
    """The conversation that a message began."""
    return derived("conversation", str(message))


def note(
    tx: Transaction,
    conversation: UUID,
    text: str,
    *,
    by: str,
    mentions: Sequence[UUID] = (),
    files: Sequence[File] = (),
    key: str | None = None,
) -> UUID:
    """For ourselves only; nobody outside sees it."""
    known = reading.conversation(tx, conversation)
    if not text.strip() and not files:
        raise Rejected("a note needs a text or a file")
    if (before := _taken(tx, key)) is not None:
        return before
    said = {"text": _within(text), "files": _plain(files), "note": True, "author": by, "mentions": list(mentions)}
    return _keep(tx, key, _record(tx, known, hear.WRITTEN, by, said))


def assign(
    tx: Transaction,
    conversation: UUID,
    *,
    by: str,
    member: UUID | msgspec.UnsetType | None = msgspec.UNSET,
    team: str | msgspec.UnsetType | None = msgspec.UNSET,
    reason: str = "",
) -> UUID:
    """To a member, a team or both; None takes it away, what is not given stays."""
    said: dict[str, Any] = {"reason": reason}
    if member is not msgspec.UNSET:
        said["member"] = member
    if team is not msgspec.UNSET:
        said["team"] = team
    return _change(tx, conversation, "conversation.assigned", by, **said)


def close(tx: Transaction, conversation: UUID, *, by: str, reason: str = "") -> UUID:
    return _change(tx, conversation, "conversation.closed", by, reason=reason)


def reopen(tx: Transaction, conversation: UUID, *, by: str, reason: str = "") -> UUID:
    return _change(tx, conversation, "conversation.reopened", by, reason=reason)


def snooze(tx: Transaction, conversation: UUID, until: datetime, *, by: str, reason: str = "") -> UUID:
    """Out of sight until then; an answer of the person brings it back earlier."""
    if until <= clock.now():
        raise Rejected("that moment is past already")
    return _change(tx, conversation, "conversation.snoozed", by, until=until.isoformat(), reason=reason)


def tag(tx: Transaction, conversation: UUID, *, by: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> UUID:
    return _change(tx, conversation, "conversation.tagged", by, tags={"add": list(add), "remove": list(remove)})


def prioritise(tx: Transaction, conversation: UUID, priority: int, *, by: str) -> UUID:
    """-1 low, 0 normal, 1 high, 2 urgent."""
    if not -1 <= priority <= 2:
        raise Rejected("a priority is -1 (low), 0 (normal), 1 (high) or 2 (urgent)")
    return _change(tx, conversation, "conversation.prioritised", by, priority=priority)


def title(tx: Transaction, conversation: UUID, subject: str, *, by: str) -> UUID:
    return _change(tx, conversation, "conversation.titled", by, subject=subject)


def merge(tx: Transaction, conversation: UUID, others: Sequence[UUID], *, by: str) -> UUID:
    """Take the others' messages in. The id takes it back with `restore`."""
    known = reading.conversation(tx, conversation)
    found = {reading.conversation(tx, other).id for other in others} - {known.id}
    if not found:
        raise Rejected("a conversation cannot be merged with itself", status=409)
    return _record(tx, known, hear.MERGED, by, {"from": sorted(found)})


def split(tx: Transaction, conversation: UUID, messages: Sequence[UUID], *, by: str) -> UUID:
    """Take messages out into a conversation of their own: `conversation_of` the id, which also takes it back."""
    known = reading.conversation(tx, conversation)
    inside = tx.value(queries.how_many_of, conversation=known.id, messages=list(messages))
    if inside != len(set(messages)) or not messages:
        raise Rejected("these are not all messages of this conversation")
    if inside == tx.value(queries.how_many, conversation=known.id):
        raise Rejected("choose some of the messages, not all")
    return _record(tx, known, hear.SPLIT, by, {"messages": list(messages)})


def restore(tx: Transaction, change: UUID, *, by: str) -> UUID:
    """Take a merge, a split or a parting back; what arrived since stays where it is."""
    row = tx.one(queries.change, id=change)
    if row is None:
        raise NotFound(f"there is no change {change}")
    if row["restored_at"] is not None:
        raise Rejected("this was taken back already", status=409)
    known = reading.conversation(tx, row["conversation"])
    return _record(tx, known, hear.RESTORED, by, {"change": change})


def mark_read(tx: Transaction, conversation: UUID, until: int, *, by: str) -> UUID:
    """Somebody of ours ("member:<id>") or the person ("person") has read up to this position of the log."""
    return _change(tx, conversation, hear.READ, by, until=until)


def mark_unread(tx: Transaction, conversation: UUID, *, by: str) -> UUID:
    """Somebody of ours wants to look again: what the person wrote last is new to them. Rejected where they wrote nothing."""
    said, _ = reading.thread(tx, reading.conversation(tx, conversation).id)
    theirs = [message.position for message in said if message.direction == "in"]
    if not theirs:
        raise Rejected("nothing of theirs stands here that could be new")
    return _change(tx, conversation, hear.READ, by, until=max(theirs) - 1, unread=True)


def withdraw(tx: Transaction, message: UUID, *, by: str) -> UUID:
    """Undo send. Rejected where it is out already."""
    held = decisions.take(tx, _number(message, 0))
    if held is None or held[1] != "queued":
        raise Rejected("this message is out already", status=409)
    decisions.stand(tx, held[0].id, "dropped", f"withdrawn by {by}")
    about = tuple(Identity(kind, value) for kind, value in held[0].action.parameters.get("identities", ()))
    event = own(hear.WITHDRAWN, by=by, message_id=f"withdrawn-{message}", identities=about)
    event = msgspec.structs.replace(event, properties={**event.properties, "message": message})
    return record_own(tx, [event])[0]


def send_again(tx: Transaction, message: UUID, *, by: str) -> UUID:
    """For what failed, or for what nobody knows whether it went out."""
    known = reading.message(tx, message)
    if known.state not in ("failed", "unknown"):
        raise Rejected("only a message that failed can be sent again", status=409)
    conversation, attempt = reading.conversation(tx, known.conversation), known.attempt + 1
    said = {"message": message, "state": "queued", "again": True, "attempt": attempt}
    event = _record(tx, conversation, hear.DELIVERY, by, said)
    if not _decide(tx, message, attempt, conversation, by, clock.now(), event):
        raise Rejected("this message is being sent again already", status=409)
    return event


def lift(tx: Transaction, conversation: UUID, *, by: str) -> UUID:
    """Write again to the address of this conversation, although something came back from there."""
    known = reading.conversation(tx, conversation)
    if returned.blocking(tx, known.to) is None or known.to is None:
        raise Rejected("nothing that stands came back from this address", status=409)
    return _record(
        tx, known, hear.LIFTED, by, {"address": {"kind": known.to.kind, "value": known.to.value}}, to=known.to
    )


def deliver(tx: Transaction, message: Message, conversation: Conversation, receipt: Receipt) -> UUID:
    """What became of a message that we sent."""
    said: dict[str, Any] = {"message": message.id, "state": receipt.state, "source": message.source}
    said |= {"detail": receipt.detail[:2000]} if receipt.detail else {}
    said |= {"external_id": receipt.external_id} if receipt.external_id else {}
    once = f"delivery-{message.id}-{message.attempt}-{receipt.state}"
    return _record(tx, conversation, hear.DELIVERY, "", said, once=once)


def _say(
    tx: Transaction,
    draft: Draft,
    ways: dict[str, Way],
    to: Identity | None,
    source: str,
    *,
    by: str,
    undo: float,
    key: str | None,
    known: Conversation | None = None,
) -> UUID:
    if not draft.text.strip() and not draft.files:
        raise Rejected("a message needs a text or a file")
    way = ways.get(source)
    if way is None:
        raise Misconfigured("source", "the channel of this conversation is not connected any more; choose another one")
    if to is None:
        raise Rejected("nobody knows where to send this: choose an address")
    if (before := _taken(tx, key)) is not None:
        return before
    pulled = way.abilities.pulled and undo <= 0
    said: dict[str, Any] = {
        "text": _within(draft.text),
        "channel": way.channel,
        "source": way.source.id,
        "to": [{"kind": to.kind, "value": to.value}],
        "author": by,
        "files": _plain(draft.files),
    }
    for name in ("html", "subject", "language"):
        if value := getattr(draft, name):
            said[name] = value
    said |= {"automatic": True} if draft.automatic else {}
    said |= {"pulled": True} if pulled else {}
    said |= {"buttons": [list(button) for button in draft.buttons]} if draft.buttons else {}
    event = _record(tx, known, hear.WRITTEN, by, said, to=to)
    if not pulled:
        _decide(tx, event, 0, known, by, clock.now() + timedelta(seconds=undo), event)
    return _keep(tx, key, event)


def _decide(
    tx: Transaction, message: UUID, attempt: int, known: Conversation | None, by: str, due: datetime, event: UUID
) -> bool:
    person = tx.value(queries.person_of, anchor=known.anchor) if known and known.anchor else None
    about = [[one.kind, one.value] for one in _about(known)] if known else []
    parameters = {"message": str(message), "attempt": attempt, "event": str(event), "identities": about}
    decision = Decision(
        id=_number(message, attempt),
        event=message,
        decider=by,
        action=Action(name=SEND, parameters=parameters),
        person=person,
    )
    return decisions.carry_out(tx, decision, clock.now(), due)


def _number(message: UUID, attempt: int) -> UUID:
    return derived(str(message), "conversations", SEND, str(attempt))


def _change(tx: Transaction, conversation: UUID, name: str, by: str, **said: Any) -> UUID:
    return _record(tx, reading.conversation(tx, conversation), name, by, said)


def _record(
    tx: Transaction,
    known: Conversation | None,
    name: str,
    by: str,
    said: dict[str, Any],
    *,
    to: Identity | None = None,
    once: str | None = None,
) -> UUID:
    properties = {**said}
    if known is not None:
        properties["conversation"] = known.id
    fields: dict[str, Any] = {"message_id": once} if once else {}
    about = _about(known) or ((to,) if to else ())
    channel = properties.get("channel") or (known.channel if known else "server")
    event = own(name, by=by, identities=about, channel=channel, **fields)
    plain = msgspec.to_builtins({**event.properties, **properties})
    return record_own(tx, [msgspec.structs.replace(event, properties=plain)])[0]


def _about(known: Conversation | None) -> tuple[Identity, ...]:
    """The log names an identity, never a person."""
    return (Identity("id", str(known.anchor)),) if known and known.anchor else ()


def _within(text: str) -> str:
    if len(text) > hear.LONGEST:
        raise Rejected(f"a message has at most {hear.LONGEST:,} letters")
    return text


def _plain(files: Sequence[File]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = msgspec.to_builtins(list(files))
    return plain


def said_before(tx: Transaction, key: str) -> bool:
    """Whether something was said under this key."""
    return _taken(tx, key) is not None


def _taken(tx: Transaction, key: str | None) -> UUID | None:
    """What was said under this key before. The key is held until the transaction ends."""
    if key is None:
        return None
    tx.run(queries.hold_key, key=key)
    found: UUID | None = tx.value(queries.message_of_key, key=key)
    return found


def _keep(tx: Transaction, key: str | None, message: UUID) -> UUID:
    if key is not None:
        tx.run(queries.keep_key, key=key, message=message, at=clock.now())
    return message
