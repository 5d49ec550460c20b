"""A Call: what the clients of the Segment family send (Segment, RudderStack, Jitsu and others), and the Event it means."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from hark.errors import Rejected
from hark.kit import mend
from hark.kit.clock import corrected, instant, moment
from hark.kit.ids import event_id
from hark.model.event import Event, Identity, Refused
from hark.model.raw import Raw

TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
MOST = 10_000  # traits or properties of one event; a client in a loop makes more, no person does
LONGEST = 500  # letters of a name, an id or a message id

Text = str | int | float | None


class Call(Struct, frozen=True, rename="camel"):
    """One call as it is written. Ids may be numbers, and null where the client has none."""

    type: str | None = None
    message_id: Text = None
    user_id: Text = None
    anonymous_id: Text = None
    event: Text = None
    name: Text = None
    category: Text = None
    group_id: Text = None
    previous_id: Text = None
    timestamp: Text = None
    original_timestamp: Text = None
    sent_at: Text = None
    channel: str | None = None
    traits: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    integrations: msgspec.Raw = msgspec.Raw()


class Envelope(Struct, frozen=True):
    """What the calls of one request share."""

    raw: Raw
    type: str | None = None  # by the path; else each call names its own
    sent_at: datetime | None = None
    context: dict[str, Any] = {}


_decoder = msgspec.json.Decoder(Call)


def events_of(items: Iterable[msgspec.Raw], envelope: Envelope) -> Iterator[Event | Refused]:
    """Each item as an event, or with the reason why it is none."""
    for index, item in enumerate(items):
        try:
            yield event_of(read(item), item, index, envelope)
        except Rejected as error:
            yield refused(index, error.reason, item)


def refused(index: int, reason: str, item: bytes | msgspec.Raw) -> Refused:
    try:
        shown = msgspec.json.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        shown = bytes(item).decode("utf-8", "replace")
    return Refused(index=index, reason=reason, item=shown)


def read(item: bytes | msgspec.Raw) -> Call:
    try:
        return _decoder.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_loosely(item)


def _read_loosely(item: bytes | msgspec.Raw) -> Call:
    try:
        value = mend.loose(bytes(item))
        if isinstance(value, dict):
            # PHP writes an empty object as an empty list.
            value = {name: None if part == [] else part for name, part in value.items()}
        return _decoder.decode(msgspec.json.encode(value))
    except (ValueError, msgspec.DecodeError) as error:
        raise Rejected(f"it is no call: {error}") from None


def event_of(call: Call, item: bytes | msgspec.Raw, index: int, envelope: Envelope) -> Event:
    """The event that a call means. Rejected says what it lacks."""
    raw = envelope.raw
    type_ = (call.type or envelope.type or "").lower()
    if type_ not in TYPES:
        raise Rejected(f"its type is {call.type!r}; it must be one of {', '.join(sorted(TYPES))}")
    context = {**envelope.context, **call.context} if call.context and envelope.context else call.context
    context = context or dict(envelope.context)
    traits = call.traits or {}
    properties = call.properties or {}
    if type_ == "identify" and isinstance(inner := context.get("traits"), dict):
        traits = {**inner, **traits}  # RudderStack's clients write them in the context
        del context["traits"]
    if len(traits) > MOST or len(properties) > MOST:
        raise Rejected(f"it has more than {MOST:,} traits or properties")
    identities = _identities(call, type_, traits, context)
    if not identities and type_ != "group":
        raise Rejected("it names nobody: neither userId nor anonymousId is given")
    channel = channel_of(call.channel, context, raw)
    if channel in ("web", "mobile"):
        _add_connection(context, raw)
    elif context.get("direct") is True and raw.request.remote:
        context.setdefault("ip", raw.request.remote)  # a server that says it speaks for the person's own device
    message = message_id(call.message_id, item, index, raw, stamped=call.timestamp or call.original_timestamp)
    return Event(
        id=event_id(raw.received_at, raw.source.id, message),
        type=type_,
        name=_name(call, type_),
        at=_happened(call, envelope),
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message,
        identities=identities,
        traits=traits,
        properties=_properties(call, type_, properties),
        context=context,
        channel=channel,
    )


def _name(call: Call, type_: str) -> str:
    if type_ != "track":
        return type_
    name = str(call.event or "")
    if not name.strip():
        raise Rejected("it is a track call without the name of its event")
    if len(name) > LONGEST:
        raise Rejected(f"the name of its event has more than {LONGEST} letters")
    return name


def _properties(call: Call, type_: str, properties: dict[str, Any]) -> dict[str, Any]:
    if type_ in ("page", "screen"):
        if call.name and "name" not in properties:
            properties = {"name": call.name, **properties}
        if call.category and "category" not in properties:
            properties = {**properties, "category": call.category}
    elif type_ == "group":
        if not call.group_id or len(str(call.group_id)) > LONGEST:
            raise Rejected("it is a group call without a groupId")
        properties = {**properties, "groupId": call.group_id}
    elif type_ == "alias":
        if not call.previous_id:
            raise Rejected("it is an alias call without a previousId")
        properties = {**properties, "previousId": call.previous_id}
    return properties


def _happened(call: Call, envelope: Envelope) -> datetime:
    received = envelope.raw.received_at
    given = call.original_timestamp or call.timestamp
    if not given:
        return received
    if call.original_timestamp and call.timestamp:
        # Somebody before us has corrected the clock: RudderStack's server keeps such a timestamp as it is.
        return exact(call.timestamp)
    sent_at = moment(call.sent_at) if call.sent_at else envelope.sent_at
    return happened(given, sent_at, received)


def happened(given: object, sent_at: datetime | None, received_at: datetime) -> datetime:
    """When it happened by our clock. Without a time of sending it is taken as it is: history being imported."""
    if sent_at is None:
        return exact(given)
    at = moment(given)
    at = None if at is None else corrected(at, sent_at, received_at)
    if at is None:
        raise Rejected(f"its timestamp {given!r} cannot be read")
    return at


def exact(given: object) -> datetime:
    at = instant(given)
    if at is None:
        raise Rejected(f"its timestamp {given!r} is no time between 1900 and 2200")
    return at


def message_id(given: Text, item: bytes | msgspec.Raw, index: int, raw: Raw, *, stamped: object) -> str:
    """The sender's id. Without one, the same text with a time in it is the same message, and else each is its own."""
    if given:
        text = str(given)
        return text if len(text) <= LONGEST else f"long-{_digest(text.encode('utf-8', 'replace'))}"
    return f"same-{_digest(bytes(item))}" if stamped else f"raw-{raw.id}-{index}"


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()


