"""A visitor's line: a WebSocket that is told what changes in their thread and takes what they say; or, where a proxy cuts
sockets, one question that waits for an answer."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec

from hark.conversations import visitors
from hark.help.chat.asked import Receive, Scope, Send
from hark.help.chat.guest import Guest
from hark.help.chat.limits import TOLD, Buckets
from hark.help.chat.saying import Envelope, Sayings, read_id
from hark.help.chat.thread import topic_of
from hark.model import Identity
from hark.store import Database
from hark.web.line import Line
from hark.web.live import Live
from hark.web.presence import Presence

LONGEST = 200_000  # letters of one frame of a visitor; files go by POST
HELLO = 15.0  # seconds for the first word
LONGEST_WAIT = 50.0
STRANGE = 3  # frames that make no sense, after which the line is cut


class Lines:
    """Opens lines into threads. `Live` is the same hub that serves the team's screens."""

    def __init__(self, live: Live, database: Database, sayings: Sayings, buckets: Buckets) -> None:
        self._live = live
        self._database = database
        self._sayings = sayings
        self._buckets = buckets

    async def socket(self, scope: Scope, receive: Receive, send: Send, envelope: Envelope, since: int | None) -> None:
        """From the first word on until either side goes."""

        async def tell(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        line = self._live.open(tell)
        line.by = {"visitor": envelope.guest.visitor}
        owned: set[UUID] = set()
        strange = 0
        try:
            await self._live.watch(line, [topic_of(who) for who in envelope.guest.whose()], since)
            while strange < STRANGE and (said := await hear(receive)) is not None:
                strange += not await self._answer(said, line, envelope, owned, tell)
        finally:
            await self._live.close(line)

    async def wait(self, guest: Guest, since: int, seconds: float) -> dict[str, Any]:
        """What changed after `since`, as soon as there is something; nothing after so many seconds."""
        queue: asyncio.Queue[str] = asyncio.Queue(1)
        line = self._live.open(queue.put)
        changes: list[Any] = []
        position = max(since, self._live.position)
        try:
            await self._live.watch(line, [topic_of(who) for who in guest.whose()], since)
            async with asyncio.timeout(min(seconds, LONGEST_WAIT)):
                frame = msgspec.json.decode(await queue.get())
                changes += frame.get("changes", [])
                position = max(since, frame.get("position", 0))
                if frame.get("reset"):
                    return {"position": position, "changes": [], "reset": True}
        except TimeoutError:
            pass
        finally:
            await self._live.close(line)
        return {"position": position, "changes": changes}

    async def _answer(self, said: Any, line: Line, envelope: Envelope, owned: set[UUID], tell: Any) -> bool:
        """Whether it was something that a visitor's widget says."""
        if not isinstance(said, dict):
            return False
        if "say" in said:
            await tell(msgspec.json.encode(await self._sayings.take(said["say"], envelope)).decode())
            return True
        conversation = read_id(said.get("typing") or said.get("left"))
        if conversation is None:
            return "beat" in said
        if self._buckets.take(TOLD, "typing", envelope.guest.visitor):
            return True
        if conversation not in owned:
            if not await asyncio.to_thread(self._owns, envelope.guest.whose(), conversation):
                return False
            owned.add(conversation)
            await self._live.watch(line, [f"typing:{conversation}"])
        if said.get("typing"):
            await self._live.tell(line, f"conversation:{conversation}", "typing")
        elif line.telling:
            await self._live.tell(line, f"conversation:{conversation}", "left")
        return True

    def _owns(self, whose: tuple[Identity, ...], conversation: UUID) -> bool:
        with self._database.transaction() as tx:
            return visitors.owns(tx, whose, conversation)


def retold(said: Presence) -> tuple[str, str] | None:
    """Typing of a member as the visitor of that conversation sees it; notes are never theirs to see."""
    word, _, conversation = said.topic.partition(":")
    if word != "conversation" or "member" not in said.by or said.kind not in ("typing", "left"):
        return None
    told = {"typing": conversation if said.kind == "typing" else None, "name": said.by.get("name", "")}
    return f"typing:{conversation}", msgspec.json.encode(told).decode()


async def hear(receive: Receive) -> Any:
    """The next frame as JSON; None where the line has ended or is no longer worth holding."""
    message = await receive()
    if message["type"] == "websocket.connect":
        message = await receive()
    if message["type"] != "websocket.receive":
        return None
    text = message.get("text") or ""
    if len(text) > LONGEST:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return ""


async def first_word(receive: Receive) -> Any:
    try:
        async with asyncio.timeout(HELLO):
            return await hear(receive)
    except TimeoutError:
        return None
