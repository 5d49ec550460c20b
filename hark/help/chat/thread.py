"""A visitor's thread as their browser gets it: a snapshot, and the changes since, by the topic thread:<kind>:<value>."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hark.conversations import visitors
from hark.conversations.visitors import Line, Standing
from hark.help.chat.files import address
from hark.kit.contents import SHOWN, file_name
from hark.model import File, Identity
from hark.store import Transaction
from hark.web.live import Change

FILES_LAST = timedelta(days=7)


class Names:
    """What members are called, as visitors may know it; read again now and then."""

    FRESH = 30.0

    def __init__(self, read: Callable[[Transaction], Iterable[tuple[UUID, str]]]) -> None:
        self._read = read
        self._names: dict[str, str] = {}
        self._read_at = float("-inf")

    def refresh(self, tx: Transaction, lines: Iterable[Line], standings: Iterable[Standing]) -> None:
        """Read them again after a while, or as soon as somebody new has written."""
        members = {line.author.partition(":")[2] for line in lines if line.author.startswith("member:")}
        members |= {str(one.member) for one in standings if one.member}
        if members - self._names.keys() or time.monotonic() - self._read_at > self.FRESH:
            self._names = {str(member): name for member, name in self._read(tx)}
            self._read_at = time.monotonic()

    def of(self, member: object) -> str | None:
        return self._names.get(str(member)) if member else None


class Threads:
    def __init__(self, salt: bytes, names: Names, clock: Callable[[], datetime]) -> None:
        self.names = names
        self._salt = salt
        self._clock = clock

    def snapshot(self, tx: Transaction, whose: tuple[Identity, ...]) -> list[dict[str, Any]]:
        """The changes that make a thread out of nothing."""
        lines, standing = visitors.thread(tx, whose)
        self.names.refresh(tx, lines, [standing] if standing else [])
        told = [{"kind": "message", **self._line(line)} for line in lines]
        return [*told, {"kind": "conversation", **self._standing(standing)}] if standing else told

    def feed(self, tx: Transaction, after: int, until: int, topics: frozenset[str] | None, limit: int) -> list[Change]:
        whose = None if topics is None else [read_topic(topic) for topic in topics]
        lines, standings = visitors.changes(tx, after, until, whose, limit)
        self.names.refresh(tx, lines, standings)
        return [Change(topic_of(line.whose), "message", self._line(line)) for line in lines] + [
            Change(topic_of(one.whose), "conversation", self._standing(one)) for one in standings
        ]

    def _line(self, line: Line) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": line.id,
            "conversation": line.conversation,
            "position": line.position,
            "at": line.at,
            "mine": line.direction == "in",
            "text": line.text,
            "state": line.state,
        }
        if line.client and line.direction == "in":
            told["client"] = line.client
        if line.direction == "out":
            told["by"] = self._author(line)
        if line.files:
            told["files"] = [self._file(file) for file in line.files if file.state != "quarantined"]
        return told

    def _author(self, line: Line) -> dict[str, Any]:
        kind, _, which = line.author.partition(":")
        if kind == "bot":
            return {"bot": True, "name": which}
        return {"name": self.names.of(which) or ""} if kind == "member" else {"bot": kind == "hark"}

    def _standing(self, one: Standing) -> dict[str, Any]:
        return {
            "id": one.id,
            "status": one.status,
            "seen": one.seen,
            "with": self.names.of(one.member),
            "rating": one.rating,
            "asks": one.channel == "chat",  # who has gone over to another channel is asked there
        }

    def _file(self, file: File) -> dict[str, Any]:
        """With an address that works for some days, for whoever was told it."""
        ends = int((self._clock() + FILES_LAST).timestamp()) // 86400 * 86400
        return {
            "name": file_name(file.name),
            "size": file.size,
            "shown": file.media_type in SHOWN,
            "url": address(file.id, file.media_type, file.name, ends, self._salt),
        }


def topic_of(whose: Identity) -> str:
    return f"thread:{whose.kind}:{whose.value}"


def read_topic(topic: str) -> Identity:
    _, kind, value = topic.split(":", 2)
    return Identity(kind, value)
