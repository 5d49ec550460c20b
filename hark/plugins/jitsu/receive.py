"""Jitsu's wire: the calls of the Segment family, one a request, under /api/s."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.model.call import TYPES, Envelope, events_of
from hark.model.wire import bearer, deny, key_in_headers
from hark.plugin import Accepted, Admission, Denied, Event, Raw, Refused, Rejected, Reply, Request, Route, script

_SCRIPT = "/p.js"
ROUTES = (
    Route("POST", "/api/s/{type}"),
    Route("POST", "/api/s/s2s/{type}"),
    Route("GET", _SCRIPT, records=False, open=True),
)


class _Body(Struct, frozen=True):
    writeKey: Any = None


_bodies = msgspec.json.Decoder(_Body)
_OK = Reply(body=b'{"ok":true}')


def write_key(request: Request) -> str | None:
    return key_in_headers(request) or bearer(request) or request.query.get("writeKey")


def admit(request: Request) -> Admission:
    try:
        body = mend.decode(request.body, _bodies)
    except ValueError as error:
        raise Rejected(f"invalid json: {error}") from None
    key = write_key(request) or body.writeKey
    return Admission(key if isinstance(key, str) else None)


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return deny(outcome)
    return script(settings, "@jitsu/js/dist/web/p.js.txt") if request.path == _SCRIPT else _OK


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    type_ = raw.request.params.get("type")
    return events_of([msgspec.Raw(raw.request.body)], Envelope(raw, type=type_ if type_ in TYPES else None))
