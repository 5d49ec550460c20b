"""Live pages: the browser says which position of the event log its page shows and hears when there is something newer.

What changed is not sent here: the page asks for its own fragments again, by the same rights and templates as before.
A WebSocket first, server-sent events where one cannot be opened.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
from litestar import Request, WebSocket, get, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.response import ServerSentEvent

from hark.store import Database
from hark.web.rights import Right

log = logging.getLogger("hark.web.live")
CHANNEL = "hark_done"
AT_MOST_EVERY = 0.5  # seconds between two messages to one browser
BEAT = 25.0  # seconds of silence after which a connection shows that it lives


class Live:
    """The newest processed position that this web process has heard of, and everybody who waits for a newer one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.position = 0
        self._moved = asyncio.Event()

    def move(self, position: int) -> None:
        if position > self.position:
            self.position = position
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def newer(self, than: int) -> int:
        """Waits for a position beyond `than`; gives the same position back when BEAT seconds passed without one."""
        while self.position <= than:
            try:
                await asyncio.wait_for(self._moved.wait(), BEAT)
            except TimeoutError:
                return than
        return self.position

    def start(self) -> None:
        """Begin to listen; the running event loop is the server's."""
        self._task = asyncio.create_task(self.listen())

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

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
            await connection.execute(f"listen {CHANNEL}")
            async for notice in connection.notifies():
                if notice.payload.isdigit():
                    self.move(int(notice.payload))


@websocket("/live", right=Right.HOME)
async def socket(socket: WebSocket[Any, Any, Any]) -> None:
    """Messages are positions as plain numbers; the same number again is only a sign of life."""
    # A browser lets any site open a socket to us, with our cookies where it is lenient: only our own pages may.
    if urlsplit(socket.headers.get("origin", "")).netloc not in ("", socket.headers.get("host", "")):
        await socket.close(4403)
        return
    await socket.accept()
    sending = asyncio.create_task(_send(socket, _since(socket.query_params.get("since"))))
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        pass
    finally:
        sending.cancel()


async def _send(socket: WebSocket[Any, Any, Any], since: int) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        async for position in _positions(socket.app.state.live, since):
            await socket.send_text(str(position))


@get("/live/events", right=Right.HOME, include_in_schema=False)
async def stream(request: Request[Any, Any, Any]) -> ServerSentEvent:
    since = _since(request.headers.get("last-event-id") or request.query_params.get("since"))

    async def events() -> AsyncIterator[dict[str, Any]]:
        async for position in _positions(request.app.state.live, since):
            yield {"data": str(position), "id": str(position)}

    return ServerSentEvent(events())


async def _positions(live: Live, since: int) -> AsyncIterator[int]:
    while True:
        since = await live.newer(since)
        yield since
        await asyncio.sleep(AT_MOST_EVERY)


def _since(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 19 else 0
