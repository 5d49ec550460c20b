"""How browsers of the team reach live screens: a WebSocket, or server-sent events where none can be opened.

A client says what it watches and what it has seen: /live?topics=inbox,conversation:ID&since=N, later {"watch": [topic],
"since": N}, {"unwatch": [topic]}, {"tell": topic, "kind": "typing"}. It gets {"position", "changes": [{topic, kind, …}]},
with "reset": true where it must load afresh; {"topic", "kind", "by"} for presence; {"refused": [topic]}.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any

import msgspec
from litestar import Request, WebSocket, get, post, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.response import ServerSentEvent
from msgspec import Struct

from hark.web.forms import Form
from hark.web.line import Line
from hark.web.live import PAGES, Live
from hark.web.presence import KINDS
from hark.web.rights import Right
from hark.web.visitor import Visitor

MOST_TOPICS = 200  # of one line
LONGEST = 20_000  # letters of one message of a client
BEAT = 25.0  # seconds of silence after which a stream shows that it lives; sockets have their pings


class Said(Struct, frozen=True):
    """One message of a client."""

    watch: list[str] = []
    unwatch: list[str] = []
    since: int | None = None
    tell: str | None = None
    kind: str = "typing"


@websocket("/live", right=Right.HOME)
async def socket(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    live: Live = socket.app.state.live
    line = live.open(socket.send_text, socket.scope.get("user"))
    line.on_end(partial(_cancel, asyncio.current_task()))
    try:
        await _watch(live, line, _topics(socket.query_params), _since(socket.query_params.get("since")))
        while len(text := await socket.receive_text()) <= LONGEST:
            await _heard(live, line, text)
    except WebSocketDisconnect:
        return
    except asyncio.CancelledError:
        if not line.closed:
            raise
        await socket.close(4401)  # signed out
    finally:
        await live.close(line)


@get("/live/events", right=Right.HOME, include_in_schema=False)
async def stream(request: Request[Any, Any, Any]) -> ServerSentEvent:
    since = _since(request.headers.get("last-event-id")) or _since(request.query_params.get("since"))
    return ServerSentEvent(
        _events(request.app.state.live, request.scope.get("user"), _topics(request.query_params), since)
    )


@post("/live/tell", right=Right.HOME, include_in_schema=False, status_code=204)
async def tell(request: Request[Any, Any, Any], form: Form) -> None:
    """For those who read a stream: what a socket would say."""
    live: Live = request.app.state.live
    visitor: Visitor = request.scope["user"]
    line = live.open(_nowhere, visitor)
    try:
        await _tell(live, line, form.text("topic"), form.text("kind", "typing"))
        line.telling.clear()
    finally:
        await live.close(line)


async def _events(live: Live, visitor: Visitor, topics: list[str], since: int | None) -> AsyncIterator[dict[str, Any]]:
    queue: asyncio.Queue[str] = asyncio.Queue(1)
    line = live.open(queue.put, visitor)
    ended = asyncio.Event()
    line.on_end(ended.set)
    try:
        await _watch(live, line, topics, since)
        while not ended.is_set():
            try:
                text = await asyncio.wait_for(queue.get(), BEAT)
            except TimeoutError:
                text = msgspec.json.encode({"position": line.told or 0, "changes": []}).decode()
            position = msgspec.json.decode(text).get("position", line.told)
            yield {"data": text, "id": str(position or 0)}
    finally:
        await live.close(line)


async def _heard(live: Live, line: Line, text: str) -> None:
    try:
        said = msgspec.json.decode(text, type=Said)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return
    if said.watch:
        await _watch(live, line, said.watch, said.since)
    if said.unwatch:
        live.unwatch(line, said.unwatch)
    if said.tell:
        await _tell(live, line, said.tell, said.kind)


async def _watch(live: Live, line: Line, topics: list[str], since: int | None) -> None:
    role = line.visitor.role if line.visitor else None
    granted = [topic for topic in topics[:MOST_TOPICS] if len(topic) <= 200 and live.may(role, topic)]
    granted = granted[: max(0, MOST_TOPICS - len(line.topics))]
    await live.watch(line, granted, since)
    if refused := [topic[:200] for topic in topics[:MOST_TOPICS] if topic not in line.topics]:
        line.put(msgspec.json.encode({"refused": refused}).decode())


async def _tell(live: Live, line: Line, topic: str, kind: str) -> None:
    role = line.visitor.role if line.visitor else None
    if kind in KINDS and topic != PAGES and len(topic) <= 200 and live.may(role, topic):
        await live.tell(line, topic, kind)


async def _nowhere(text: str) -> None:
    return


def _cancel(talking: asyncio.Task[Any] | None) -> None:
    if talking:
        talking.cancel()


def _topics(query: Any) -> list[str]:
    given: Iterable[str] = (query.get("topics") or PAGES).split(",")
    return [topic for topic in given if topic]


def _since(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
