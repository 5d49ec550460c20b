"""Live pages: the browser says which position of the event log its page shows and hears when there is something newer.

What changed is not sent here: the page asks for its own fragments again, by the same rights and templates as before.
A WebSocket first, server-sent events where one cannot be opened.
"""

import asyncio
import contextlib
import logging
import time
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
STIRRED = "hark_stirred"
AT_MOST_EVERY = 0.5  # seconds between two messages to one browser
RECENT = 10.0  # seconds
BEAT = 25.0  # seconds of silence after which a connection shows that it lives


class Live:
    """The newest processed position that this web process has heard of, and everybody who waits for a newer one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.position = 0
        self.stirs = 0
        self.stirred_at = -RECENT
        self._moved = asyncio.Event()

    def move(self, position: int) -> None:
        if position > self.position:
            self.position = position
            self._wake()

    def stir(self) -> None:
        """Something that pages show has changed without the log: a delivery, for one."""
        self.stirs += 1
        self.stirred_at = time.monotonic()
        self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def newer(self, than: int, stirs: int) -> tuple[int, int]:
        """Waits for a position beyond `than` or another stir; gives the same back when BEAT seconds passed without."""
        while self.position <= than and self.stirs == stirs:
            try:
                await asyncio.wait_for(self._moved.wait(), BEAT)
            except TimeoutError:
                return than, stirs
        return max(self.position, than), self.stirs

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
            await connection.execute(f"listen {CHANNEL}; listen {STIRRED}")
            async for notice in connection.notifies():
                if notice.channel == STIRRED:
                    self.stir()
                elif notice.payload.isdigit():
                    self.move(int(notice.payload))


@websocket("/live", right=Right.HOME)
async def socket(socket: WebSocket[Any, Any, Any]) -> None:
    """Messages are positions as plain numbers; the same number again is only a sign of life. A position with a plus says
    that something changed beside the log."""
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
            await socket.send_text(position)


@get("/live/events", right=Right.HOME, include_in_schema=False)
async def stream(request: Request[Any, Any, Any]) -> ServerSentEvent:
    since = _since(request.headers.get("last-event-id") or request.query_params.get("since"))

    async def events() -> AsyncIterator[dict[str, Any]]:
        async for position in _positions(request.app.state.live, since):
            yield {"data": position, "id": position.rstrip("+")}

    return ServerSentEvent(events())


async def _positions(live: Live, since: int) -> AsyncIterator[str]:
    # A stir between the page and its socket would be missed, so a recent one is told again.
    stirs = live.stirs - (time.monotonic() - live.stirred_at < RECENT)
    while True:
        since, now = await live.newer(since, stirs)
        yield f"{since}+" if now != stirs else str(since)
        stirs = now
        await asyncio.sleep(AT_MOST_EVERY)


def _since(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 19 else 0
