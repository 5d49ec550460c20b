"""How a conversation and a message stand, and how each event changes that. Changed in memory, one event at a time; pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.model import Conversation, File, Identity, Message

PREVIEW = 200
# Delivery moves forward only; the last two end it.
RANK = {
    "received": 0,
    "queued": 1,
    "unknown": 2,
    "sent": 3,
    "delivered": 4,
    "read": 5,
    "failed": 6,
    "withdrawn": 7,
}
# What can be said of a delivery; that something was withdrawn is said in another way.
TOLD = frozenset(RANK) - {"received", "withdrawn"}


class Saying(Struct, kw_only=True):
    """A row of `conversation_message`."""

    id: UUID
    conversation: UUID
    origin: UUID
    position: int
    changed: int
    at: datetime
    channel: str
    direction: str
    author: str
    anchor: UUID | None = None
    name: str | None = None
    address_kind: str | None = None
    address_value: str | None = None
    trust: str = "claimed"
    automatic: bool = False
    text: str = ""
    html: str | None = None
    subject: str | None = None
    files: list[dict[str, Any]] = []
    buttons: list[list[str]] = []
    mentions: list[UUID] = []
    state: str = "received"
    detail: str | None = None
    attempt: int = 0
    language: str | None = None
    source: str = ""
    external_id: str | None = None

    def deliver(self, state: str, detail: str | None) -> bool:
        """Whether that was a step forward."""
        if self.direction != "out" or RANK[state] <= RANK[self.state]:
            return False
        self.state, self.detail = state, detail
        return True

    def message(self) -> Message:
        fields = {name: getattr(self, name) for name in _SHARED_MESSAGE}
        return Message(
            **fields,
            address=_identity(self.address_kind, self.address_value),
            files=tuple(msgspec.convert(file, File) for file in self.files),
            buttons=tuple((title, value) for title, value in self.buttons),
            mentions=tuple(self.mentions),
        )


class Standing(Struct, kw_only=True):
    """A row of `conversation`."""

    id: UUID
    anchor: UUID | None
    status: str
    channel: str
    opened_at: datetime
    last_at: datetime
    to_kind: str | None = None
    to_value: str | None = None
    source: str = ""
    subject: str | None = None
    language: str | None = None
    member: UUID | None = None
    team: str | None = None
    priority: int = 0
    tags: list[str] = []
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    waiting_since: datetime | None = None
    first_answer_at: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    rating: int | None = None
    merged_into: UUID | None = None
    messages: int = 0
    preview: str = ""
    read_by_person: int = 0
    participants: list[UUID] = []
    position: int = 0

    def add(self, saying: Saying) -> None:
        """Counts a message that is part of it now; whether that opens anything is told apart."""
        if saying.direction == "note":
            return
        self.messages += 1
        if saying.at >= self.last_at or self.messages == 1:
            self.preview = (saying.text or saying.subject or "").strip()[:PREVIEW]
        self.last_at = max(self.last_at, saying.at)
        self.subject = self.subject or saying.subject
        if saying.direction == "in":
            self._add_in(saying)
        else:
            self._add_out(saying)
        if saying.author != "stranger":
            self.take_part([saying.anchor])

    def _add_in(self, saying: Saying) -> None:
        newest = self.last_in_at is None or saying.at >= self.last_in_at
        self.last_in_at = saying.at if newest else self.last_in_at
        # Whoever only says that they take part never becomes the one whom we answer.
        if newest and (saying.author == "person" or (self.anchor is None and self.to_kind is None)):
            self.channel, self.source = saying.channel, saying.source
            self.to_kind, self.to_value = saying.address_kind, saying.address_value
            self.language = saying.language or self.language
        if not saying.automatic and self.waiting_since is None:
            self.waiting_since = saying.at

    def _add_out(self, saying: Saying) -> None:
        self.last_out_at = max(self.last_out_at or saying.at, saying.at)
        if not saying.automatic:
            self.waiting_since = None
            self.first_answer_at = self.first_answer_at or saying.at

    def take_part(self, who: Iterable[UUID | None]) -> None:
        added = sorted({one for one in who if one is not None} - set(self.participants))
        if added:
            self.participants = [*self.participants, *added][:1000]

    def open(self) -> bool:
        """Whether it had been laid aside before."""
        laid_aside = self.status in ("closed", "snoozed")
        self.status, self.closed_at, self.snoozed_until = "open", None, None
        return laid_aside

    def close(self, at: datetime) -> None:
        self.status, self.closed_at, self.snoozed_until, self.waiting_since = "closed", at, None, None

    def snooze(self, until: datetime) -> None:
        self.status, self.snoozed_until, self.closed_at = "snoozed", until, None

    def wait(self) -> None:
        """We answered: it is their turn."""
        self.open()
        self.status = "waiting"

    def recount(self, sayings: Iterable[Saying]) -> None:
        """What its messages add up to, after some came or went."""
        self.messages, self.preview, self.last_at = 0, "", self.opened_at
        self.last_in_at = self.last_out_at = self.waiting_since = self.first_answer_at = None
        for saying in sorted(sayings, key=lambda one: one.position):
            if saying.state != "withdrawn":
                self.add(saying)
        if self.status == "closed":
            self.waiting_since = None
        elif self.status in ("open", "waiting"):
            self.status = "waiting" if self.last_out_at and self.waiting_since is None else "open"

    def conversation(self) -> Conversation:
        fields = {name: getattr(self, name) for name in _SHARED_CONVERSATION}
        return Conversation(**fields, to=_identity(self.to_kind, self.to_value), tags=tuple(self.tags))


def _identity(kind: str | None, value: str | None) -> Identity | None:
    return Identity(kind, value) if kind and value else None


_SHARED_MESSAGE = tuple(
    name
    for name in Message.__struct_fields__
    if name in Saying.__struct_fields__ and name not in ("files", "buttons", "mentions")
)
_SHARED_CONVERSATION = tuple(
    name for name in Conversation.__struct_fields__ if name in Standing.__struct_fields__ and name != "tags"
)
