"""One event as PostHog's clients write it, read into an event of ours."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.ids import event_id
from hark.model.call import LONGEST, MOST, Text, exact, happened, identity, message_id
from hark.plugin import Event, Identity, Raw, Rejected

_TYPES = {
    "$identify": "identify",
    "$set": "identify",
    "$pageview": "page",
    "$screen": "screen",
    "$groupidentify": "group",
    "$create_alias": "alias",
    "$merge_dangerously": "alias",
}
_ABOUT_PERSON = ("$set", "$set_once", "$unset", "$anon_distinct_id", "distinct_id", "token")
_PAGE = {"$current_url": "url", "$pathname": "path", "$referrer": "referrer", "title": "title"}
_CAMPAIGN = {f"utm_{name}": name for name in ("source", "medium", "campaign", "term", "content")}
_CONTEXT = {
    "$ip": "ip",
    "$raw_user_agent": "userAgent",
    "$timezone": "timezone",
    "$browser_language": "locale",
    "$locale": "locale",
    "$session_id": "sessionId",
}
# Clients make up UUIDs for visitors; people who write such code by hand say so.
_LIKE_VISITOR = re.compile(r"anon|\$device:|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE).match
_WEB = ("web", "js", "posthog-js")
_MOBILE = ("android", "ios", "flutter", "react-native", "swift")


class Written(Struct, frozen=True):
    """Traits stand beside `properties` or in them, by the age of the client."""

    event: Any = None
    distinct_id: Text = None
    properties: dict[str, Any] | None = None
    timestamp: Text = None
    uuid: Text = None
    offset: int | float | None = None
    set: dict[str, Any] | None = msgspec.field(default=None, name="$set")
    set_once: dict[str, Any] | None = msgspec.field(default=None, name="$set_once")
    unset: list[Any] | dict[str, Any] | None = msgspec.field(default=None, name="$unset")


class Sending(Struct, frozen=True):
    """What the events of one request share."""

    raw: Raw
    sent_at: datetime | None
    historical: bool


_decoder = msgspec.json.Decoder(Written)


def event_of(item: msgspec.Raw, index: int, sending: Sending) -> Event:
    """Rejected says what it lacks."""
    try:
        written = mend.decode(item, _decoder)
    except ValueError as error:
        raise Rejected(f"it is no event: {error}") from None
    properties = written.properties or {}
    name = written.event
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST:
        raise Rejected(f"its event must be a name of 1 to {LONGEST} letters")
    if len(properties) > MOST:
        raise Rejected(f"it has more than {MOST:,} properties")
    raw = sending.raw
    type_ = _TYPES.get(name, "track")
    traits, once = _traits(written, properties, type_)
    identities = _identities(written, properties, type_, traits)
    if not identities and type_ != "group":
        raise Rejected("it names nobody: its distinct_id is missing")
    message = message_id(written.uuid or properties.get("$insert_id"), item, index, raw, stamped=written.timestamp)
    channel = _channel(properties)
    context = _context(properties, raw, channel)
    if once:
        context["set_once"] = once
    return Event(
        id=event_id(raw.received_at, raw.source.id, message),
        type=type_,
        name=name if type_ == "track" else type_,
        at=_happened(written, sending),
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message,
        identities=identities,
        traits=traits,
        properties=_properties(properties, type_),
        context=context,
        channel=channel,
        historical=sending.historical,
    )


def _traits(written: Written, properties: dict[str, Any], type_: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told of the person (of the group, for a group), and what is only told if nobody told it before."""
    if type_ == "group":
        group = properties.get("$group_set")
        return (group if isinstance(group, dict) else {}), {}
    traits: dict[str, Any] = {}
    gone = written.unset if written.unset is not None else properties.get("$unset")
    if isinstance(gone, list | dict):
        traits |= {key: None for key in gone if isinstance(key, str)}
    for told in (properties.get("$set"), written.set):
        if isinstance(told, dict):
            traits |= told
    once: dict[str, Any] = {}
    for told in (properties.get("$set_once"), written.set_once):
        if isinstance(told, dict):
            once |= {key: value for key, value in told.items() if value is not None}
    return traits, once


