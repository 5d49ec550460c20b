"""One HTTP request to the chat's door, and its answers: bare ASGI, since thousands of visitors hold a line to it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from hark.errors import Rejected, Retry
from hark.model import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
SLOW = 90.0  # seconds that a body may take; pictures over a train's network do
ARRIVING = 150_000_000  # bytes of bodies on their way at once
COMMON = [(b"x-content-type-options", b"nosniff"), (b"cross-origin-resource-policy", b"cross-origin")]


def header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value.decode("latin-1"))
    return ""


def request_of(scope: Scope) -> Request:
    """What is recorded of where a message came from."""
    kept = (b"user-agent", b"origin", b"accept-language")
    headers = {
        name.decode("latin-1"): value.decode("latin-1")[:500] for name, value in scope["headers"] if name in kept
    }
    client = scope.get("client")
    return Request(method="POST", path=scope["path"], headers=headers, remote=client[0] if client else None)


class Bodies:
    """Reads bodies within limits; what arrives at once is bounded."""

    def __init__(self) -> None:
        self._left = ARRIVING

    async def read(self, scope: Scope, receive: Receive, most: int) -> Any:
        """The body as JSON. A packed one is not taken: it may unpack to anything."""
        if header(scope, b"content-encoding") not in ("", "identity"):
            raise Rejected("send it as it is, not packed", 415)
        length = header(scope, b"content-length")
        if length.isdigit() and int(length) > most:
            raise Rejected(f"at most {most} bytes are taken", 413)
        try:
            async with asyncio.timeout(SLOW):
                return msgspec.json.decode(await self._parts(receive, most))
        except TimeoutError:
            raise Rejected("the body did not arrive in time", 408) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Rejected("the body is no JSON") from None

    async def _parts(self, receive: Receive, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Rejected("the visitor went away")
                part: bytes = message.get("body", b"")
                if len(part) > self._left:
                    raise Retry("too much is arriving at once", after=2)
                parts.append(part)
                self._left -= len(part)
                size += len(part)
                if size > most:
                    raise Rejected(f"at most {most} bytes are taken", 413)
                if not message.get("more_body"):
                    return b"".join(parts)
        finally:
            self._left += size


async def answer(
    send: Send, body: Any, *, status: int = 200, kind: str = "application/json", headers: dict[str, str] | None = None
) -> None:
    """To any site: no cookie of ours is ever read here, so there is nothing that another site could use."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    shared = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}
    told = {"cache-control": "no-store", **shared, **(headers or {})}
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", kind.encode()),
                (b"content-length", str(len(content)).encode()),
                *COMMON,
                *((name.encode(), value.encode("latin-1", "replace")) for name, value in told.items()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})
