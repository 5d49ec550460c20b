"""What visitors of the chat sent, as the chat's door recorded it: messages, read marks, ratings, wishes to be called. The
door has checked who they are and how much they send; here bytes become events, the same each time."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.kit.contents import file_name, media_type
from hark.kit.ids import event_id
from hark.kit.text import clean
from hark.plugin import Attached, Event, Identity, Raw, Refused, Rejected

ROUTES = ()  # nothing at the door of events: visitors have a door of their own, which knows their secrets
LONGEST = 10_000
CONTACT = ("name", "email", "phone", "topic")


class Sent(Struct, frozen=True, kw_only=True):
    name: str = ""
    data: str = ""  # base64


class Item(Struct, frozen=True, kw_only=True):
    """One thing that a visitor did. `id` is their browser's own: the same again is the same thing."""

    is_: Literal["message", "read", "delivered", "rating", "callback", "callback_cancel"] = msgspec.field(name="is")
    id: str
    text: str = ""
    files: list[Sent] = []
    contact: dict[str, str] = {}
    conversation: str | None = None
    message: str | None = None
    until: int = 0
    score: int = 0
    comment: str = ""
    phone: str = ""
    typed_at: str | None = None
    page: dict[str, str] = {}


class Said(Struct, frozen=True, kw_only=True):
    """A recorded request. `sender` is whose thread it is; `identities` also holds what the site only believes."""

    visitor: str
    sender: Identity
    identities: list[Identity]
    trust: Literal["verified", "claimed"]
    name: str = ""
    language: str = ""
    time_zone: str = ""
    items: list[Item]


_decode = msgspec.json.Decoder(Said).decode


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    try:
        said = _decode(raw.request.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"this is nothing that the chat's door recorded: {error}") from None
    for index, item in enumerate(said.items):
        try:
            yield _event(item, said, raw)
        except (Rejected, ValueError) as error:
            yield Refused(index=index, reason=str(error), item={"is": item.is_, "id": item.id, "text": item.text[:500]})


def _event(item: Item, said: Said, raw: Raw) -> Event:
    name, properties, files = _MAKE[item.is_](item, said)
    message_id = f"{said.visitor}:{item.is_}:{item.id[:100]}"
    return Event(
        id=event_id(raw.received_at, raw.source.id, message_id),
        type="track",
        name=name,
        at=raw.received_at,
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message_id,
        identities=tuple(said.identities),
        properties=properties,
        context=_context(item, said, raw),
        channel="chat",
        files=files,
    )


def _message(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    files = tuple(_file(sent, number) for number, sent in enumerate(item.files[:10], 1))
    text = clean(item.text).strip()[:LONGEST]
    if not text and not files:
        raise Rejected("a message without a word and without a file")
    contact = {name: clean(item.contact[name])[:200].strip() for name in CONTACT if item.contact.get(name)}
    properties: dict[str, Any] = {
        "text": text,
        "from": {"kind": said.sender.kind, "value": said.sender.value, "name": said.name or contact.get("name")},
        "external_id": item.id[:100],
        "trust": said.trust,
        "automatic": False,
    }
    if contact:
        properties["contact"] = contact  # typed into a form: shown as not verified, never evidence of who it is
    if said.language:
        properties["language"] = said.language[:35]
    if conversation := _id(item.conversation):
        properties["conversation"] = conversation
    if item.typed_at:
        properties["typed_at"] = item.typed_at[:40]
    return "message.received", properties, files


def _file(sent: Sent, number: int) -> Attached:
    try:
        body = base64.b64decode(sent.data, validate=True)
    except (binascii.Error, ValueError):
        raise Rejected(f"the file {sent.name[:100]!r} did not arrive whole") from None
    return Attached(name=file_name(sent.name, f"file-{number}"), media_type=media_type(body), body=body)


def _read(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    return "message.read", {"conversation": _known(item.conversation), "until": item.until, "by": "person"}, ()


def _delivered(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    return "message.delivery", {"message": _known(item.message), "state": "delivered"}, ()


def _rating(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    if not 1 <= item.score <= 5:
        raise Rejected("a rating is 1 to 5")
    comment = clean(item.comment).strip()[:2000]
    properties = {"conversation": _known(item.conversation), "score": item.score, "comment": comment}
    return "conversation.rated", properties, ()


def _callback(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    if not item.phone:
        raise Rejected("a call-back needs a number")
    return "callback.asked", {"conversation": _known(item.conversation), "phone": item.phone[:40]}, ()


def _cancel(item: Item, said: Said) -> tuple[str, dict[str, Any], tuple[Attached, ...]]:
    return "callback.cancelled", {"conversation": _known(item.conversation)}, ()


_MAKE = {
    "message": _message,
    "read": _read,
    "delivered": _delivered,
    "rating": _rating,
    "callback": _callback,
    "callback_cancel": _cancel,
}


def _context(item: Item, said: Said, raw: Raw) -> dict[str, Any]:
    page = {name: clean(item.page[name])[:500] for name in ("url", "title", "referrer") if item.page.get(name)}
    found = {
        "page": page,
        "locale": said.language,
        "timezone": said.time_zone,
        "ip": raw.request.remote,
        "userAgent": raw.request.headers.get("user-agent", "")[:500],
    }
    return {name: value for name, value in found.items() if value}


def _id(text: str | None) -> str | None:
    try:
        return str(UUID(text)) if text else None
    except ValueError:
        return None


def _known(text: str | None) -> str:
    found = _id(text)
    if found is None:
        raise Rejected("it names no conversation or message")
    return found
