"""What live screens watch of conversations: `inbox`, every conversation as it changes, and `conversation:<id>` with its
messages. A change carries the row as it is now, so that it may be told twice; `left` names messages that were moved."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import msgspec

from hark.conversations import reading
from hark.conversations.hear import id_of
from hark.model import Conversation, Message
from hark.store import Queries, Transaction
from hark.web.live import Change, Offer
from hark.web.rights import Right

queries = Queries(__file__, "live.sql")
INBOX, ONE, LEFT = "inbox", "conversation", "left"


def feed(tx: Transaction, after: int, until: int, topics: frozenset[str] | None, limit: int) -> Iterable[Change]:
    """Oldest first; html stays behind, it is fetched with the message."""
    ids = None if topics is None else [id for topic in topics if (id := _named(topic))]
    everything = topics is None or INBOX in topics
    span = {"after": after, "until": until, "limit": limit}
    found: list[tuple[int, Change]] = []
    for row in tx.all(queries.conversations, ids=None if everything else ids, **span):
        known = reading.standing(row)
        data = {"conversation": msgspec.to_builtins(known)}
        found += [(known.position, Change(topic, ONE, data)) for topic in _topics(known, everything)]
    if topics is None or ids:
        for row in tx.all(queries.messages, ids=ids, **span):
            changed, said = row["changed"], reading.saying(row)
            found.append((changed, Change(f"{ONE}:{said.conversation}", "message", {"message": _shown(said)})))
    if topics is None or ids:
        found += _moved(tx, after, until)
    # What left is told before what came: a message that was moved twice is in the end where it is.
    found.sort(key=lambda pair: (pair[0], pair[1].kind != LEFT))
    wanted = (change for _, change in found if topics is None or change.topic in topics)
    return list(wanted)[:limit]


def _moved(tx: Transaction, after: int, until: int) -> Iterator[tuple[int, Change]]:
    """Messages that are in another conversation now: {messages, to}."""
    for row in tx.all(queries.moved, after=after, until=until):
        there = str(row["conversation"])
        for before, messages in row["moved"].items():
            left, to = (before, there) if row["restored_at"] is None else (there, before)
            yield row["position"], Change(f"{ONE}:{left}", LEFT, {"messages": messages, "to": to})


OFFER = Offer(rights={INBOX: Right.CONVERSATIONS_READ, ONE: Right.CONVERSATIONS_READ}, feed=feed)


def _topics(known: Conversation, everything: bool) -> list[str]:
    return [*([INBOX] if everything else []), f"{ONE}:{known.id}"]


def _named(topic: str) -> UUID | None:
    word, _, id = topic.partition(":")
    return id_of(id) if word == ONE else None


def _shown(said: Message) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(said)
    return shown | {"html": said.html is not None}
