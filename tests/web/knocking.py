"""One request or one socket, straight to an ASGI program: heard only until it is clear whether one is let in."""

import asyncio
from typing import Any

from litestar.status_codes import WS_1000_NORMAL_CLOSURE
from msgspec import Struct

SECONDS = 20.0


class Heard(Struct, frozen=True):
    """`status` of HTTP; of a socket 101 where it was accepted, else what its closing code says: 4403 is 403."""

    status: int
    headers: dict[str, str] = {}
    text: str = ""


async def knock(program: Any, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Heard:
    """An answer that never ends (server-sent events) is left at its first line."""
    scope = _scope(path, headers) | {"type": "http", "method": method, "scheme": "http"}
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked.put_nowait({"type": "http.request", "body": body, "more_body": False})
    talk = asyncio.create_task(program(scope, asked.get, heard.put))
    try:
        begun = await _next(heard, talk)
        said = {name.decode(): value.decode() for name, value in begun["headers"]}
        parts: list[bytes] = []
        while not said.get("content-type", "").startswith("text/event-stream"):
            part = await _next(heard, talk)
            parts.append(part.get("body", b""))
            if not part.get("more_body"):
                break
        return Heard(begun["status"], said, b"".join(parts).decode("utf-8", "replace"))
    finally:
        await _leave(talk)


async def knock_for_a_socket(program: Any, path: str, headers: dict[str, str]) -> Heard:
    scope = _scope(path, headers) | {"type": "websocket", "scheme": "ws", "subprotocols": []}
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    asked.put_nowait({"type": "websocket.connect"})
    talk = asyncio.create_task(program(scope, asked.get, heard.put))
    try:
        answer = await _next(heard, talk)
        if answer["type"] == "websocket.accept":
            return Heard(101)
        code = answer.get("code", WS_1000_NORMAL_CLOSURE)
        return Heard(code - 4000 if code >= 4000 else code)
    finally:
        await _leave(talk)


def _scope(path: str, headers: dict[str, str]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    return {
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in ({"host": "hark.test"} | headers).items()],
        "client": ("127.0.0.1", 1),
        "server": ("hark.test", 80),
        "state": {},
    }


async def _next(heard: asyncio.Queue[dict[str, Any]], talk: "asyncio.Task[None]") -> dict[str, Any]:
    """What the program says next; where it broke instead, its error."""
    said = asyncio.create_task(heard.get())
    await asyncio.wait({said, talk}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not said.done() and talk.done():
        await asyncio.sleep(0)
        talk.result()
    return await asyncio.wait_for(said, 1)


async def _leave(talk: "asyncio.Task[None]") -> None:
    talk.cancel()
    await asyncio.wait({talk}, timeout=5)
