"""Hark inside a test: the real door, loader, path and screens in this process; only the network is left out."""

import asyncio
import tempfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from hark import app
from hark.config import Config
from hark.events.record import Own, record_own
from hark.events.sources import add_source
from hark.kit import clock
from hark.model import Source
from hark.web.tokens import add_token

Done = TypeVar("Done")


class Reply(msgspec.Struct, frozen=True):
    status_code: int
    content: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return msgspec.json.decode(self.content)

    @property
    def text(self) -> str:
        return self.content.decode()


class House:
    """`post("/v1/track", {...})` goes through the door with the key of source "web"; `settle()` makes it known."""

    def __init__(self, url: str, **settings: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hark-house-", ignore_cleanup_errors=True)
        self.config = Config(data=Path(self._folder.name), database_url=url, **settings)
        self.hark = app.Hark(self.config, url)
        self.database = self.hark.database
        # A thread of its own: a browser in the same test run keeps an event loop going in the main one.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="house")
        self._runner = asyncio.Runner()
        self._running: _Running | None = None
        self.source = self.add_source("web")
        self.token = self.add_token("test", "admin")

    def add_source(self, name: str, **fields: Any) -> Source:
        with self.database.transaction() as tx:
            return add_source(tx, name, **fields)

    def add_token(self, name: str, *scopes: str) -> str:
        with self.database.transaction() as tx:
            return add_token(tx, name, list(scopes), clock.now())[0]

    def post(self, path: str, body: Any, key: str | None = None, headers: dict[str, str] | None = None) -> Reply:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.ask("POST", path, content, {"x-write-key": key or self.source.write_key, **(headers or {})}, key)

    def ask(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: dict[str, str] | None = None,
        key: str | None = None,
    ) -> Reply:
        """One request to the whole ASGI program, without a network."""
        sent = dict(headers or {})
        if path.startswith("/api/"):
            sent = {"authorization": f"Bearer {self.token}", **sent}
        elif "authorization" not in {name.lower() for name in sent} and method == "POST":
            sent["authorization"] = httpx.BasicAuth(key or self.source.write_key, "")._auth_header
        return self._run(self._ask(method, path, content, sent))

    async def _ask(self, method: str, path: str, content: bytes, headers: dict[str, str]) -> Reply:
        if self._running is None:
            self._running = _Running(app.web(self.config, self.hark.url))
            await self._running.start()
        transport = httpx.ASGITransport(app=self._running.program, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://hark.test") as client:
            reply = await client.request(method, path, content=content, headers=headers)
        return Reply(reply.status_code, reply.content, dict(reply.headers))

    def _run(self, work: Coroutine[Any, Any, Done]) -> Done:
        return self._thread.submit(self._runner.run, work).result()

    def say(self, *events: Own, received_at: datetime | None = None) -> None:
        """Record our own events and make them known."""
        with self.database.transaction() as tx:
            record_own(tx, list(events), received_at)
        self.settle()

    def settle(self) -> int:
        return self.hark.settle()

    def person(self, key: str) -> Any:
        """The profile that the API gives for `kind:value`; None where there is nobody."""
        reply = self.ask("GET", f"/api/v1/people/{quote(key, safe=':')}")
        return reply.json() if reply.status_code == 200 else None

    def query(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """Look into the database as no room would: for asserts only."""
        from psycopg.rows import dict_row

        with self.database.transaction() as tx, tx.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.encode(), values).fetchall()

    def now(self) -> datetime:
        return clock.now()

    def close(self) -> None:
        if self._running is not None:
            self._run(self._running.stop())
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()
        self.hark.close()
        self._folder.cleanup()


class _Running:
    """An ASGI program, started and stopped as a server does it."""

    def __init__(self, program: app.ASGI) -> None:
        self.program = program
        self._inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def start(self) -> None:
        self._task = asyncio.ensure_future(self.program({"type": "lifespan"}, self._inbox.get, self._outbox.put))
        await self._inbox.put({"type": "lifespan.startup"})
        await self._outbox.get()

    async def stop(self) -> None:
        await self._inbox.put({"type": "lifespan.shutdown"})
        await self._outbox.get()
        await self._task
