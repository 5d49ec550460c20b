"""The chat's door, for visitors of any site: the script, hello, the line, what they say, their files. No cookie is read;
a visitor is whoever holds the secret that hello gave them."""

import asyncio
import logging
from collections import Counter
from typing import Any

from hark.errors import Forbidden, HarkError, NotFound, Rejected, Retry
from hark.help.chat import files, transcript
from hark.help.chat.asked import Bodies, Receive, Scope, Send, answer, header, request_of
from hark.help.chat.calling import Calls
from hark.help.chat.guest import Guest, unseal
from hark.help.chat.hello import Chat, Hellos
from hark.help.chat.limits import CONNECTIONS, HELLOS, TOLD, Buckets
from hark.help.chat.saying import LARGEST, Envelope, Sayings, read_id
from hark.help.chat.script import Scripts
from hark.help.chat.talk import Lines, first_word

log = logging.getLogger(__name__)
SMALL = 100_000  # bytes of a request that carries no files
SHARED = ("anonymous_id", "name", "language", "time_zone")
PREFLIGHT = {
    "access-control-allow-headers": "content-type",
    "access-control-allow-methods": "GET, POST",
    "access-control-max-age": "86400",
}
STATUS: dict[type[HarkError], int] = {Forbidden: 403, NotFound: 404, Retry: 503}


