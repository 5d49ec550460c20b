"""PostHog's wire: events with a distinct_id, one or many, packed in one of several ways; configuration and flags.

Segment's clients write `/batch` and `/track` too; the key in the body tells whose it is.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.clock import moment
from hark.model.call import refused
from hark.model.wire import deny, document
from hark.plugin import Accepted, Admission, Denied, Event, Raw, Refused, Rejected, Reply, Request, Route, script
from hark.plugins.posthog.event import Sending, event_of
from hark.plugins.posthog.packed import unpack

_CAPTURE = ("/e", "/i/v0/e", "/capture", "/batch", "/track", "/engage")
_FLAGS = ("/flags", "/decide")
_LIBRARY = "/static/array.js"

ROUTES = (
    *(Route(method, path) for path in _CAPTURE for method in ("POST", "GET")),
    *(Route("POST", path, records=False) for path in _FLAGS),
    Route("GET", "/array/{token}/config", records=False),
    Route("GET", "/array/{token}/config.js", records=False),
    Route("GET", _LIBRARY, records=False, open=True),
)


class _Properties(Struct, frozen=True):
    token: Any = None


class _Body(Struct, frozen=True):
    """What one event and a batch of them may say of themselves; `data` is the same again for old clients."""

    api_key: Any = None
    token: Any = None
    batch: list[msgspec.Raw] | None = None
    sent_at: Any = None
    historical_migration: Any = None
    properties: msgspec.Raw = msgspec.Raw()


_bodies = msgspec.json.Decoder(_Body)
_lists = msgspec.json.Decoder(list[msgspec.Raw])
_tokens = msgspec.json.Decoder(_Properties)
_inner = msgspec.json.Decoder(_Body)


def write_key(request: Request) -> str | None:
    query = request.query
    return request.params.get("token") or query.get("api_key") or query.get("token")


def recognises(request: Request) -> bool:
    try:
        items, body = _read(request)
    except Rejected:
        return False
    return bool(_key(request, items, body))


def admit(request: Request) -> Admission:
    if request.method == "GET" and "token" in request.params:
        return Admission(request.params["token"], 0)
    items, body = _read(request)
    key = _key(request, items, body)
    return Admission(key if isinstance(key, str) else None, len(items))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return deny(outcome)
    path = request.path.rstrip("/")
    if path.endswith(_FLAGS):
        return document(_NO_FLAGS)
    if path.endswith("/config"):
        return document(_configuration(request.params["token"]))
    if path.endswith("/config.js"):
        return _configuring(request.params["token"])
    if path == _LIBRARY:
        return script(settings, "posthog-js/dist/array.js")
    return Reply(body=b'{"status":1}')


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    items, body = _read(raw.request)
    sent_at = moment(body.sent_at or _number(raw.request.query.get("_")))
    sending = Sending(raw, sent_at, historical=body.historical_migration is True)
    for index, item in enumerate(items):
        try:
            yield event_of(item, index, sending)
        except Rejected as error:
            yield refused(index, error.reason, item)


def _read(request: Request) -> tuple[list[msgspec.Raw], _Body]:
    """The events, and what was said about all of them."""
    text = unpack(request)
    try:
        if text.lstrip()[:1] == b"[":
            return mend.decode(text, _lists), _Body()
        body = mend.decode(text, _bodies)
    except ValueError as error:
        raise Rejected(f"failed to parse the body: {error}") from None
    return ([msgspec.Raw(text)] if body.batch is None else body.batch), body


def _key(request: Request, items: list[msgspec.Raw], body: _Body) -> Any:
    return body.api_key or body.token or write_key(request) or (_key_of_event(items[0]) if items else None)


def _key_of_event(item: msgspec.Raw) -> Any:
    try:
        event = _inner.decode(item)
        return event.api_key or event.token or (event.properties and _tokens.decode(event.properties).token)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _number(text: str | None) -> float | None:
    """The query's `_` is the time of sending in milliseconds."""
    return float(text) if text and text.isdigit() else None


_NO_FLAGS: dict[str, Any] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
    "sessionRecording": False,
    "supportedCompression": ["gzip", "gzip-js"],
    "config": {"enable_collect_everything": True},
}


def _configuration(token: str) -> dict[str, Any]:
    return {
        "token": token,
        "supportedCompression": ["gzip", "gzip-js"],
        "hasFeatureFlags": False,
        "captureDeadClicks": False,
        "capturePerformance": False,
        "autocapture_opt_out": False,
        "autocaptureExceptions": False,
        "analytics": {"endpoint": "/i/v0/e/"},
        "elementsChainAsString": True,
        "sessionRecording": False,
        "heatmaps": False,
        "surveys": False,
        "defaultIdentifiedOnly": True,
        "siteApps": [],
    }


def _configuring(token: str) -> Reply:
    """The same as a script, for pages that load it before the library."""
    config = msgspec.json.encode(_configuration(token)).replace(b"</", b"<\\/")
    name = msgspec.json.encode(token).replace(b"</", b"<\\/")
    body = b"(function(){window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{};"
    body += b"window._POSTHOG_REMOTE_CONFIG[%s]={config:%s,siteApps:[]}})();" % (name, config)
    return Reply(body=body, content_type="application/javascript; charset=utf-8")
