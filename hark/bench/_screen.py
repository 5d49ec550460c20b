"""The screens as a browser asks for them, through the whole ASGI program and without a network."""

import asyncio
import time
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from hark import app
from hark.errors import HarkError
from hark.kit import clock
from hark.kit.ids import uuid7
from hark.web import access, sessions
from hark.web.rights import Role


class Screen:
    """`with Screen(hark) as screen: screen.get("/inbox")`; somebody of the team is signed in."""

    def __init__(self, hark: app.Hark) -> None:
        now = clock.now()
        with hark.database.transaction() as tx:
            member = access.add_member(
                tx,
                now,
                email=f"{uuid7(now).hex}@bench.example",
                name="Bench",
                role=Role.OWNER,
                password=f"{uuid7(now)}",
            )
            self._secret = sessions.open_session(tx, now, timedelta(days=1), member=member)
        self._program = app.web(hark.config, hark.url)
        self._runner = asyncio.Runner()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def __enter__(self) -> Self:
        self._runner.run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._stop())
        self._runner.close()

    def get(self, path: str) -> float:
        """Milliseconds from the request to its last byte."""
        return self._runner.run(self._get(path))

    async def _get(self, path: str) -> float:
        sent: list[dict[str, Any]] = []
        started = time.perf_counter()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._program(self._scope(path), receive, send)
        if sent[0]["status"] != 200:
            raise HarkError(f"{path} answered {sent[0]['status']}")
        return (time.perf_counter() - started) * 1000

    def _scope(self, path: str) -> dict[str, Any]:
        before, _, query = path.partition("?")
        cookie = f"hark_session={self._secret}".encode()
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": before,
            "raw_path": before.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "server": ("hark.bench", 80),
            "client": ("127.0.0.1", 1),
            "headers": [(b"host", b"hark.bench"), (b"accept", b"text/html"), (b"cookie", cookie)],
        }

    async def _start(self) -> None:
        self._running = asyncio.ensure_future(self._program({"type": "lifespan"}, self._inbox.get, self._outbox.put))
        await self._inbox.put({"type": "lifespan.startup"})
        await self._outbox.get()

    async def _stop(self) -> None:
        await self._inbox.put({"type": "lifespan.shutdown"})
        await self._outbox.get()
        await self._running
