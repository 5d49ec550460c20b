"""Presence: who is typing or looking at a topic just now. Told by NOTIFY, forgotten after seconds, kept nowhere."""

import time
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

KINDS = frozenset({"typing", "noting", "viewing", "left"})
LASTS = {"typing": 8.0, "noting": 8.0, "viewing": 45.0}  # seconds without another word; clients say it again in time
MOST = 20_000


class Presence(Struct, frozen=True, kw_only=True):
    """`noting` is typing what the person will not see. `line` is who said it, so that it does not come back to them."""

    topic: str
    kind: str
    line: str
    by: dict[str, Any]

    def frame(self) -> str:
        said = {"topic": self.topic, "kind": self.kind, "line": self.line, "by": self.by}
        return msgspec.json.encode(said).decode()


class Present:
    """What was said lately, so that those who come later see it too."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, tuple[Presence, float]]] = {}
        self._count = 0

    def note(self, said: Presence) -> None:
        here = self._said.setdefault(said.topic, {})
        if said.kind == "left":
            self._count -= here.pop(said.line, None) is not None
        elif said.kind in LASTS:
            self._count += said.line not in here
            here[said.line] = (said, time.monotonic() + LASTS[said.kind])
        if not here:
            del self._said[said.topic]
        if self._count > MOST:
            self._forget_old()

    def on(self, topics: Iterable[str]) -> list[Presence]:
        now = time.monotonic()
        return [said for topic in topics for said, until in self._said.get(topic, {}).values() if until > now]

    def _forget_old(self) -> None:
        now = time.monotonic()
        for topic, here in list(self._said.items()):
            self._said[topic] = {line: kept for line, kept in here.items() if kept[1] > now}
            if not self._said[topic]:
                del self._said[topic]
        self._count = sum(map(len, self._said.values()))
