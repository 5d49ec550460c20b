"""A Conversation: messages with a person over any channel, and a Message: one of them. A channel is a plug-in that sends."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from hark.model.event import Attached, Identity

Status = Literal["open", "waiting", "snoozed", "closed"]
# Events that only a channel may send: anybody can have the key of a page's tracker, and would speak as somebody's letter.
SAID_BY_CHANNELS = frozenset({"message.received", "message.delivery", "message.read", "conversation.rated"})
# Of work, what a person may ask for through a channel, for themselves alone.
ASKED_BY_CHANNELS = frozenset({"callback.asked", "callback.cancelled"})
Direction = Literal["in", "out", "note"]
# Delivery only moves forward in this order; `failed` and `withdrawn` end it, and what comes late does not undo them.
# `unknown`: cut off between sending and hearing how it went.
Delivery = Literal["received", "queued", "unknown", "sent", "delivered", "read", "failed", "withdrawn"]


class File(Struct, frozen=True, kw_only=True):
    """What came or goes with a message. `id` is the SHA-256 of its bytes; `inline` is the content id under which the
    message's HTML shows it. `state`: ok | unchecked | quarantined | released."""

    id: str
    name: str
    media_type: str
    size: int
    inline: str | None = None
    state: str = "ok"


class Message(Struct, frozen=True, kw_only=True):
    """One message, as the thread shows it; its id is that of its event.

    author    "person"; "participant": somebody else who takes part; "stranger": somebody who only says so; "member:<uuid>",
              "bot:<name>" or "hark"
    address   where it came from, or where it goes; `name` is what the sender calls themselves
    trust     verified | claimed | unverified
    attempt   how often it was sent again
    text      what was written, without quoted history; the whole text stays in the event
    html      as it came, never shown uncleaned
    """

    id: UUID
    conversation: UUID
    position: int
    at: datetime
    channel: str
    direction: Direction
    author: str
    name: str | None = None
    address: Identity | None = None
    trust: str = "claimed"
    automatic: bool = False
    text: str = ""
    html: str | None = None
    subject: str | None = None
    files: tuple[File, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    mentions: tuple[UUID, ...] = ()
    state: Delivery = "received"
    detail: str | None = None
    attempt: int = 0
    anchor: UUID | None = None
    language: str | None = None
    source: str = ""
    external_id: str | None = None


class Conversation(Struct, frozen=True, kw_only=True):
    """How a conversation stands after an event. `anchor` is the identity whose history it is part of; the person is a join.

    waiting_since is the first message of the person that nobody has answered yet; channel and to are where they were last.
    """

    id: UUID
    anchor: UUID | None
    status: Status
    channel: str
    opened_at: datetime
    last_at: datetime
    to: Identity | None = None
    source: str = ""
    subject: str | None = None
    language: str | None = None
    member: UUID | None = None
    team: str | None = None
    priority: int = 0
    tags: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    first_answer_at: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    merged_into: UUID | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    rating: int | None = None
    messages: int = 0
    preview: str = ""
    read_by_person: int = 0
    position: int = 0


class Abilities(Struct, frozen=True, kw_only=True):
    """What a channel can carry; conversations/fallback.py turns the rest into text. `pulled`: the person's client fetches
    its thread from us, so that nothing has to be sent. `files` is the largest file in bytes, 0 where none can go."""

    text: bool = True
    html: bool = False
    subject: bool = False
    buttons: int = 0
    files: int = 0
    max_text: int = 1_000_000
    typing: bool = False
    read: bool = False
    pulled: bool = False


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message on its way to a channel. `key` is the idempotency key. `token` is a signed name of (conversation, message)
    that an answer brings back; `references` are the channel's own ids of earlier messages, oldest first. `automatic`: no
    human wrote it, and it must say so where the channel has a way. `written_to`: where the person's last message here went,
    so that an account with several addresses answers from the one that they know."""

    key: UUID
    token: str
    text: str
    html: str | None = None
    subject: str | None = None
    files: tuple[Attached, ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()
    references: tuple[str, ...] = ()
    sender: str | None = None
    written_to: tuple[str, ...] = ()
    language: str | None = None
    automatic: bool = False


class Receipt(Struct, frozen=True, kw_only=True):
    """What the channel answered: its own id of the message, and how far it is."""

    external_id: str | None = None
    state: Delivery = "sent"
    detail: str | None = None
