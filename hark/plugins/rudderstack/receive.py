"""RudderStack's own paths: the configuration its clients ask first, beacon, pixel, merge and the inner batches.

Its calls themselves (/v1/track, /v1/batch …) are Segment's wire, and the plug-in `segment` owns those paths.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.clock import moment
from hark.model.call import Envelope, event_of, events_of, read, refused
from hark.model.wire import deny, document, key_in_headers, pixel
from hark.plugin import Accepted, Admission, Denied, Event, Raw, Refused, Rejected, Reply, Request, Route

_BATCHES = (
    "/beacon/v1/batch",
    "/internal/v1/batch",
    "/internal/v1/extract",
    "/internal/v1/retl",
    "/internal/v1/replay",
)
_CONFIG = "/sourceConfig"

ROUTES = (
    Route("GET", _CONFIG, records=False),
    *(Route("POST", path) for path in _BATCHES),
    Route("GET", "/pixel/v1/track"),
    Route("GET", "/pixel/v1/page"),
    Route("POST", "/v1/merge"),
)


class _Batch(Struct, frozen=True):
    batch: list[msgspec.Raw]
    sentAt: Any = None
    context: Any = None


class _Merge(Struct, frozen=True, rename="camel"):
    merge_properties: list[dict[str, Any]]
    message_id: Any = None
    timestamp: Any = None


_batches = msgspec.json.Decoder(_Batch)
_merges = msgspec.json.Decoder(_Merge)
_OK = Reply(body=b'{"success": true}')


def write_key(request: Request) -> str | None:
    return key_in_headers(request) or request.query.get("writeKey")


def admit(request: Request) -> Admission:
    if request.method == "GET":
        return Admission(write_key(request), 1)
    try:
        if request.path.startswith("/v1/merge"):
            mend.decode(request.body, _merges)
            return Admission(write_key(request), 1)
        return Admission(write_key(request), len(mend.decode(request.body, _batches).batch))
    except ValueError as error:
        raise Rejected(f"invalid json: {error}") from None


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return deny(outcome)
    if request.path.startswith(_CONFIG):
        return document(_configuration(outcome, request))
    return pixel() if request.method == "GET" else _OK


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    request = raw.request
    if request.method == "GET":
        return events_of([msgspec.Raw(msgspec.json.encode(_from_address(request)))], Envelope(raw))
    if request.path.startswith("/v1/merge"):
        return [_merge(raw)]
    body = mend.decode(request.body, _batches)
    context = body.context if isinstance(body.context, dict) else {}
    return events_of(body.batch, Envelope(raw, sent_at=moment(body.sentAt), context=context))


def _configuration(outcome: Accepted, request: Request) -> dict[str, Any]:
    """What a client must know to send its events: that the source is there, and no destination of its own."""
    source = outcome.source
    name = source.name if source else "hark"
    quiet = {"errors": {"enabled": False}, "metrics": {"enabled": False}}
    return {
        "source": {
            "id": source.id if source else name,
            "name": name,
            "writeKey": write_key(request),
            "enabled": True,
            "workspaceId": "hark",
            "config": {"statsCollection": quiet},
            "destinations": [],
            "connections": [],
        },
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }


def _from_address(request: Request) -> dict[str, Any]:
    """A pixel's call: each name of its query is a path into the call, as `properties.price` or `context.page.url`."""
    call: dict[str, Any] = {}
    for path, value in request.query.items():
        if path == "writeKey":
            continue
        *parents, last = path.split(".")[:8]
        place = call
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place[last] = value
    call.setdefault("channel", "web")
    call["type"] = "page" if request.path.rstrip("/").endswith("page") else "track"
    return call


def _merge(raw: Raw) -> Event | Refused:
    """Two identities said to be one person: an alias between them, whatever their kinds."""
    body = mend.decode(raw.request.body, _merges)
    pair = [_pointer(one) for one in body.merge_properties]
    try:
        if len(pair) != 2 or not all(pair):
            raise Rejected("mergeProperties must be two of {type, value}")
        call = {
            "type": "alias",
            "messageId": body.message_id,
            "timestamp": body.timestamp,
            "previousId": pair[1]["id"],
            "context": {"externalIds": pair},
        }
        item = msgspec.Raw(msgspec.json.encode(call))
        event = event_of(read(item), item, 0, Envelope(raw))
    except Rejected as error:
        return refused(0, error.reason, raw.request.body)
    wanted = {(one["type"], one["id"]) for one in pair}
    return msgspec.structs.replace(
        event, identities=tuple(one for one in event.identities if (one.kind, one.value) in wanted)
    )


_KINDS = {"userId": "user_id", "anonymousId": "anonymous_id"}


def _pointer(given: dict[str, Any]) -> dict[str, Any]:
    kind, value = given.get("type"), given.get("value")
    if not isinstance(kind, str) or not isinstance(value, str | int):
        return {}
    return {"type": _KINDS.get(kind, kind.lower()), "id": str(value), "collection": "users", "encoding": "none"}
