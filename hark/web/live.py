"""Live screens: what the path has changed, told by topic to everybody who watches it and may; nothing is missed.

Rooms offer topics ("inbox", "conversation:<id>") with a feed that reads their tables: what changed in (after, until]. After
each batch every web process asks each feed once and gives every line its part. A client that comes back says how far it
has seen and gets the rest out of the same feed, so a snapshot with the changes since is the same as a fresh snapshot.
Who types or looks is told beside it, by NOTIFY alone: it has no position and is worth nothing a minute later.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import psycopg
from msgspec import Struct

from hark.store import Database, Queries, Transaction
from hark.web.line import Line
from hark.web.presence import Presence, Present
from hark.web.rights import Right, Role, may
from hark.web.visitor import Visitor

log = logging.getLogger("hark.web.live")
queries = Queries(__file__, "live.sql")
CHANNEL = "hark_done"
STIRRED = "hark_stirred"
PRESENCE = "hark_presence"
SESSION = "hark_session"
PAGES = "pages"  # the topic of pages that ask for their own fragments again
PAGES_EVERY = 0.5  # seconds between two frames of it
RECENT = 10.0  # seconds for which a stir is told to those who come
MOST = 2_000  # changes that a client is given when it comes back; beyond it takes a fresh snapshot
LOOK_EVERY = 60.0  # seconds between two looks whether sessions still hold, besides the one at each end of a session


class Change(Struct, frozen=True):
    """What changed on a topic. `data` replaces what the client knew of it, so the same change twice does no harm."""

    topic: str
    kind: str
    data: dict[str, Any]


class Feed(Protocol):
    """Reads what changed in (after, until], oldest first, at most `limit`; of these topics, or of all where None."""

    def __call__(
        self, tx: Transaction, after: int, until: int, topics: frozenset[str] | None, limit: int
    ) -> Iterable[Change]: ...


class Offer(Struct, frozen=True):
    """Topics of a room: the right that a member needs by the word before the colon, and the feed that reads them."""

    rights: Mapping[str, Right]
    feed: Feed


class Live:
    """All lines of this web process, and the position up to which they have been told everything."""

    def __init__(
        self,
        database: Database,
        offers: Sequence[Offer] = (),
        processed: Callable[[Transaction], int] | None = None,
        retold: Callable[[Presence], tuple[str, str] | None] | None = None,
    ) -> None:
        self.database = database
        self.position = 0
        self.offers = offers
        self.present = Present()
        self._rights = {PAGES: Right.HOME} | {word: right for offer in offers for word, right in offer.rights.items()}
        self._processed = processed
        self._retold = retold  # presence as others may know it: their topic, and what is said there
        self._target = 0
        self._watching: dict[str, set[Line]] = {}
        self._words: Counter[str] = Counter()  # topics watched, by the word before the colon
        self._lines: set[Line] = set()
        self._moved = asyncio.Event()
        self._stirred_at = -RECENT
        self._pages_timer: asyncio.TimerHandle | None = None
        self._pages_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    # A line opens, watches, tells and ends.

    def open(self, send: Callable[[str], Awaitable[None]], visitor: Visitor | None = None) -> Line:
        """A line that gets its frames by `send`. What a member may watch follows from their role."""
        line = Line(send, self.changes_since, visitor=visitor, name=secrets.token_hex(4))
        self._lines.add(line)
        return line

    def may(self, role: Role | None, topic: str) -> bool:
        right = self._rights.get(topic.partition(":")[0])
        return right is not None and may(role, right)

    async def watch(self, line: Line, topics: Iterable[str], since: int | None = None) -> None:
        """Add topics to a line. With `since`, what happened on them after that position is told first."""
        wanted = frozenset(topics) - line.topics
        if not wanted:
            return
        line.hold()
        for topic in wanted:
            if topic not in self._watching:
                self._words[topic.partition(":")[0]] += 1
            self._watching.setdefault(topic, set()).add(line)
        line.topics |= wanted
        line.told = min(self.position if since is None else since, self.position if line.told is None else line.told)
        try:
            if PAGES in wanted:
                self._tell_page(line, since or 0)
            for one in self.present.on(wanted):
                line.put(one.frame())
            if since is not None and since < self.position and (missed := await self.changes_since(since, wanted)):
                line.put_first(missed, self.position)
        finally:
            line.release()

    def unwatch(self, line: Line, topics: Iterable[str]) -> None:
        for topic in frozenset(topics) & line.topics:
            self._forget(line, topic)
        line.topics -= frozenset(topics)

    async def close(self, line: Line) -> None:
        """The line is gone: whoever saw it type or look is told."""
        self._lines.discard(line)
        for topic in line.topics:
            self._forget(line, topic)
        line.close()
        for topic in list(line.telling):
            await self.tell(line, topic, "left")

    async def tell(self, line: Line, topic: str, kind: str) -> None:
        """Typing, looking, gone: to everybody on the topic, in every web process."""
        said = Presence(topic=topic, kind=kind, line=line.name, by=line.by)
        if kind == "left":
            line.telling.discard(topic)
        else:
            line.telling.add(topic)
        with contextlib.suppress(psycopg.Error):
            await asyncio.to_thread(self._notify, said)

    async def changes_since(self, after: int, topics: frozenset[str]) -> str | None:
        """The frame that brings a client from `after` to here; it says `reset` where that would be too much."""
        until = self.position
        changes = await asyncio.to_thread(self._read, after, until, topics)
        if len(changes) >= MOST:
            return frame(until, [], reset=True)
        return frame(until, [encoded(change) for change in changes]) if changes else None

    # What the path and others tell.

    def move(self, position: int) -> None:
        if position > self._target:
            self._target = position
            self._moved.set()

    def stir(self) -> None:
        """Something that pages show has changed without the log: a delivery, for one."""
        self._stirred_at = time.monotonic()
        self._tell_pages()

    def hear(self, payload: str) -> None:
        try:
            said = msgspec.json.decode(payload, type=Presence)
        except msgspec.DecodeError:
            return
        self.present.note(said)
        text = said.frame()
        for line in self._watching.get(said.topic, ()):
            if line.name != said.line:
                line.put(text)
        if self._retold and (retold := self._retold(said)):
            for line in self._watching.get(retold[0], ()):
                line.put(retold[1])

    async def advance(self) -> None:
        """Read once what changed since the last time and give every line its part."""
        after, until = self.position, self._target
        watched = any(self._words[word] for offer in self.offers for word in offer.rights)
        changes = await asyncio.to_thread(self._read, after, until, None) if watched else []
        self.position = until
        self._give(until, changes)
        self._tell_pages()

    def _give(self, position: int, changes: Iterable[Change]) -> None:
        parts: dict[Line, list[bytes]] = {}
        for change in changes:
            if lines := self._watching.get(change.topic):
                text = encoded(change)
                for line in lines:
                    parts.setdefault(line, []).append(text)
        for line, texts in parts.items():
            line.put(frame(position, texts), position)

    def _read(self, after: int, until: int, topics: frozenset[str] | None) -> list[Change]:
        found: list[Change] = []
        with self.database.transaction() as tx:
            for offer in self.offers:
                wanted = topics and frozenset(topic for topic in topics if topic.partition(":")[0] in offer.rights)
                if wanted or (wanted is None and any(self._words[word] for word in offer.rights)):
                    found += offer.feed(tx, after, until, wanted, MOST if topics else 2**31)
        return found

    def _forget(self, line: Line, topic: str) -> None:
        lines = self._watching.get(topic)
        if lines is not None:
            lines.discard(line)
            if not lines:
                del self._watching[topic]
                self._words[topic.partition(":")[0]] -= 1

    def _notify(self, said: Presence) -> None:
        with self.database.transaction() as tx:
            tx.notify(PRESENCE, msgspec.json.encode(said).decode())

    # Pages ask for their fragments again, so they need not know what changed, nor at once.

    def _tell_pages(self) -> None:
        if self._pages_timer is None and PAGES in self._watching:
            wait = max(0.0, self._pages_at + PAGES_EVERY - time.monotonic())
            self._pages_timer = asyncio.get_running_loop().call_later(wait, self._tell_pages_now)

    def _tell_pages_now(self) -> None:
        self._pages_timer, self._pages_at = None, time.monotonic()
        for line in self._watching.get(PAGES, ()):
            self._tell_page(line, -1)

    def _tell_page(self, line: Line, since: int) -> None:
        # A stir between the page and its line would be missed, so a recent one is told again.
        stirred = time.monotonic() - self._stirred_at < RECENT
        if self.position > since or stirred:
            line.put(frame(self.position, [], topic=PAGES, stirred=stirred))

    # The life of the hub.

    def start(self) -> None:
        """Begin to listen; the running event loop is the server's."""
        self._tasks = [asyncio.create_task(work()) for work in (self.listen, self._advance_for_ever, self._look)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in list(self._lines):
            await self.close(line)

    async def listen(self) -> None:
        """Follows NOTIFY; after a lost connection it comes back and goes on."""
        while True:
            try:
                await self._follow()
            except (psycopg.Error, OSError) as error:
                log.warning("live updates wait for the database: %s", error)
                await asyncio.sleep(2)

    async def _follow(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self.database.url, autocommit=True)
        async with connection:
            await connection.execute(f"listen {CHANNEL}; listen {STIRRED}; listen {PRESENCE}; listen {SESSION}")
            await self._catch_up()
            async for notice in connection.notifies():
                if notice.channel == CHANNEL and notice.payload.isdigit():
                    self.move(int(notice.payload))
                elif notice.channel == STIRRED:
                    self.stir()
                elif notice.channel == PRESENCE:
                    self.hear(notice.payload)
                elif notice.channel == SESSION:
                    await self.look_again()

    async def _catch_up(self) -> None:
        """What was processed while nobody listened: before the start, or while the connection was lost."""
        position = await asyncio.to_thread(self._read_processed)
        if not self._lines:
            self.position = max(self.position, position)
        self.move(position)

    def _read_processed(self) -> int:
        if self._processed is None:
            return 0
        with self.database.transaction() as tx:
            return self._processed(tx)

    async def _advance_for_ever(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            try:
                if self._target > self.position:
                    await self.advance()
            except Exception:
                log.exception("live updates could not be read; they are tried again")
                await asyncio.sleep(1)
                self._moved.set()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            with contextlib.suppress(psycopg.Error):
                await self.look_again()

    async def look_again(self) -> None:
        """End the lines of those whose session has ended: signed out, another role, removed."""
        held = {line.visitor.session for line in self._lines if line.visitor}
        if not held:
            return
        alive = await asyncio.to_thread(self._alive, held)
        for line in list(self._lines):
            if line.visitor and line.visitor.session not in alive:
                line.end()

    def _alive(self, sessions: set[bytes]) -> set[bytes]:
        with self.database.transaction() as tx:
            return {bytes(row[0]) for row in tx.tuples(queries.sessions_alive, ids=list(sessions))}


def encoded(change: Change) -> bytes:
    return msgspec.json.encode({"topic": change.topic, "kind": change.kind, **change.data})


def frame(position: int, changes: Sequence[bytes], **more: Any) -> str:
    """{"position": …, "changes": […]}: what every line speaks, and what a client remembers how far it has seen by."""
    rest = b"".join(b',"%s":%s' % (name.encode(), msgspec.json.encode(value)) for name, value in more.items())
    return (b'{"position":%d,"changes":[%s]%s}' % (position, b",".join(changes), rest)).decode()
