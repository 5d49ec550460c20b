"""Recording: the one row that stands before any answer. By group commit at the door, or inside a transaction at hand."""

import asyncio
import secrets
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from msgspec import Struct

from hark.errors import Rejected, Retry
from hark.events.sources import OWN
from hark.kit import clock
from hark.kit.ids import event_id
from hark.model import Identity, Request
from hark.store import Database, Queries, Transaction

queries = Queries(__file__)
WAITING, LOADED, REFUSED, HELD = 0, 1, 2, 3
_TYPES = ("timestamptz", "text", "text", "bool", "int2", "bytea", "bytea")
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "x-write-key", "x-api-key"})


class Recording(Struct, frozen=True, kw_only=True):
    """A row of `raw` about to be written."""

    received_at: datetime
    source: str
    plugin: str
    head: bytes
    body: bytes
    imported: bool = False
    state: int = WAITING

    def row(self) -> tuple[object, ...]:
        return (self.received_at, self.source, self.plugin, self.imported, self.state, self.head, self.body)


class _Head(Struct, frozen=True, kw_only=True, omit_defaults=True):
    method: str
    path: str
    query: dict[str, str] = {}
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    remote: str | None = None
    refused: str | None = None


_encode_head = msgspec.json.Encoder().encode
_decode_head = msgspec.json.Decoder(_Head).decode


def head_of(request: Request, refused: str | None = None) -> bytes:
    """The request without its body and without what would let somebody act as the sender. `refused` says why the door
    did not take it; the loader then shows it among the refusals instead of reading it."""
    headers = {name: value for name, value in request.headers.items() if name not in _SECRET}
    return _encode_head(
        _Head(
            method=request.method,
            path=request.path,
            query=request.query,
            params=request.params,
            headers=headers,
            remote=request.remote,
            refused=refused,
        )
    )


def request_of(head: bytes, body: bytes) -> Request:
    """The request as it was recorded. Rejected where the door had refused it."""
    read = _decode_head(head)
    if read.refused is not None:
        raise Rejected(read.refused)
    return Request(
        method=read.method,
        path=read.path,
        query=read.query,
        params=read.params,
        headers=read.headers,
        remote=read.remote,
        body=body,
    )


class Own(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event that Hark itself records: what was done by hand, what a step concluded, what has come due."""

    name: str
    at: datetime
    message_id: str
    identities: tuple[Identity, ...] = ()
    traits: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}
    channel: str = "server"
    type: str = "track"
    caused_by: UUID | None = None
    depth: int = 0


def record_own(tx: Transaction, events: Sequence[Own], received_at: datetime | None = None) -> list[UUID]:
    """Record our own events in this transaction; they take the same path as everybody's. Returns their ids.

    The same message_id again changes nothing: that makes effects of a step idempotent.
    """
    if not events:
        return []
    received = received_at or clock.now()
    record(tx, [_own_recording(events, received)])
    return [event_id(received, OWN.id, event.message_id) for event in events]


def record_effects(tx: Transaction, effects: Iterable[tuple[datetime, Sequence[Own]]]) -> None:
    """What a step concluded from each event of a batch, received when that event was; written in one go."""
    recordings = [_own_recording(events, received) for received, events in effects if events]
    if recordings:
        record(tx, recordings)


def _own_recording(events: Sequence[Own], received: datetime) -> Recording:
    return Recording(
        received_at=received,
        source=OWN.id,
        plugin=OWN.plugin,
        head=b'{"method":"OWN","path":""}',
        body=msgspec.json.encode(events),
    )


def own(name: str, *, by: str = "", **fields: Any) -> Own:
    """An own event that happens now, by hand: `own("person.merged", by="member:…", properties={…})`."""
    properties = dict(fields.pop("properties", {}))
    if by:
        properties.setdefault("by", by)
    fields.setdefault("at", clock.now())
    fields.setdefault("message_id", f"{name}-{secrets.token_hex(12)}")
    return Own(name=name, properties=properties, **fields)


def record(tx: Transaction, recordings: Iterable[Recording]) -> None:
    """Write rows of `raw` in this transaction and wake the loader when it commits."""
    tx.copy(queries.copy_raw, (recording.row() for recording in recordings), _TYPES)
    tx.notify("hark_raw")


def wait_for(database: Database, event: UUID, seconds: float = 5.0) -> bool:
    """Whether the event went down the whole path within so many seconds (somebody must be working on it)."""
    until = time.monotonic() + seconds
    pause = 0.004
    while True:
        with database.transaction() as tx:
            if tx.value(queries.is_processed, id=event):
                return True
        if time.monotonic() > until:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


class Recorder:
    """Group commit: requests that arrive together are committed together; each waits for its own commit.

    Memory is bounded: beyond `most_bytes` waiting, callers are told to come back.
    """

    def __init__(self, url: str, *, writers: int = 2, most_bytes: int = 64_000_000, most_rows: int = 512) -> None:
        self._url = url
        self._writers = writers
        self._most_bytes = most_bytes
        self._most_rows = most_rows
        self._waiting: list[tuple[Recording, asyncio.Future[None]]] = []
        self._bytes = 0
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._write_for_ever()) for _ in range(self._writers)]

    async def stop(self) -> None:
        """Commit what was taken, then stop."""
        self._closing = True
        self._wake.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def record(self, recording: Recording) -> None:
        """Returns after the commit. Retry where it cannot be recorded now; nothing was kept then, or it will be doubled
        away by its message ids."""
        if self._closing or self._bytes > self._most_bytes:
            raise Retry("too much is waiting to be recorded", after=2)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((recording, future))
        self._bytes += len(recording.body)
        self._wake.set()
        await future

    async def _write_for_ever(self) -> None:
        connection: psycopg.AsyncConnection[Any] | None = None
        while not (self._closing and not self._waiting):
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            group, self._waiting = self._waiting[: self._most_rows], self._waiting[self._most_rows :]
            self._bytes -= sum(len(recording.body) for recording, _ in group)
            try:
                if connection is None or connection.closed:
                    connection = await psycopg.AsyncConnection.connect(
                        self._url, connect_timeout=5, application_name="hark door"
                    )
                await _commit(connection, [recording for recording, _ in group])
            except (psycopg.Error, OSError) as error:
                if connection is not None:
                    await connection.close()
                connection = None
                _answer(group, Retry(f"the database did not take it: {type(error).__name__}", after=2))
                await asyncio.sleep(0.1)
            else:
                _answer(group, None)
        if connection is not None:
            await connection.close()


async def _commit(connection: psycopg.AsyncConnection[Any], recordings: list[Recording]) -> None:
    async with connection.cursor() as cursor:
        async with cursor.copy(queries.copy_raw.text) as copy:
            copy.set_types(_TYPES)
            for recording in recordings:
                await copy.write_row(recording.row())
        await cursor.execute(queries.wake_loader.text)
    await connection.commit()


def _answer(group: list[tuple[Recording, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, future in group:
        if future.done():  # the caller went away
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
