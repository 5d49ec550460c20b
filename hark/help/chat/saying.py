"""What a visitor says is checked, recorded and only then acknowledged; who floods is told when to come back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.errors import Retry
from hark.events.record import HELD, WAITING, Recorder, Recording, head_of
from hark.help.chat.guest import Guest
from hark.help.chat.limits import ADDRESS, BYTES, MESSAGES, TOLD, Buckets
from hark.model import Identity, Request, Source

KINDS = frozenset({"message", "read", "delivered", "rating"})
LONGEST = 10_000  # letters
LARGEST = 10_000_000  # bytes of the files of one message
MOST_FILES = 5


class Envelope(Struct, frozen=True, kw_only=True):
    """What the items of one request share. `anonymous_id` is what the site's own collection calls this browser."""

    guest: Guest
    source: Source
    request: Request
    files: bool = True
    anonymous_id: str = ""
    name: str = ""
    language: str = ""
    time_zone: str = ""


class Refusal(Exception):
    """Not taken, and why: a word for the widget. `after`: seconds until it may be tried again."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.why, self.after = why, after


class Sayings:
    def __init__(self, recorder: Recorder, buckets: Buckets, clock: Callable[[], datetime]) -> None:
        self._recorder = recorder
        self._buckets = buckets
        self._clock = clock

    async def take(self, item: Any, envelope: Envelope) -> dict[str, Any]:
        """The answer to one item: {"ack": id, "at"} after its commit, {"refused": id, "why"} or {"later": id, "after"}."""
        said = item if isinstance(item, dict) else {}
        number = said.get("id")
        number = number if isinstance(number, str) and 0 < len(number) <= 100 else ""
        try:
            checked = self._check(said, number, envelope)
            at = await self.record(checked, envelope)
        except Refusal as refusal:
            if refusal.after is None:
                return {"refused": number, "why": refusal.why}
            return {"later": number, "after": round(refusal.after + 0.5, 1), "why": refusal.why}
        except Retry as busy:
            return {"later": number, "after": busy.after or 2, "why": "busy"}
        return {"ack": number, "at": at}

    def _check(self, said: dict[str, Any], number: str, envelope: Envelope) -> dict[str, Any]:
        if said.get("is") not in KINDS or not number:
            raise Refusal("not_understood")
        text, files = said.get("text", ""), said.get("files") or []
        if not isinstance(text, str) or not isinstance(files, list):
            raise Refusal("not_understood")
        if len(text) > LONGEST:
            raise Refusal("too_long")
        if said["is"] == "message" and not text.strip() and not files:
            raise Refusal("empty")
        size = self._size(files, envelope)
        self._spend(said["is"], size, envelope)
        return said

    def _size(self, files: list[Any], envelope: Envelope) -> int:
        if not files:
            return 0
        if not envelope.files or len(files) > MOST_FILES:
            raise Refusal("no_files" if not envelope.files else "too_many_files")
        size = 0
        for one in files:
            if (
                not isinstance(one, dict)
                or not isinstance(one.get("data"), str)
                or not isinstance(one.get("name"), str)
            ):
                raise Refusal("not_understood")
            size += len(one["data"]) * 3 // 4
        if size > LARGEST:
            raise Refusal("too_large")
        return size

    def _spend(self, kind: str, size: int, envelope: Envelope) -> None:
        visitor, address = envelope.guest.visitor, envelope.request.remote or ""
        limit = MESSAGES if kind == "message" else TOLD
        wait = self._buckets.take(limit, kind, visitor) or self._buckets.take(ADDRESS, "address", address)
        if size:
            wait = wait or self._buckets.take(BYTES, "bytes", visitor, size)
        if wait:
            raise Refusal("too_often", wait)

    async def record(self, said: dict[str, Any], envelope: Envelope) -> datetime:
        """When it was recorded; it is durable then."""
        guest, at = envelope.guest, self._clock()
        body = {
            "visitor": guest.visitor,
            "sender": guest.sender(),
            "identities": _identities(guest, envelope.anonymous_id),
            "trust": "verified" if guest.identity else "claimed",
            "name": envelope.name[:200],
            "language": envelope.language[:35],
            "time_zone": envelope.time_zone[:60],
            "items": [said],
        }
        await self._recorder.record(
            Recording(
                received_at=at,
                source=envelope.source.id,
                plugin=envelope.source.plugin,
                state=HELD if envelope.source.paused else WAITING,
                head=head_of(envelope.request),
                body=msgspec.json.encode(body),
            )
        )
        return at


def _identities(guest: Guest, anonymous_id: str) -> list[Identity]:
    found = list(guest.whose())
    if anonymous_id and len(anonymous_id) <= 200 and anonymous_id.isprintable():
        found.append(Identity("anonymous_id", anonymous_id))
    return found


def read_id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