def _identities(
    written: Written, properties: dict[str, Any], type_: str, traits: dict[str, Any]
) -> tuple[Identity, ...]:
    distinct = written.distinct_id or properties.get("distinct_id")
    if type_ == "alias":
        return _alias(written.event, distinct, properties)
    if type_ == "group" and distinct == f"${properties.get('$group_type')}_{properties.get('$group_key')}":
        return ()  # a server tells of the group itself; nobody did anything
    found = [*identity("anonymous_id" if _anonymous(distinct, properties) else "user_id", distinct)]
    found += identity("anonymous_id", properties.get("$anon_distinct_id"))
    if type_ != "group":
        found += identity("email", traits.get("email")) + identity("phone", traits.get("phone"))
    return tuple(dict.fromkeys(found))


def _alias(event: object, distinct: object, properties: dict[str, Any]) -> tuple[Identity, ...]:
    """Which of two names was the visitor's. Clients disagree on their order, so the look of them decides first."""
    other = properties.get("alias")
    if event == "$merge_dangerously":
        return identity("user_id", distinct) + identity("user_id", other)
    known, visitor = distinct, other
    if _LIKE_VISITOR(str(distinct)) != _LIKE_VISITOR(str(other)):
        known, visitor = (other, distinct) if _LIKE_VISITOR(str(distinct)) else (distinct, other)
    elif properties.get("$lib") == "posthog-python":  # alias(previous_id, distinct_id) writes them the other way round
        known, visitor = other, distinct
    return identity("user_id", known) + identity("anonymous_id", visitor)


def _anonymous(distinct: object, properties: dict[str, Any]) -> bool:
    if "$is_identified" in properties:
        return properties["$is_identified"] is not True
    return distinct == properties.get("$device_id") or properties.get("$process_person_profile") is False


def _properties(properties: dict[str, Any], type_: str) -> dict[str, Any]:
    kept = {name: value for name, value in properties.items() if name not in _ABOUT_PERSON}
    if type_ == "group":
        kept["groupId"] = properties.get("$group_key")
    elif type_ == "screen" and properties.get("$screen_name"):
        kept["name"] = properties["$screen_name"]
    elif type_ == "page":
        kept |= {ours: properties[theirs] for theirs, ours in _PAGE.items() if properties.get(theirs)}
    elif type_ == "alias":
        kept["previousId"] = kept.pop("alias", None)
    return kept


def _context(properties: dict[str, Any], raw: Raw, channel: str) -> dict[str, Any]:
    context = {ours: properties[theirs] for theirs, ours in _CONTEXT.items() if properties.get(theirs)}
    for name, fields in (("page", _PAGE), ("campaign", _CAMPAIGN)):
        if part := {ours: properties[theirs] for theirs, ours in fields.items() if properties.get(theirs)}:
            context[name] = part
    if library := properties.get("$lib"):
        context["library"] = {"name": library, "version": properties.get("$lib_version")}
    if isinstance(groups := properties.get("$groups"), dict) and groups:
        context["groupId"] = next(iter(groups.values()))
    if channel in ("web", "mobile"):
        if raw.request.remote:
            context.setdefault("ip", raw.request.remote)
        if agent := raw.request.headers.get("user-agent"):
            context.setdefault("userAgent", agent)
    return context


def _channel(properties: dict[str, Any]) -> str:
    library = str(properties.get("$lib") or "").lower()
    if library in _WEB:
        return "web"
    return "mobile" if any(word in library for word in _MOBILE) else "server"


def _happened(written: Written, sending: Sending) -> datetime:
    received = sending.raw.received_at
    if written.timestamp:
        return (
            exact(written.timestamp) if sending.historical else happened(written.timestamp, sending.sent_at, received)
        )
    if written.offset:
        try:
            return received - timedelta(milliseconds=max(written.offset, 0))
        except OverflowError:
            raise Rejected(f"its offset {written.offset} is no number of milliseconds") from None
    return received