def identity(kind: str, value: object) -> tuple[Identity, ...]:
    """The identity as written, if there is anything written."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not value:
        return ()
    text = str(value)
    return (Identity(kind, text),) if len(text) <= LONGEST and not text.isspace() else ()


def _identities(call: Call, type_: str, traits: dict[str, Any], context: dict[str, Any]) -> tuple[Identity, ...]:
    found: list[Identity] = []
    if call.user_id:
        found += identity("user_id", call.user_id)
    if call.anonymous_id:
        found += identity("anonymous_id", call.anonymous_id)
    if type_ == "alias" and call.previous_id != call.user_id:
        # Two user ids are never one person by a client's word alone, so the name before was a visitor's.
        found += identity("anonymous_id", call.previous_id)
    told = traits if type_ == "identify" else context.get("traits")
    if isinstance(told, dict):
        found += identity("email", told.get("email")) + identity("phone", told.get("phone"))
    if "externalIds" in context:
        found += _external(context["externalIds"])
    if isinstance(device := context.get("device"), dict):
        found += _device(device)
    found += _google(call, context)
    return tuple(dict.fromkeys(found))


def _external(given: object) -> Iterator[Identity]:
    for one in given if isinstance(given, list) else ():
        if (
            isinstance(one, dict)
            and one.get("collection", "users") == "users"
            and one.get("encoding", "none") == "none"
        ):
            kind = one.get("type")
            if isinstance(kind, str) and 0 < len(kind) <= 60:
                yield from identity(kind.strip().lower().replace(" ", "_"), one.get("id"))


def _device(device: dict[str, Any]) -> tuple[Identity, ...]:
    """Ids of telephones are told apart by their system, as at Segment."""
    system = str(device.get("type") or "").lower()
    kinds = _DEVICES.get(system, ("device_id", "advertising_id", "push_token"))
    found = identity(kinds[0], device.get("id")) + identity(kinds[2], device.get("token"))
    tracked = device.get("adTrackingEnabled") is not False
    return found + identity(kinds[1], device.get("advertisingId")) if tracked else found


_DEVICES = {
    "android": ("android.id", "android.idfa", "android.push_token"),
    "ios": ("ios.id", "ios.idfa", "ios.push_token"),
}


def _google(call: Call, context: dict[str, Any]) -> tuple[Identity, ...]:
    """The id of Google Analytics: under `integrations` at Segment, under `clientIds` at Jitsu."""
    if isinstance(clients := context.get("clientIds"), dict) and isinstance(google := clients.get("ga4"), dict):
        return identity("ga_client_id", google.get("clientId"))
    if b"clientId" not in bytes(call.integrations):
        return ()
    try:
        named = msgspec.json.decode(call.integrations, type=dict[str, Any]).get("Google Analytics")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return identity("ga_client_id", named.get("clientId")) if isinstance(named, dict) else ()


CHANNELS = frozenset(
    ("web", "mobile", "email", "chat", "messaging", "social", "phone", "shop", "crm", "appliance", "server")
)
_ALSO = {"browser": "web", "http": "server", "sources": "server", "app": "mobile"}
_MOBILE = ("android", "ios", "swift", "kotlin", "react-native", "flutter", "unity", "xamarin", "mobile", "cordova")
_WEB = ("analytics.js", "javascript", "browser", "web", "pixel", "amp")


def channel_of(given: str | None, context: dict[str, Any], raw: Raw) -> str:
    """Where it came from: as the client says, else by its library, else by who called."""
    for said in (given, context.get("channel")):
        if said and isinstance(said, str):
            word = _ALSO.get(said, said)
            if word in CHANNELS:
                return word
    library = context.get("library")
    if isinstance(library, dict) and isinstance(name := library.get("name"), str):
        if channel := _channel_of_library(name[:100], str(library.get("env") or "")[:20]):
            return channel
        return "server"
    headers = raw.request.headers
    by_browser = "origin" in headers or headers.get("user-agent", "").startswith("Mozilla/")
    return "web" if by_browser else "server"


@lru_cache(maxsize=1024)
def _channel_of_library(name: str, environment: str) -> str | None:
    name = name.lower()
    if environment == "node" or "node" in name:
        return "server"
    if environment == "browser" or any(word in name for word in _WEB):
        return "web"
    return "mobile" if any(word in name for word in _MOBILE) else None


def _add_connection(context: dict[str, Any], raw: Raw) -> None:
    """A client in the hand of the person calls from where the person is; a server does not."""
    if "ip" not in context and raw.request.remote:
        context["ip"] = raw.request.remote
    if "userAgent" not in context and (agent := raw.request.headers.get("user-agent")):
        context["userAgent"] = agent
