"""What stands at the door: a request, what is let in of it, and what the caller is answered."""

from datetime import datetime
from typing import Any

from msgspec import Struct


class Source(Struct, frozen=True, kw_only=True):
    """A system that sends us events, with its own write key."""

    id: str
    name: str
    write_key: str
    plugin: str = "segment"
    channel: str | None = None
    paused: bool = False
    settings: dict[str, Any] = {}


class Route(Struct, frozen=True):
    """A path that a plug-in answers. `{name}` stands for one segment. `records` is False where a GET only asks; `open`
    where it asks for what anybody may have, without a write key."""

    method: str
    path: str
    records: bool = True
    open: bool = False


class Request(Struct, frozen=True, kw_only=True):
    """One HTTP request with its body already unpacked (gzip, by header or by its first bytes) within the limits.

    headers have lower-case names; query holds the last value of each name; params the `{name}` parts of the path.
    """

    method: str
    path: str
    query: dict[str, str] = {}
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: bytes = b""
    remote: str | None = None


class Admission(Struct, frozen=True):
    """What a plug-in reads of a request before it is recorded: the write key it carries and how many items it holds."""

    write_key: str | None
    count: int = 1


class Accepted(Struct, frozen=True):
    count: int
    source: Source | None = None


class Denied(Struct, frozen=True):
    """status is an HTTP status; code is a short machine word such as "invalid_write_key"; message is for people."""

    status: int
    code: str
    message: str
    retry_after: int | None = None


class Reply(Struct, frozen=True, kw_only=True):
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = {}


class Raw(Struct, frozen=True, kw_only=True):
    """A recorded request: the one row that was committed before the caller was answered."""

    id: int
    received_at: datetime
    source: Source
    plugin: str
    request: Request
    imported: bool = False