class ChatDoor:
    def __init__(
        self, hellos: Hellos, lines: Lines, sayings: Sayings, calls: Calls, scripts: Scripts, buckets: Buckets
    ) -> None:
        self._hellos = hellos
        self._lines = lines
        self._sayings = sayings
        self._calls = calls
        self._scripts = scripts
        self._buckets = buckets
        self._bodies = Bodies()
        self._open: Counter[str] = Counter()
        self._asks = {
            "hello": self._hello,
            "say": self._say,
            "poll": self._poll,
            "place": self._place,
            "callback": self._callback,
            "callback-cancel": self._cancel,
            "transcript": self._transcript,
        }

    @staticmethod
    def is_for(scope: Scope) -> bool:
        return scope["type"] in ("http", "websocket") and str(scope["path"]).startswith("/chat/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except HarkError as error:
            status = error.status if isinstance(error, Rejected) else STATUS.get(type(error), 500)
            after = {"retry-after": str(int(error.after or 2))} if isinstance(error, Retry) else {}
            await answer(send, {"error": str(error)}, status=status, headers=after)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, parts = scope["method"], scope["path"].split("/")[2:]
        if method == "OPTIONS":
            await answer(send, b"", status=204, headers=PREFLIGHT)
        elif method in ("GET", "HEAD") and parts[0] == "file":
            await self._file(parts[1:], send)
        elif method in ("GET", "HEAD") and len(parts) == 1 and parts[0].endswith(".js"):
            chat = await self._hellos.chat(parts[0].removesuffix(".js"))
            await self._scripts.loader(scope, chat, send)
        elif method == "POST" and len(parts) == 2 and parts[1] in self._asks:
            chat = await self._chat(parts[0], scope)
            most = LARGEST * 4 // 3 + SMALL if parts[1] == "say" else SMALL
            asked = await self._bodies.read(scope, receive, most)
            if not isinstance(asked, dict):
                raise Rejected("the body is no object")
            await answer(send, await self._asks[parts[1]](chat, asked, scope))
        else:
            raise NotFound("there is nothing here")

    async def _hello(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        if wait := self._buckets.take(HELLOS, "hello", _address(scope)):
            raise Retry("too many visitors come from your address", after=wait + 1)
        return await self._hellos.hello(chat, asked)

    async def _say(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        """Items in their order; after one that must wait, the others wait too."""
        envelope = self._envelope(chat, asked, scope)
        answers = []
        items = asked.get("items")
        for item in items[:50] if isinstance(items, list) else []:
            answers.append(await self._sayings.take(item, envelope))
            if "later" in answers[-1]:
                break
        return {"answers": answers}

    async def _poll(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        guest = self._guest(chat, asked)
        address = _address(scope)
        if self._open[address] >= CONNECTIONS:
            raise Retry("too many lines are open from your address", after=5)
        self._open[address] += 1
        try:
            return await self._lines.wait(guest, _number(asked.get("since")) or 0, _number(asked.get("wait")) or 0)
        finally:
            self._leave(address)

    async def _place(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        guest, conversation = self._guest(chat, asked), read_id(asked.get("conversation"))
        if conversation is None:
            raise Rejected("it names no conversation")
        self._slow(guest)
        return await asyncio.to_thread(self._hellos.place, guest, conversation)

    async def _callback(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        if not chat.config.callback:
            raise Forbidden("call-backs are not offered here")
        envelope = self._envelope(chat, asked, scope)
        self._slow(envelope.guest)
        return await self._calls.ask(envelope, asked)

    async def _cancel(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        envelope = self._envelope(chat, asked, scope)
        self._slow(envelope.guest)
        return await self._calls.cancel(envelope, asked)

    def _slow(self, guest: Guest) -> None:
        if wait := self._buckets.take(TOLD, "place", guest.visitor):
            raise Retry("ask a little less often", after=wait + 1)

    async def _transcript(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Any:
        guest = self._guest(chat, asked)
        if not chat.config.transcript:
            raise Forbidden("transcripts are not sent here")
        if self._buckets.take(transcript.LIMIT, "transcript", guest.visitor) or self._buckets.take(
            transcript.LIMIT_OF_ADDRESS, "transcript", _address(scope)
        ):
            raise Retry("it was sent some times already", after=600)
        return await asyncio.to_thread(self._hellos.transcript, chat, guest, asked)

    async def _file(self, parts: list[str], send: Send) -> None:
        found = await asyncio.to_thread(
            files.read, self._hellos.database, self._hellos.salt, parts, self._hellos.clock()
        )
        await answer(send, found.body, kind=found.media_type, headers=found.headers)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts, address = scope["path"].split("/")[2:], _address(scope)
        try:
            if len(parts) != 2 or parts[1] != "live" or self._open[address] >= CONNECTIONS:
                raise NotFound("there is nothing here")
            chat = await self._chat(parts[0], scope)
        except HarkError:
            await send({"type": "websocket.close", "code": 4404})
            return
        await send({"type": "websocket.accept"})
        self._open[address] += 1
        try:
            asked = await first_word(receive)
            envelope = self._envelope(chat, asked if isinstance(asked, dict) else {}, scope)
            await self._lines.socket(scope, receive, send, envelope, _number(asked.get("since")))
            code = 1000
        except Forbidden:
            code = 4401
        finally:
            self._leave(address)
        await _close(send, code)

    def _envelope(self, chat: Chat, asked: dict[str, Any], scope: Scope) -> Envelope:
        guest = self._guest(chat, asked)
        words = {
            name: value
            for name in ("anonymous_id", "name", "language", "time_zone")
            if isinstance(value := asked.get(name), str)
        }
        return Envelope(guest=guest, source=chat.source, request=request_of(scope), files=chat.config.files, **words)

    def _guest(self, chat: Chat, asked: dict[str, Any]) -> Guest:
        token = asked.get("visitor")
        guest = (
            unseal(token, chat.source.id, self._hellos.salt, self._hellos.clock()) if isinstance(token, str) else None
        )
        if guest is None:
            raise Forbidden("say hello first")
        return guest

    async def _chat(self, source: str, scope: Scope) -> Chat:
        chat = await self._hellos.chat(source)
        origin = header(scope, b"origin")
        if chat.config.sites and origin not in chat.config.sites and origin != self._hellos.own_url:
            raise Forbidden("this site may not show the chat: add it to the chat's settings")
        return chat

    def _leave(self, address: str) -> None:
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]


async def _close(send: Send, code: int) -> None:
    try:
        await send({"type": "websocket.close", "code": code})
    except (RuntimeError, OSError):
        return  # the visitor was faster


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else None
