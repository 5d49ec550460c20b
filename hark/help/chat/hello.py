"""Hello: a visitor opens the chat. Who they are, what was said before, whether somebody is there, what greets them."""

import asyncio
import time
from datetime import datetime
from types import ModuleType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from hark.cases import wall
from hark.conversations import visitors
from hark.errors import Forbidden, HarkError, NotFound
from hark.events.sources import source_by_id
from hark.help.chat import calling, transcript
from hark.help.chat.guest import Guest, fresh, known, seal, unseal
from hark.help.chat.thread import Threads
from hark.kit.clock import Clock
from hark.model import Declared, Identity, Source
from hark.people import reading
from hark.registry import Registry
from hark.store import Database, Transaction
from hark.web import customers
from hark.web.live import Live

FRESH = 3.0  # seconds for which a chat's settings are believed without a look


class Chat(Struct, frozen=True):
    """A source of the plug-in `webchat` with its settings."""

    source: Source
    config: Any


class Hellos:
    def __init__(
        self,
        *,
        database: Database,
        registry: Registry,
        declared: Declared,
        live: Live,
        threads: Threads,
        clock: Clock,
        own_url: str,
    ) -> None:
        self.database = database
        self.salt = declared.salt
        self.clock = clock
        self.own_url = own_url
        self._declared = declared
        self._live = live
        self._threads = threads
        self._plugin = registry["webchat"]
        self._chats: dict[str, tuple[float, Chat | None]] = {}

    async def chat(self, source: str) -> Chat:
        """NotFound where there is no chat of that name."""
        read_at, chat = self._chats.get(source, (float("-inf"), None))
        if time.monotonic() - read_at > FRESH:
            chat = await asyncio.to_thread(self._read_chat, source[:60])
            if len(self._chats) > 1000:
                self._chats.clear()  # of guessed names
            self._chats[source] = (time.monotonic(), chat)
        if chat is None:
            raise NotFound("there is no such chat")
        return chat

    def _read_chat(self, name: str) -> Chat | None:
        try:
            with self.database.transaction() as tx:
                source = source_by_id(tx, name)
        except NotFound:
            return None
        if source.plugin != "webchat":
            return None
        return Chat(source, msgspec.convert(source.settings, self._part("config").Config))

    async def hello(self, chat: Chat, asked: dict[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(self._hello, chat, asked)

    def _hello(self, chat: Chat, asked: dict[str, Any]) -> dict[str, Any]:
        now = self.clock()
        guest, refused = self._guest(chat, asked, now)
        position = self._live.position  # before the look, so that nothing falls between
        with self.database.transaction() as tx:
            changes = self._threads.snapshot(tx, guest.whose())
            greeting = None if changes else self._greeting(tx, chat, guest, asked)
        told: dict[str, Any] = {
            "visitor": seal(guest, chat.source.id, self.salt),
            "known": guest.identity is not None,
            "position": position,
            "changes": changes,
            **self.presence(chat, now),
        }
        if greeting:
            told["greeting"] = greeting
        if refused:
            told["identity_refused"] = refused
        return told

    def presence(self, chat: Chat, now: datetime) -> dict[str, Any]:
        """Whether it is open now, else when it opens next."""
        hours = self._part("hours")
        opens = hours.opens(hours.parse(chat.config.hours), ZoneInfo(chat.config.time_zone), now)
        return {"open": True} if opens == now else {"open": False, "opens": opens}

    def transcript(self, chat: Chat, guest: Guest, asked: dict[str, Any]) -> dict[str, Any]:
        with self.database.transaction() as tx:
            lines = self._threads.snapshot(tx, guest.whose())
            transcript.write(tx, lines, asked, chat.source.name, self.clock())
        return {"sent": True}

    def place(self, guest: Guest, conversation: UUID) -> dict[str, Any]:
        """Where they stand in the queue, how long it takes as far as that is known, and whom we call instead; nothing once
        it is their turn."""
        with self.database.transaction() as tx:
            if not visitors.owns(tx, guest.whose(), conversation):
                raise NotFound("there is no such conversation")
            found = wall.place(tx, conversation, self.clock())
            call = calling.standing(tx, conversation)
        return {"place": found.place, "seconds": found.seconds, **call} if found else call

    def _guest(self, chat: Chat, asked: dict[str, Any], now: datetime) -> tuple[Guest, str | None]:
        """Whoever the secret says; with the site's word for them where it gives one that holds."""
        token, proof = asked.get("visitor"), asked.get("identity")
        guest = unseal(token, chat.source.id, self.salt, now) if isinstance(token, str) else None
        guest = guest or fresh(now)
        if not isinstance(proof, str) or not proof:
            return guest, None
        try:
            with self.database.transaction() as tx:
                identity = Identity(*customers.use_token(tx, proof, now))
        except Forbidden as wrong:
            # A page that is loaded again shows the same proof; whoever was let in by it still is.
            return guest, None if guest.identity else str(wrong)
        return known(guest, identity, now), None

    def _greeting(self, tx: Transaction, chat: Chat, guest: Guest, asked: dict[str, Any]) -> dict[str, Any] | None:
        path, language = str(asked.get("path") or "")[:500], str(asked.get("language") or "")[:2]
        segments: frozenset[str] | None = None
        for greeting in chat.config.greetings:
            if greeting.path not in path or greeting.language not in ("", language):
                continue
            if greeting.segment:
                segments = self._segments(tx, guest, asked) if segments is None else segments
                if greeting.segment not in segments:
                    continue
            return {"text": greeting.text, "after": greeting.after}
        return None

    def _segments(self, tx: Transaction, guest: Guest, asked: dict[str, Any]) -> frozenset[str]:
        anonymous = asked.get("anonymous_id")
        names = list(guest.whose())
        if isinstance(anonymous, str) and 0 < len(anonymous) <= 200:
            names.append(Identity("anonymous_id", anonymous))
        for who in reversed(names):
            try:
                return frozenset(reading.record(tx, who.kind, who.value, self._declared).segments)
            except HarkError:
                continue
        return frozenset()

    def _part(self, name: str) -> ModuleType:
        part = self._plugin.part(name)
        assert part
        return part
