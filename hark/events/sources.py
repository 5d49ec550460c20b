"""Sources: the systems that may send us events, each with its own write key."""

import secrets
import threading
import time
from typing import Any

import msgspec

from hark.errors import NotFound, Rejected
from hark.model import Source
from hark.store import Database, Queries, Transaction

queries = Queries(__file__, "sources.sql")
OWN = Source(id="hark", name="Hark", write_key="", plugin="own", channel="server")


def add_source(
    tx: Transaction,
    name: str,
    *,
    plugin: str = "segment",
    channel: str | None = None,
    write_key: str | None = None,
    settings: dict[str, Any] | None = None,
) -> Source:
    """Rejected where the name is taken, or is our own."""
    if name.lower() == OWN.id or not name.strip():
        raise Rejected(f"a source cannot be called {name!r}")
    if tx.one(queries.source_by_name, name=name):
        raise Rejected(f"there is a source {name!r} already", status=409)
    row = tx.one(
        queries.add_source,
        id=f"src_{secrets.token_hex(6)}",
        name=name,
        write_key=write_key or new_key(),
        plugin=plugin,
        channel=channel,
        settings=msgspec.json.encode(settings or {}).decode(),
    )
    tx.notify("hark_source")
    return msgspec.convert(row, Source)


def source_named(tx: Transaction, name: str, *, plugin: str = "segment") -> Source:
    """The source of that name, made if it is new."""
    row = tx.one(queries.source_by_name, name=name)
    return add_source(tx, name, plugin=plugin) if row is None else msgspec.convert(row, Source)


def all_sources(tx: Transaction) -> list[Source]:
    return [msgspec.convert(row, Source) for row in tx.all(queries.all_sources)]


def pause(tx: Transaction, source_id: str, *, paused: bool) -> None:
    """A paused source is still recorded and answered; what arrives waits and is loaded when the source goes on."""
    tx.run(queries.pause, id=source_id, paused=paused)
    if not paused:
        tx.run(queries.release_held, source=source_id)
    tx.notify("hark_source")
    tx.notify("hark_raw")


def source_by_id(tx: Transaction, source_id: str) -> Source:
    row = tx.one(queries.source_by_id, id=source_id)
    if row is None:
        raise NotFound(f"there is no source {source_id}")
    return msgspec.convert(row, Source)


def change_source(tx: Transaction, source_id: str, *, name: str, channel: str | None) -> Source:
    """Rename a source or give its events a channel. Rejected where the name is taken."""
    if name.lower() == OWN.id or not name.strip():
        raise Rejected(f"a source cannot be called {name!r}")
    taken = tx.one(queries.source_by_name, name=name)
    if taken and taken["id"] != source_id:
        raise Rejected(f"there is a source {name!r} already", status=409)
    tx.run(queries.change_source, id=source_id, name=name, channel=channel)
    tx.notify("hark_source")
    return source_by_id(tx, source_id)


def rotate(tx: Transaction, source_id: str) -> Source:
    """Give a source a new write key; the old one is refused within a second."""
    tx.run(queries.rotate, id=source_id, write_key=new_key())
    tx.notify("hark_source")
    return source_by_id(tx, source_id)


def new_key() -> str:
    # Jitsu's clients accept a key only in the form id:secret, and every other client accepts that form too.
    return f"{secrets.token_hex(6)}:{secrets.token_hex(12)}"


class Sources:
    """The sources as one process knows them: read from the database, at most a second old, and at once for a new key."""

    FRESH = 1.0  # seconds for which a known key stays known without a look
    APART = 0.02  # seconds between two looks

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._by_key: dict[str, Source] = {}
        self._by_id: dict[str, Source] = {}
        self._read_at = float("-inf")

    def cached(self, write_key: str) -> Source | None:
        """Without a look into the database: None where the key is unknown or the knowledge is old."""
        if time.monotonic() - self._read_at > self.FRESH:
            return None
        return self._by_key.get(write_key)

    def by_key(self, write_key: str) -> Source | None:
        return self.cached(write_key) or self._read()._by_key.get(write_key)

    def by_id(self, source_id: str) -> Source | None:
        if source_id == OWN.id:
            return OWN
        return self._by_id.get(source_id) or self._read()._by_id.get(source_id)

    def _read(self) -> "Sources":
        asked_at = time.monotonic()
        with self._lock:
            if self._read_at >= asked_at:
                return self  # somebody read while we waited
            # A flood of unknown keys must not become a flood of queries: those who ask wait together for the next look.
            time.sleep(max(0.0, self.APART - (time.monotonic() - self._read_at)))
            started_at = time.monotonic()
            with self._database.transaction() as tx:
                sources = all_sources(tx)
            self._by_key = {source.write_key: source for source in sources}
            self._by_id = {source.id: source for source in sources}
            self._read_at = started_at
        return self
