"""Listening: sources whose plug-in keeps a connection open (`listen.py`), each in a task that is begun again when it fails.

One process holds a source at a time, by a lock that goes with its connection: killed, another takes over. What was recorded
before is in `raw`; what a listener had kept is recalled when it begins again.
"""

import asyncio
import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from msgspec import Struct

from hark.errors import HarkError, Misconfigured, Retry
from hark.events.record import Recording, head_of, record
from hark.events.sources import all_sources
from hark.kit import clock
from hark.model import Request, Source
from hark.registry import Plugin, Registry
from hark.store import Database, Queries, Transaction

log = logging.getLogger(__name__)
queries = Queries(__file__, "listening.sql")
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds between two tries
HELD = 60.0  # seconds after which a connection counts as one that worked
LOOK_EVERY = 30.0  # seconds between two looks at the sources, besides each time when one changes
LET_GO = 10.0  # seconds that a listener has to end


class Standing(Struct, frozen=True, kw_only=True):
    """How the connection of a source is: connected | waiting | failed, in whose words, and since when."""

    source: str
    state: str
    detail: str
    at: datetime


def standing(tx: Transaction, sources: Sequence[str]) -> dict[str, Standing]:
    """By source; a source that nobody ever listened to is left out."""
    return {row["source"]: Standing(**row) for row in tx.all(queries.standing, sources=list(sources))}


class Hearing:
    """What a listener is given (the contract's `Host`)."""

    def __init__(self, source: Source, database: Database, http: Any) -> None:
        self.source = source
        self.http = http
        self._database = database
        self._told: tuple[str, str] | None = None

    async def record(self, body: bytes, *, headers: Mapping[str, str] | None = None, path: str = "") -> None:
        request = Request(method="LISTEN", path=path, headers=dict(headers or {}))
        recording = Recording(
            received_at=clock.now(),
            source=self.source.id,
            plugin=self.source.plugin,
            head=head_of(request),
            body=body,
        )
        await self._do(lambda tx: record(tx, [recording]))

    async def recall(self, name: str) -> Any:
        return await self._do(lambda tx: tx.value(queries.recall, source=self.source.id, name=name))

    async def keep(self, name: str, value: Any) -> None:
        text = msgspec.json.encode(value).decode()
        await self._do(lambda tx: tx.run(queries.keep, source=self.source.id, name=name, value=text))

    async def tell(self, state: str, detail: str = "") -> None:
        if (state, detail) == self._told:
            return
        self._told = (state, detail)
        await self._do(lambda tx: _tell(tx, self.source.id, state, detail))

    async def _do(self, work: Callable[[Transaction], Any]) -> Any:
        """What was begun comes to its end, also when the listener is stopped meanwhile."""
        return await asyncio.shield(asyncio.to_thread(self._in_transaction, work))

    def _in_transaction(self, work: Callable[[Transaction], Any]) -> Any:
        with self._database.transaction() as tx:
            return work(tx)


def _tell(tx: Transaction, source: str, state: str, detail: str) -> None:
    tx.run(queries.tell, source=source, state=state, detail=detail[:1000], at=clock.now())
    tx.notify("hark_stirred")


class Listening(threading.Thread):
    """All listeners of this process, in an event loop of their own."""

    def __init__(self, database: Database, registry: Registry, http: Any) -> None:
        super().__init__(name="listen", daemon=True)
        self._database, self._registry, self._http = database, registry, http
        self._stopping = threading.Event()
        self._tasks: dict[str, tuple[Source, asyncio.Task[None]]] = {}

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._follow()
            except (psycopg.Error, OSError, Retry) as error:
                log.warning("listening waits for the database: %s", error)
                await self._end(list(self._tasks))
                await asyncio.sleep(1.0)
        await self._end(list(self._tasks))

    async def _follow(self) -> None:
        """Follow the sources for as long as the connection that holds the locks lives."""
        connection = await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, application_name="hark listen"
        )
        async with connection:
            await connection.execute(queries.follow.text)
            looked = float("-inf")
            while not self._stopping.is_set():
                if time.monotonic() - looked > LOOK_EVERY:
                    await self._look(connection)
                    looked = time.monotonic()
                async for _ in connection.notifies(timeout=0.5, stop_after=1):
                    looked = float("-inf")
            await self._end(list(self._tasks))

    async def _look(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Begin with sources that are new, end those that are gone, paused or changed."""
        able = {plugin.name: plugin for plugin in self._registry.able("listen")}
        wanted = {
            one.id: one for one in await asyncio.to_thread(self._sources) if one.plugin in able and not one.paused
        }
        over = [id for id, (source, task) in self._tasks.items() if wanted.get(id) != source or task.done()]
        await self._end(over)
        for id in over:
            await connection.execute(queries.let_go.text, {"source": id})
        for id, source in wanted.items():
            if id in self._tasks:
                continue
            taken = await (await connection.execute(queries.take.text, {"source": id})).fetchone()
            if taken and taken[0]:
                hearing = Hearing(source, self._database, self._http)
                task = asyncio.create_task(_listen(able[source.plugin], hearing), name=f"listen {source.name}")
                self._tasks[id] = (source, task)

    def _sources(self) -> list[Source]:
        with self._database.transaction() as tx:
            return all_sources(tx)

    async def _end(self, ids: Sequence[str]) -> None:
        tasks = [self._tasks.pop(id)[1] for id in ids]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LET_GO)


async def _listen(plugin: Plugin, hearing: Hearing) -> None:
    """Listen for ever: after a failure again, with a pause that grows until a connection held."""
    failures = 0
    while True:
        begun = time.monotonic()
        try:
            part = plugin.part("listen")
            assert part is not None
            await part.listen(plugin.config(hearing.source.settings), hearing)
            why, after = "the connection ended", None
        except Misconfigured as wrong:
            why, after = str(wrong), LONGEST_WAIT  # a change of the settings begins it again at once
        except HarkError as error:
            why, after = str(error), getattr(error, "after", None)
        except Exception as error:
            log.exception("the source %s cannot be listened to just now", hearing.source.name)
            why, after = f"{type(error).__name__}: {error}", None
        failures = 0 if time.monotonic() - begun > HELD else failures + 1
        wait = after or random.uniform(0.5, 1.0) * min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 12))
        with contextlib.suppress(psycopg.Error, Retry):
            await hearing.tell("failed", why)
        await asyncio.sleep(wait)
