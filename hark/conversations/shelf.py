"""The conversations and messages that a batch touches: read in sets before it, written in sets behind it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations import hear, returned
from hark.conversations.standing import RANK, Saying, Standing
from hark.model import Context, Declared
from hark.store import Queries, Transaction

queries = Queries(__file__)

External = tuple[str, str]  # (source, the channel's own id)


class Wanted(Struct):
    """What has to be read for a run of events."""

    conversations: set[UUID] = msgspec.field(default_factory=set)
    messages: set[UUID] = msgspec.field(default_factory=set)
    externals: set[External] = msgspec.field(default_factory=set)
    anchors: set[UUID] = msgspec.field(default_factory=set)
    read: set[UUID] = msgspec.field(default_factory=set)
    since: datetime | None = None


class Shelf:
    def __init__(self, tx: Transaction, declared: Declared) -> None:
        self._tx = tx
        self.declared = declared
        self.conversations: dict[UUID, Standing] = {}
        self.messages: dict[UUID, Saying] = {}
        self.receipts: dict[External, tuple[str, str | None, int]] = {}
        self._by_anchor: dict[UUID, set[UUID]] = {}
        self._by_external: dict[External, UUID] = {}
        self._changed: set[UUID] = set()
        self._new: list[Saying] = []
        self._altered: set[UUID] = set()
        self._seen: dict[tuple[UUID, str], int] = {}
        self._unseen: set[tuple[UUID, str]] = set()
        self._received: set[External] = set()
        self.returns: list[returned.Return] = []
        self.lifts: list[returned.Lift] = []

    def read(self, wanted: Wanted) -> None:
        externals = sorted(wanted.externals)
        pairs = {"sources": [one for one, _ in externals], "externals": [one for _, one in externals]}
        if wanted.messages or externals:
            self._hold(self._tx.all(queries.read_messages, ids=sorted(wanted.messages), **pairs))
        if externals:
            for source, external, *said in self._tx.tuples(queries.read_receipts, **pairs):
                self.receipts[source, external] = (said[0], said[1], said[2])
        named = wanted.conversations | {saying.conversation for saying in self.messages.values()}
        if named:
            self._keep(self._tx.all(queries.read_conversations, ids=sorted(named)))
        if wanted.anchors:
            anchors = sorted(wanted.anchors)
            self._keep(self._tx.all(queries.read_of_anchors, anchors=anchors, since=wanted.since))
        if wanted.read:
            read = {standing.id for id in wanted.read if (standing := self.conversation(id))}
            self._hold(self._tx.all(queries.read_unread, conversations=sorted(read)))

    def read_all(self, conversations: Iterable[UUID]) -> None:
        """These conversations with every message that they have."""
        self._keep(self._tx.all(queries.read_conversations, ids=sorted(conversations)))
        self._hold(self._tx.all(queries.read_all_messages, conversations=sorted(self.conversations)))

    def conversation(self, id: UUID | None) -> Standing | None:
        """Where an id leads to now, after merges."""
        standing = self.conversations.get(id) if id else None
        for _ in range(100):
            if standing is None or standing.merged_into is None:
                break
            standing = self.conversations.get(standing.merged_into)
        return standing

    def of(self, anchors: Iterable[UUID]) -> Iterator[Standing]:
        """The conversations of these identities that were not merged into others."""
        for anchor in anchors:
            for id in self._by_anchor.get(anchor, ()):
                if self.conversations[id].merged_into is None:
                    yield self.conversations[id]

    def external(self, source: str, external: str) -> Saying | None:
        id = self._by_external.get((source, external))
        return self.messages.get(id) if id else None

    def of_conversation(self, conversation: UUID) -> list[Saying]:
        return [saying for saying in self.messages.values() if saying.conversation == conversation]

    def put(self, standing: Standing) -> None:
        self.conversations[standing.id] = standing
        if standing.anchor is not None:
            self._by_anchor.setdefault(standing.anchor, set()).add(standing.id)

    def change(self, standing: Standing, context: Context) -> None:
        """This event changed it: it is written, and the steps behind this one see how it stands."""
        standing.position = context.event.position
        self._changed.add(standing.id)
        context.conversation = standing.conversation()

    def say(self, saying: Saying) -> None:
        self.messages[saying.id] = saying
        self._new.append(saying)
        if saying.external_id:
            self._by_external[saying.source, saying.external_id] = saying.id

    def alter(self, saying: Saying, context: Context) -> None:
        saying.changed = context.event.position
        self._altered.add(saying.id)
        if saying.external_id:
            self._by_external[saying.source, saying.external_id] = saying.id

    def see(self, conversation: UUID, reader: str, until: int) -> None:
        key = (conversation, reader)
        self._seen[key] = max(until, self._seen.get(key, 0))

    def unsee(self, conversation: UUID, reader: str) -> None:
        """What they had seen counts no more; what they see from here on does."""
        self._seen.pop((conversation, reader), None)
        self._unseen.add((conversation, reader))

    def receive(self, external: External, state: str, detail: str | None, position: int) -> None:
        """Keep what a channel says of a message that we do not know yet."""
        before = self.receipts.get(external)
        if before is None or RANK[before[0]] < RANK[state]:
            self.receipts[external] = (state, detail, position)
            self._received.add(external)

    def write(self) -> None:
        new = {saying.id for saying in self._new}
        altered = [self.messages[id] for id in sorted(self._altered - new)]
        changed = [self.conversations[id] for id in sorted(self._changed)]
        if changed:
            self._tx.run(queries.write_conversations, rows=_json(changed))
        if self._new:
            self._tx.run(queries.add_messages, rows=_json(self._new))
        if altered:
            self._tx.run(queries.change_messages, rows=_json([_alterable(saying) for saying in altered]))
        if self._unseen:
            unseen = [{"conversation": c, "reader": r} for c, r in sorted(self._unseen)]
            self._tx.run(queries.unsee, rows=_json(unseen))
        if self._seen:
            rows = [{"conversation": c, "reader": r, "until": u} for (c, r), u in sorted(self._seen.items())]
            self._tx.run(queries.write_seen, rows=_json(rows))
        if self._received:
            rows = [_receipt(one, *self.receipts[one]) for one in sorted(self._received)]
            self._tx.run(queries.write_receipts, rows=_json(rows))
        returned.write(self._tx, self.returns, self.lifts)

    def rewrite(self, conversations: Iterable[UUID]) -> None:
        """Write these as they are now, although no event changed them."""
        self._tx.run(queries.write_conversations, rows=_json([self.conversations[id] for id in conversations]))

    def _keep(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            if row["id"] not in self.conversations:
                self.put(Standing(**row))

    def _hold(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            saying = Saying(**row)
            if saying.id not in self.messages:
                self.messages[saying.id] = saying
                if saying.external_id:
                    self._by_external[saying.source, saying.external_id] = saying.id


def members(context: Context, declared: Declared) -> list[UUID]:
    """The ids of all identities of the event's person, as they are after it."""
    if context.anchor is None:
        return []
    known = context.person.identities if context.person else ()
    return sorted({context.anchor, *(id for who in known if (id := hear.identity_id(who, declared)))})


def _alterable(saying: Saying) -> dict[str, Any]:
    names = ("id", "conversation", "author", "changed", "state", "detail", "attempt", "external_id")
    return {name: getattr(saying, name) for name in names}


def _receipt(external: External, state: str, detail: str | None, position: int) -> dict[str, Any]:
    source, id = external
    return {"source": source, "external_id": id, "state": state, "detail": detail, "position": position}


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()
