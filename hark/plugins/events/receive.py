"""Hark's own form: POST /v1/events with one event, a list of them, or {"events": […]}."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.ids import event_id
from hark.model.call import CHANNELS, LONGEST, MOST, TYPES, Text, exact, identity, message_id, refused
from hark.model.wire import bearer, deny, key_in_headers
from hark.plugin import Accepted, Admission, Denied, Event, Identity, Raw, Refused, Rejected, Reply, Request, Route

ROUTES = (Route("POST", "/v1/events"),)


class _Body(Struct, frozen=True):
    events: list[msgspec.Raw] | None = None
    writeKey: Any = None


class Item(Struct, frozen=True):
    """One event as its sender writes it; docs/reference/events.md explains each field."""

    name: str
    id: Text = None
    at: Text = None
    type: str | None = None
    identities: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    properties: dict[str, Any] = {}
    context: dict[str, Any] = {}
    channel: str | None = None


_bodies = msgspec.json.Decoder(_Body)
_lists = msgspec.json.Decoder(list[msgspec.Raw])
_items = msgspec.json.Decoder(Item)


def write_key(request: Request) -> str | None:
    return bearer(request) or key_in_headers(request)


def admit(request: Request) -> Admission:
    items, key = _read(request.body)
    key = write_key(request) or key
    return Admission(key if isinstance(key, str) else None, len(items))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return deny(outcome)
    return Reply(body=b'{"success": true, "accepted": %d}' % outcome.count)


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    for index, item in enumerate(_read(raw.request.body)[0]):
        try:
            yield _event(item, index, raw)
        except Rejected as error:
            yield refused(index, error.reason, item)


def _read(body: bytes) -> tuple[list[msgspec.Raw], Any]:
    """The items and the key that stands beside them."""
    try:
        if body.lstrip()[:1] == b"[":
            return mend.decode(body, _lists), None
        read = mend.decode(body, _bodies)
    except ValueError as error:
        raise Rejected(f"the body is no JSON of events: {error}") from None
    return ([msgspec.Raw(body)] if read.events is None else read.events), read.writeKey


def _event(item: msgspec.Raw, index: int, raw: Raw) -> Event:
    try:
        read = mend.decode(item, _items)
    except ValueError as error:
        raise Rejected(f"it is no event: {error}") from None
    type_ = read.type or (read.name if read.name in TYPES else "track")
    if type_ not in TYPES:
        raise Rejected(f"its type is {type_!r}; it must be one of {', '.join(sorted(TYPES))}")
    if not read.name.strip() or len(read.name) > LONGEST:
        raise Rejected(f"its name must have 1 to {LONGEST} letters")
    if len(read.traits) > MOST or len(read.properties) > MOST:
        raise Rejected(f"it has more than {MOST:,} traits or properties")
    if read.channel is not None and read.channel not in CHANNELS:
        raise Rejected(f"its channel is {read.channel!r}; it must be one of {', '.join(sorted(CHANNELS))}")
    identities = _identities(read.identities)
    if not identities and type_ != "group":
        raise Rejected("it names nobody: give at least one identity")
    message = message_id(read.id, item, index, raw, stamped=read.at)
    named = type_ in ("page", "screen") and read.name != type_ and "name" not in read.properties
    return Event(
        id=event_id(raw.received_at, raw.source.id, message),
        type=type_,
        name=read.name if type_ == "track" else type_,
        at=exact(read.at) if read.at is not None else raw.received_at,
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message,
        identities=identities,
        traits=read.traits,
        properties={"name": read.name, **read.properties} if named else read.properties,
        context=read.context,
        channel=read.channel or "server",
    )


def _identities(given: dict[str, Any]) -> tuple[Identity, ...]:
    found: list[Identity] = []
    for kind, value in given.items():
        if len(kind) > 60:
            raise Rejected("the name of a kind of identity has more than 60 letters")
        for one in value if isinstance(value, list) else (value,):
            found += identity(kind, one)
    return tuple(dict.fromkeys(found))
