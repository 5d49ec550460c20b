"""Asking about conversations: one, its thread page by page, everything of a person, and what changed since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from hark.conversations.standing import Saying, Standing
from hark.errors import NotFound
from hark.events import files
from hark.kit.clock import instant
from hark.model import Conversation, Message
from hark.store import Queries, Transaction

queries = Queries(__file__, "reading.sql")
MOST = 500


class Row(Struct, frozen=True, kw_only=True):
    """A conversation in a list, with whose it is now. `name`: the person's, else what they call themselves in what they
    wrote last; `unread`: by the reader who asked."""

    conversation: Conversation
    person: UUID | None
    name: str | None
    segments: tuple[str, ...] = ()
    unread: bool = False


class Counts(Struct, frozen=True, kw_only=True):
    open: int
    waiting: int
    snoozed: int
    mine: int
    unassigned: int
    mentions: int


class Changes(Struct, frozen=True, kw_only=True):
    """What events of a stretch of the log changed, as it stands now. `until` is how far this tells: less than was asked for
    where there is too much for one answer."""

    conversations: list[Conversation]
    messages: list[Message]
    until: int


class Change(Struct, frozen=True, kw_only=True):
    """Messages that were moved; `moved` says which came out of where."""

    id: UUID
    kind: str
    conversation: UUID
    moved: dict[str, list[str]]
    at: datetime
    by: str
    restored_at: datetime | None = None


def conversation(tx: Transaction, id: UUID) -> Conversation:
    """Also under the id of one that was merged into it. NotFound where there is none."""
    row = tx.one(queries.conversation, id=id)
    if row is None:
        raise NotFound(f"there is no conversation {id}")
    return standing(row)


def called(tx: Transaction, conversation: UUID) -> str | None:
    """The person's name; where it is not known, what they call themselves in what they wrote last."""
    name: str | None = tx.value(queries.called, id=conversation)
    return name


def message(tx: Transaction, id: UUID) -> Message:
    row = tx.one(queries.message, id=id)
    if row is None:
        raise NotFound(f"there is no message {id}")
    return judged(tx, [saying(row)])[0]


def judged(tx: Transaction, messages: list[Message]) -> list[Message]:
    """With their files as they stand now: what was not checked when it arrived may be held back since, or released."""
    ids = sorted({file.id for one in messages for file in one.files})
    states = files.states(tx, ids) if ids else {}
    if not states:
        return messages
    return [
        replace(one, files=tuple(replace(file, state=states.get(file.id, file.state)) for file in one.files))
        if one.files
        else one
        for one in messages
    ]


def standing(row: dict[str, Any]) -> Conversation:
    return Standing(**row).conversation()


def saying(row: dict[str, Any]) -> Message:
    return Saying(**row).message()


def whole(tx: Transaction, message: UUID) -> str | None:
    """The text with everything that it quotes, as it arrived."""
    row = tx.one(queries.whole, message=message)
    return row["whole"] if row else None


def thread(
    tx: Transaction, conversation: UUID, limit: int = 50, before: str | None = None
) -> tuple[list[Message], str | None]:
    """The newest messages, oldest first; the second value goes on to older ones, None at the beginning."""
    at, position = _place(before)
    rows = tx.all(queries.thread, conversation=conversation, at=at, position=position, limit=limit + 1)
    return _page_of(tx, rows, limit)


def stream(
    tx: Transaction, person: UUID, limit: int = 50, before: str | None = None
) -> tuple[list[Message], str | None]:
    """Every message of every conversation of a person, as one thread."""
    at, position = _place(before)
    rows = tx.all(queries.stream, person=person, at=at, position=position, limit=limit + 1)
    return _page_of(tx, rows, limit)


def of_person(tx: Transaction, person: UUID, limit: int = 100) -> list[Conversation]:
    """The newest first: that is the one to answer in."""
    return [standing(row) for row in tx.all(queries.of_person, person=person, limit=limit)]


def counts(tx: Transaction, member: UUID | None) -> Counts:
    """What stands beside the views of an inbox."""
    row = tx.one(queries.counts, member=member)
    assert row is not None
    return Counts(**row)


def changes(tx: Transaction, since: int, until: int) -> Changes:
    """What events after `since`, up to `until`, changed."""
    conversations = tx.all(queries.changed_conversations, since=since, until=until, limit=MOST)
    messages = tx.all(queries.changed_messages, since=since, until=until, limit=MOST)
    if len(conversations) == MOST:
        until = min(until, conversations[-1]["position"] - 1)
    if len(messages) == MOST:
        until = min(until, messages[-1]["changed"] - 1)
    return Changes(
        conversations=[standing(row) for row in conversations if row["position"] <= until],
        messages=judged(tx, [saying(row) for row in messages if row["changed"] <= until]),
        until=until,
    )


def moved(tx: Transaction, conversation: UUID) -> list[Change]:
    """What was merged into a conversation and split from it, the newest first."""
    return [Change(**row) for row in tx.all(queries.changes_of, conversation=str(conversation))]


def seen(tx: Transaction, conversation: UUID) -> dict[str, int]:
    """How far members have read, by "member:<id>"."""
    return dict(tx.tuples(queries.seen, conversation=conversation))


def _page_of(tx: Transaction, rows: Sequence[dict[str, Any]], limit: int) -> tuple[list[Message], str | None]:
    messages = judged(tx, [saying(row) for row in rows[:limit]])
    last = messages[-1] if len(rows) > limit else None
    return messages[::-1], f"{last.at.isoformat()}~{last.position}" if last else None


def read_row(row: dict[str, Any]) -> Row:
    more = {name: row.pop(name) for name in ("person", "name", "segments", "unread")}
    more["segments"] = tuple(more["segments"] or ())
    return Row(conversation=standing(row), **more)


def _place(before: str | None) -> tuple[Any, int]:
    if not before:
        return "infinity", 2**62
    moment, _, position = before.replace(" ", "+").partition("~")  # an address writes a plus as a space
    at = instant(moment)
    if at is None or not position.isdigit():
        raise NotFound("there is no such page: `before` is what an earlier answer gave as `next`")
    return at, min(int(position), 2**62)


def row_place(before: str | None) -> tuple[Any, UUID]:
    if not before:
        return "infinity", UUID(int=2**128 - 1)
    moment, _, id = before.replace(" ", "+").partition("~")
    at = instant(moment)
    try:
        place = UUID(id)
    except ValueError:
        at = None
    if at is None:
        raise NotFound("there is no such page: `before` is what an earlier answer gave as `next`")
    return at, place
