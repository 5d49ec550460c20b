"""What every request of the REST API passes first: who is asking, how often, and which path is meant.

A person is named in the path as `kind:value`, and a value may hold colons and slashes, written plainly or percent-encoded.
So the path is read as it was sent: what stands behind /people/ up to a known last word is one name.
"""

import re
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec
from anyio.to_thread import run_sync
from msgspec import Struct

from hark.api.description import Description
from hark.api.problems import MEDIA, problem
from hark.errors import Retry
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import tokens
from hark.web.rights import Right

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGI = Callable[[Any, Any, Any], Awaitable[None]]

PEOPLE = "/api/v1/people/"
# What may stand behind a person in the path; "consents/marketing" has one more word.
_LAST = re.compile(
    r"/(events|merge|split|evidence|traits|segments|export|anonymise|explain|(?:consents|explain)/[^/]+|consents)$"
)
OPEN = frozenset({"/api", "/api/openapi.json"})  # the description alone is for everybody
FRESH = 1.0  # seconds after which a revoked token is noticed
BUSIEST = 2_000  # requests a second of one token


class Caller(Struct, frozen=True):
    """The token that a request came with."""

    id: UUID
    name: str
    rights: frozenset[Right]

    @property
    def by(self) -> str:
        """How this caller is written down in events that it causes."""
        return f"token:{self.name}"


class Entrance:
    """ASGI middleware around the API. Leaves the Caller in scope["user"]."""

    def __init__(self, app: ASGI, description: Description, database: Database, clock: Clock) -> None:
        self._app = app
        self._description = description
        self._database = database
        self._clock = clock
        self._known: dict[bytes, tuple[float, Caller | None]] = {}
        self._used: dict[UUID, datetime] = {}
        self._calls = Limit(BUSIEST, 1.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if "\0" in path or b"%00" in scope["query_string"]:
            await _refuse(send, 400, "a path and a query hold no NUL")
            return
        if path.rstrip("/") in OPEN and scope["method"] in ("GET", "HEAD"):
            page = path.rstrip("/") == "/api"
            body = self._description.page if page else self._description.json
            await _give(send, 200, body, {"content-type": "text/html; charset=utf-8" if page else "application/json"})
            return
        try:
            caller = await self._caller(scope)
        except Retry as error:
            await _refuse(send, 503, str(error), {"retry-after": "2"})
            return
        if isinstance(caller, _Refusal):
            await _refuse(send, caller.status, caller.detail, caller.headers)
            return
        scope["user"] = caller
        scope["path"] = person_path(scope)
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> "Caller | _Refusal":
        secret = _bearer(scope)
        if secret is None:
            return _Refusal(
                401, "send a token: Authorization: Bearer hark_…", {"www-authenticate": 'Bearer realm="hark"'}
            )
        caller = await self._look_up(secret)
        if caller is None:
            # Guesses need no limit of their own: there are 2^256 tokens.
            invalid = 'Bearer realm="hark", error="invalid_token"'
            return _Refusal(401, "this token is unknown, revoked or over", {"www-authenticate": invalid})
        if (wait := self._calls.take(caller.id)) is not None:
            return _Refusal(429, f"more than {BUSIEST} requests a second", {"retry-after": str(wait)})
        return caller

    async def _look_up(self, secret: str) -> Caller | None:
        key = tokens.digest(secret)
        kept = self._known.get(key)
        if kept is not None and time.monotonic() - kept[0] < FRESH:
            return kept[1]
        caller = await run_sync(self._find, secret)
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[key] = (time.monotonic(), caller)
        return caller

    def _find(self, secret: str) -> Caller | None:
        now = self._clock()
        with self._database.transaction() as tx:
            found = tokens.find_token(tx, secret, now)
            if found is None:
                return None
            last = self._used.get(found[0])
            if last is None or (now - last).total_seconds() > 60:
                tokens.touch(tx, {found[0]: now})
                self._used[found[0]] = now
        return Caller(*found)


class _Refusal(Struct, frozen=True):
    status: int
    detail: str
    headers: dict[str, str] = {}


class Limit:
    """So many in a window for one key, of this process. `take` gives the seconds to wait, or None where it is fine."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._windows: dict[Any, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def take(self, key: Any) -> int | None:
        now = time.monotonic()
        with self._lock:
            start, count = self._windows.get(key, (now, 0))
            if now - start >= self._seconds:
                start, count = now, 0
            if len(self._windows) > 10_000:
                self._windows.clear()
            self._windows[key] = (start, count + 1)
        return None if count < self._most else max(1, int(start + self._seconds - now) + 1)


def person_path(scope: Scope) -> str:
    """The path with the name of a person as one part of it, percent-encoded; `unquote` gives the name back."""
    path: str = scope["path"]
    raw = scope.get("raw_path")
    sent = raw.decode("ascii", "replace").split("?")[0] if raw else quote(path)
    if not sent.startswith(PEOPLE):
        return path
    rest = sent.removeprefix(PEOPLE)
    found = _LAST.search(rest)
    name, last = (rest[: found.start()], rest[found.start() :]) if found else (rest, "")
    return f"{PEOPLE}{quote(unquote(name, errors='replace'), safe='')}{unquote(last)}" if name else path


def _bearer(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, secret = value.decode("latin-1").partition(" ")
            return secret.strip() if kind.lower() == "bearer" and secret.strip() else None
    return None


async def _refuse(send: Send, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
    await _give(send, status, msgspec.json.encode(problem(status, detail)), {"content-type": MEDIA, **(headers or {})})


async def _give(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    sent = {
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'",
        **headers,
    }
    encoded = [(name.encode(), value.encode()) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
