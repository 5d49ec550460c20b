"""The Segment wire: single calls, batches, the pixel, the settings document and the browser library itself."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.clock import moment
from hark.model.call import TYPES, Envelope, events_of
from hark.model.wire import deny, document, key_in_headers, pixel
from hark.plugin import Accepted, Admission, Denied, Event, Raw, Refused, Rejected, Reply, Request, Route, script

_SHORT = {name[0]: name for name in TYPES}  # the browser library says /v1/t for /v1/track
_BATCHES = ("batch", "b", "import")
_SCRIPT = "/analytics.js/v1/{write_key}/analytics.min.js"
_SETTINGS = "/v1/projects/{write_key}/settings"

ROUTES = (
    *(Route("POST", f"{prefix}/{name}") for prefix in ("/v1", "") for name in (*sorted(TYPES), *_SHORT, *_BATCHES)),
    Route("GET", "/v1/pixel/{type}"),
    Route("GET", _SETTINGS, records=False),
    Route("GET", "/projects/{write_key}/settings", records=False),
    Route("GET", _SCRIPT, records=False),
)


class _Body(Struct, frozen=True):
    """As much of a body as the door must know; single calls have no `batch`."""

    batch: list[msgspec.Raw] | None = None
    writeKey: Any = None


class _Shared(Struct, frozen=True):
    batch: list[msgspec.Raw] | None = None
    sentAt: Any = None
    context: Any = None


_bodies = msgspec.json.Decoder(_Body)
_shared = msgspec.json.Decoder(_Shared)
_SUCCESS = Reply(body=b'{"success": true}')


def write_key(request: Request) -> str | None:
    """The key where it stands outside of the body."""
    return key_in_headers(request) or request.params.get("write_key") or request.query.get("writeKey")


def admit(request: Request) -> Admission:
    if request.method == "GET" and "type" not in request.params:
        return Admission(write_key(request), 0)
    body = _body(request)
    try:
        read = mend.decode(body, _bodies)
    except ValueError as error:
        raise Rejected(f"invalid json: {error}") from None
    if read.batch is None and _last(request.path) in _BATCHES:
        raise Rejected('invalid json: there is no list "batch"')
    key = write_key(request) or read.writeKey
    return Admission(key if isinstance(key, str) else None, 1 if read.batch is None else len(read.batch))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    """200 and {"success": true} once it is recorded, whatever becomes of its items: clients retry on anything else."""
    if isinstance(outcome, Denied):
        return deny(outcome)
    if request.path.endswith("/settings"):
        return document(_settings(request, settings.get("public_url")))
    if request.path.endswith(".js"):
        return script(settings, "@segment/analytics-next/dist/umd/standalone.js")
    return pixel() if request.method == "GET" else _SUCCESS


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    body = _body(raw.request)
    shared = mend.decode(body, _shared)
    name = raw.request.params.get("type") or _last(raw.request.path)
    envelope = Envelope(
        raw,
        type=_SHORT.get(name, name if name in TYPES else None),
        sent_at=moment(shared.sentAt) if shared.batch is not None else None,
        context=shared.context if shared.batch is not None and isinstance(shared.context, dict) else {},
    )
    return events_of([msgspec.Raw(body)] if shared.batch is None else shared.batch, envelope)


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _body(request: Request) -> bytes:
    """The body, or what a pixel carries in its address instead: one call as base64 of JSON."""
    if request.method != "GET":
        return request.body
    try:
        data = request.query.get("data", "").replace(" ", "+").replace("-", "+").replace("_", "/")
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("the pixel's data is no base64") from None


def _settings(request: Request, public_url: str | None) -> dict[str, Any]:
    """The least that makes the browser library and the mobile ones send their events here: where people reach us."""
    protocol, _, host = (public_url or "").rstrip("/").rpartition("://")
    host = host or request.headers.get("host", "localhost")
    everything = {"enabled": True, "integrations": {}}
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": request.params["write_key"],
                "apiHost": f"{host}/v1",
                "protocol": protocol or request.headers.get("x-forwarded-proto", "http"),
                "unbundledIntegrations": [],
                "addBundledMetadata": True,
                "maybeBundledConfigIds": {},
                "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            }
        },
        "plan": {
            "track": {"__default": everything},
            "identify": {"__default": {"enabled": True}},
            "group": {"__default": {"enabled": True}},
        },
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
