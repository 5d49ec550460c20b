"""The collection door: a bare ASGI route that checks, records and answers, in the words of each client's own dialect.

Nothing is answered as taken before its commit. What a request means is decided later, by the loader.
"""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from hark.config import Config
from hark.errors import Rejected, Retry
from hark.events.record import HELD, WAITING, Recorder, Recording, head_of
from hark.events.sources import Sources
from hark.kit.clock import Clock
from hark.model import Accepted, Denied, Reply, Request, Route, Source
from hark.registry import Registry

log = logging.getLogger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
SLOW = 30.0  # seconds that a client may take to send its body
ARRIVING = 128_000_000  # bytes of bodies still on their way that are held at once; then clients are told to come back


class Doorway(msgspec.Struct, frozen=True):
    """A route with the plug-in that answers it, and those that answer the same path where they recognise the request."""

    plugin: str
    route: Route
    receive: ModuleType
    others: tuple["Doorway", ...] = ()

    def of(self, request: Request) -> "Doorway":
        return next((other for other in self.others if other.receive.recognises(request)), self)


class Room:
    """How much of what is still arriving is held. Bodies that come in one piece (nearly all) never ask."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, size: int) -> None:
        if size > self._left:
            raise Retry("too much is arriving at once", after=2)
        self._left -= size

    def leave(self, size: int) -> None:
        self._left += size


class Door:
    def __init__(self, registry: Registry, sources: Sources, recorder: Recorder, config: Config, clock: Clock) -> None:
        self._sources = sources
        self._recorder = recorder
        self._config = config
        self._clock = clock
        self._room = Room(ARRIVING)
        self._installation = {
            "scripts": str(config.scripts or config.data / "node_modules"),
            "public_url": config.public_url,
        }
        self._exact: dict[tuple[str, str], Doorway] = {}
        self._patterns: list[tuple[str, list[str], Doorway]] = []
        for plugin in registry.able("receive"):
            for route in plugin.routes:
                self._add(Doorway(plugin.name, route, plugin.needed("receive")))

    def _add(self, way: Doorway) -> None:
        if "{" in way.route.path:
            self._patterns.append((way.route.method, way.route.path.split("/"), way))
        elif (first := self._exact.get((way.route.method, way.route.path))) is not None:
            self._exact[way.route.method, way.route.path] = _share(first, way)
        else:
            self._exact[way.route.method, way.route.path] = way

    def find(self, scope: Scope) -> tuple[Doorway, dict[str, str]] | None:
        """Who answers this request; None where it is not for the door."""
        method, path = scope["method"], scope["path"]
        if method == "OPTIONS":
            wanted = _header(scope, b"access-control-request-method") or "POST"
            return self._find(wanted, path) or self._find("POST", path) or self._find("GET", path)
        return self._find("GET" if method == "HEAD" else method, path)

    def _find(self, method: str, path: str) -> tuple[Doorway, dict[str, str]] | None:
        way = self._exact.get((method, path))
        if way is None and path.endswith("/") and len(path) > 1:
            way = self._exact.get((method, path.rstrip("/")))
        if way is not None:
            return way, {}
        parts = path.rstrip("/").split("/")
        for wanted, pattern, candidate in self._patterns:
            if wanted == method and (params := _match(pattern, parts)) is not None:
                return candidate, params
        return None

    async def answer(self, found: tuple[Doorway, dict[str, str]], scope: Scope, receive: Receive, send: Send) -> None:
        way, params = found
        cors = _cors(scope)
        if scope["method"] == "OPTIONS":
            await _send(send, Reply(status=204, content_type="text/plain"), cors)
            return
        request = _request(scope, params)
        try:
            request = await self._whole(way, request, scope, receive)
            way = way.of(request)
            outcome: Accepted | Denied = await self._take(way, request)
        except Rejected as error:
            outcome = Denied(error.status, _CODES.get(error.status, "invalid_request"), error.reason)
        except Retry as error:
            outcome = Denied(503, "unavailable", str(error), retry_after=int(error.after or 2))
        given = outcome.source.settings if isinstance(outcome, Accepted) and outcome.source else {}
        settings = {**self._installation, **given}
        reply: Reply = way.receive.answer(request, outcome, settings)
        if isinstance(outcome, Denied) and outcome.retry_after is not None:
            cors.append((b"retry-after", str(outcome.retry_after).encode()))
        await _send(send, reply, cors)

    async def _take(self, way: Doorway, request: Request) -> Accepted | Denied:
        if way.route.open:
            return Accepted(0)
        received_at = self._clock()
        try:
            admission = way.receive.admit(request)
            refusal = None
        except Rejected as error:
            # The sender may still be known by the header, and then what was sent is kept.
            admission, refusal = None, error
        write_key = admission.write_key if admission else _key_outside_body(way, request)
        source = await self._source(write_key) if write_key else None
        if source is None:
            if refusal is not None:
                raise refusal
            return Denied(401, "invalid_write_key", "the write key is missing or unknown")
        count = admission.count if admission else 0
        if refusal is None and count > self._config.max_batch:
            refusal = Rejected(f"{count} events in one request; at most {self._config.max_batch} are taken", 413)
        if not way.route.records and refusal is None:
            return Accepted(count, source)
        await self._record(way, request, source, received_at, refusal)
        if refusal is not None:
            raise refusal
        return Accepted(count, source)

    async def _record(
        self, way: Doorway, request: Request, source: Source, received_at: datetime, refusal: Rejected | None
    ) -> None:
        await self._recorder.record(
            Recording(
                received_at=received_at,
                source=source.id,
                plugin=way.plugin,
                state=HELD if source.paused else WAITING,
                head=head_of(request, refused=refusal.reason if refusal else None),
                body=request.body,
            )
        )

    async def _source(self, write_key: str) -> Any:
        return self._sources.cached(write_key) or await asyncio.to_thread(self._sources.by_key, write_key)

    async def _whole(self, way: Doorway, request: Request, scope: Scope, receive: Receive) -> Request:
        """The request with its body. Where it cannot be had, a sender known by header or address sees what was wrong."""
        body = b""
        try:
            body = await self._read(scope, receive)
            return msgspec.structs.replace(request, body=_unpacked(body, scope, self._config.max_body))
        except Rejected as error:
            write_key = _key_outside_body(way, request)
            source = await self._source(write_key) if write_key else None
            if source is not None and way.route.records:
                await self._record(way, msgspec.structs.replace(request, body=body), source, self._clock(), error)
            raise

    async def _read(self, scope: Scope, receive: Receive) -> bytes:
        most = self._config.max_body
        length = _header(scope, b"content-length")
        if length and length.isdigit() and int(length) > most:
            raise Rejected(f"the body has {length} bytes; at most {most} are taken", 413)
        try:
            async with asyncio.timeout(SLOW):
                return await _read(receive, most, self._room)
        except TimeoutError:
            raise Rejected(f"the body did not arrive within {SLOW:.0f} seconds", 408) from None


def _share(first: Doorway, second: Doorway) -> Doorway:
    """Two plug-ins on one path: one of them must tell its requests by their look, the other takes the rest."""
    for way, other in ((first, second), (second, first)):
        if hasattr(other.receive, "recognises"):
            return msgspec.structs.replace(way, others=(*way.others, other))
    raise ValueError(
        f"{second.route.method} {second.route.path} is taken by {first.plugin}, {second.plugin} wants it too, and"
        " neither has a function `recognises`"
    )


_CODES = {408: "timeout", 413: "too_large", 401: "invalid_write_key", 404: "source_disabled", 429: "too_many_requests"}


async def _read(receive: Receive, most: int, room: Room) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    held = 0
    parts = [body]
    try:
        while message.get("more_body"):
            room.take(len(parts[-1]))
            held += len(parts[-1])
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Rejected("the client went away before its body was complete", 400)
            parts.append(message.get("body", b""))
            if held + len(parts[-1]) > most:
                raise Rejected(f"the body has more than {most} bytes", 413)
        return b"".join(parts)
    finally:
        room.leave(held)


def _unpacked(body: bytes, scope: Scope, most: int) -> bytes:
    encoding = _header(scope, b"content-encoding")
    # posthog-js sends gzip without saying so: its first two bytes tell.
    if body[:2] == b"\x1f\x8b" or encoding in ("gzip", "x-gzip"):
        return _unpack(body, 31, most)
    if encoding == "deflate":
        return _unpack(body, 15, most)
    return body


def _unpack(body: bytes, bits: int, most: int) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        unpacked = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise Rejected(f"the body cannot be unpacked: {error}") from None
    if len(unpacked) > most:
        raise Rejected(f"the unpacked body has more than {most} bytes", 413)
    if not unpacker.eof:
        raise Rejected("the body cannot be unpacked: it ends too early")
    return unpacked


def _request(scope: Scope, params: dict[str, str]) -> Request:
    query = scope["query_string"]
    client = scope.get("client")
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {},
        params=params,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        remote=client[0] if client else None,
    )


def _key_outside_body(way: Doorway, request: Request) -> str | None:
    """Where the body cannot be read, the key may still stand in a header or the address."""
    look = getattr(way.receive, "write_key", None)
    key: str | None = look(request) if look else None
    return key


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    params = {}
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            params[wanted[1:-1]] = unquote(part)
        elif wanted != part:
            return None
    return params


def _cors(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Any site may send with credentials, since what lets a request in is its write key, never a cookie of ours."""
    origin = _header(scope, b"origin")
    if not origin:
        return []
    headers = [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]
    if scope["method"] == "OPTIONS":
        asked = _header(scope, b"access-control-request-headers") or "content-type, authorization"
        headers += [
            (b"access-control-allow-headers", asked.encode("latin-1")),
            (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
            (b"access-control-max-age", b"86400"),
        ]
    return headers


def _header(scope: Scope, wanted: bytes) -> str | None:
    for name, value in scope["headers"]:
        if name == wanted:
            text: str = value.decode("latin-1")
            return text
    return None


async def _send(send: Send, reply: Reply, extra: list[tuple[bytes, bytes]]) -> None:
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *((name.encode(), value.encode("latin-1")) for name, value in reply.headers.items()),
        *extra,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
