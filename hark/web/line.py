"""A line: one client that watches topics. What waits to be sent is bounded: who reads too slowly loses the queue, not the
changes, since what was missed is read again from where the client stands."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from hark.web.visitor import Visitor

MOST_BYTES = 256_000  # waiting for one client
SLOWEST = 30.0  # seconds that one frame may take
GONE = (OSError, RuntimeError, TimeoutError)


class Line:
    """`told` is the position up to which the client has everything on its topics; `by` says who is at the other end."""

    __slots__ = (
        "_behind",
        "_catch_up",
        "_flushing",
        "_held",
        "_on_end",
        "_send",
        "_size",
        "_waiting",
        "by",
        "closed",
        "name",
        "telling",
        "told",
        "topics",
        "visitor",
    )

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        catch_up: Callable[[int, frozenset[str]], Awaitable[str | None]],
        *,
        visitor: Visitor | None = None,
        name: str = "",
    ) -> None:
        self.name = name
        self.visitor = visitor
        self.by: dict[str, Any] = {"member": str(visitor.member), "name": visitor.name} if visitor else {}
        self.topics: frozenset[str] = frozenset()
        self.telling: set[str] = set()
        self.told: int | None = None
        self.closed = False
        self._send = send
        self._catch_up = catch_up
        self._waiting: deque[tuple[str, int]] = deque()
        self._size = 0
        self._held = 0
        self._behind = False
        self._flushing: asyncio.Task[None] | None = None
        self._on_end: Callable[[], None] | None = None

    def put(self, text: str, position: int = 0) -> None:
        """Send this after all that waits. `position` is what the client will have seen then."""
        if self.closed or self._behind:
            return
        if self._size + len(text) > MOST_BYTES:
            self._waiting.clear()
            self._size, self._behind = 0, True
        else:
            self._waiting.append((text, position))
            self._size += len(text)
        self._flush()

    def put_first(self, text: str, position: int = 0) -> None:
        self._waiting.appendleft((text, position))
        self._size += len(text)

    def hold(self) -> None:
        """Send nothing until `release`: something older is being read that must go first."""
        self._held += 1

    def release(self) -> None:
        self._held -= 1
        self._flush()

    def on_end(self, act: Callable[[], None]) -> None:
        """What closes the connection when this line has lost its right to go on."""
        self._on_end = act

    def end(self) -> None:
        self.closed = True
        if self._on_end:
            self._on_end()

    def close(self) -> None:
        self.closed = True
        if self._flushing:
            self._flushing.cancel()

    def _flush(self) -> None:
        # A task lives only while there is something to send: thousands of quiet lines cost no task each.
        if self._flushing is None and not self._held and not self.closed and (self._waiting or self._behind):
            self._flushing = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while (self._waiting or self._behind) and not self._held and not self.closed:
                if not self._waiting:
                    await self._read_again()
                    continue
                text, position = self._waiting.popleft()
                self._size -= len(text)
                async with asyncio.timeout(SLOWEST):
                    await self._send(text)
                self.told = max(self.told or 0, position)
        except GONE:
            self.end()
        finally:
            self._flushing = None
            if not self.closed:
                self._flush()

    async def _read_again(self) -> None:
        """The queue was given up: go on from where the client stands."""
        self._behind = False
        with contextlib.suppress(*GONE):
            if text := await self._catch_up(self.told or 0, self.topics):
                self._waiting.appendleft((text, 0))
                self._size += len(text)
