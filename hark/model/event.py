"""An Event: something that happened. It is never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct


class Identity(Struct, frozen=True, array_like=True, order=True):
    """A pointer to a person as the sender wrote it: ("email", "ann@example.com")."""

    kind: str
    value: str


class Attached(Struct, frozen=True, kw_only=True):
    """A file with its bytes, on its way in or out. `inline` is the content id under which a text shows it."""

    name: str
    media_type: str
    body: bytes
    inline: str | None = None


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened, as the log keeps it.

    type        identify | track | page | screen | group | alias (the six calls that collection clients make)
    name        what happened: the name that a track call gives, else the type
    at          when it happened by the corrected clock of the sender
    received_at when our door recorded it
    source      id of the source whose key let it in
    message_id  the sender's own id; (source, message_id) is in the log once
    identities  as the sender wrote them; knowing whose they are is the room `people`'s work
    traits      what the event says about the person (or the group, for a group call); null takes a trait away
    properties  what the event says about itself
    context     where it came from: page, device, locale, time zone, campaign, consent …
    channel     web | mobile | email | chat | messaging | social | phone | shop | crm | appliance | server
    historical  imported, or older than a day on arrival: known, never decided upon
    position    its place in the log; 0 until the loader has given one
    files       what came along: the loader keeps the bytes, and `properties["files"]` names them (see model.File)
    """

    id: UUID
    type: str
    name: str
    at: datetime
    received_at: datetime
    source: str
    message_id: str
    identities: tuple[Identity, ...] = ()
    traits: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}
    channel: str = "server"
    historical: bool = False
    caused_by: UUID | None = None
    depth: int = 0
    position: int = 0
    files: tuple[Attached, ...] = ()


class Refused(Struct, frozen=True, kw_only=True):
    """One item of a request that could not become an event, and why. Kept and shown, never dropped."""

    index: int
    reason: str
    item: Any = None
