"""Snowplow's tracker protocol: POST tp2 with a list of payloads, GET /i with one in its address.

The protocol knows no key, so the tracker's application id (`aid`), else its namespace (`tna`), else `?key=` of the
collector address is taken for the write key.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.kit.clock import moment
from hark.kit.ids import event_id
from hark.model.call import exact, happened, message_id, refused
from hark.model.wire import deny, key_in_headers, pixel
from hark.plugin import Accepted, Admission, Denied, Event, Raw, Refused, Rejected, Reply, Request, Route
from hark.plugins.snowplow.payload import read

_POST = "/com.snowplowanalytics.snowplow/tp2"
ROUTES = (Route("POST", _POST), Route("GET", "/i"))


class _Key(Struct, frozen=True):
    aid: Any = None
    tna: Any = None


class _Body(Struct, frozen=True):
    data: list[msgspec.Raw]


_bodies = msgspec.json.Decoder(_Body)
_keys = msgspec.json.Decoder(_Key)
_items = msgspec.json.Decoder(dict[str, Any])
_OK = Reply(body=b"ok", content_type="text/plain; charset=utf-8")


def write_key(request: Request) -> str | None:
    query = request.query
    return key_in_headers(request) or query.get("key") or query.get("aid") or query.get("tna")


def admit(request: Request) -> Admission:
    if request.method == "GET":
        return Admission(write_key(request))
    try:
        items = mend.decode(request.body, _bodies).data
        named = mend.decode(items[0], _keys) if items else _Key()
    except ValueError as error:
        raise Rejected(f"invalid json: {error}") from None
    key = write_key(request) or named.aid or named.tna
    return Admission(key if isinstance(key, str) else None, len(items))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return deny(outcome)
    return pixel() if request.method == "GET" else _OK


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    if raw.request.method == "GET":
        items = [msgspec.Raw(msgspec.json.encode(raw.request.query))]
    else:
        items = mend.decode(raw.request.body, _bodies).data
    for index, item in enumerate(items):
        try:
            yield _event(item, index, raw)
        except Rejected as error:
            yield refused(index, error.reason, item)


def _event(item: msgspec.Raw, index: int, raw: Raw) -> Event:
    try:
        payload = mend.decode(item, _items)
    except ValueError as error:
        raise Rejected(f"it is no payload: {error}") from None
    reading = read(payload, raw)
    message = message_id(payload.get("eid"), item, index, raw, stamped=payload.get("dtm"))
    return Event(
        id=event_id(raw.received_at, raw.source.id, message),
        type=reading.type,
        name=reading.name,
        at=_happened(payload, raw),
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=message,
        identities=reading.identities,
        properties=reading.properties,
        context=reading.context,
        channel=reading.channel,
    )


def _happened(payload: dict[str, Any], raw: Raw) -> datetime:
    """`ttm` is stated to be true, `dtm` is what the device's clock said, `stm` the same clock on sending."""
    if payload.get("ttm"):
        return exact(payload["ttm"])
    if not payload.get("dtm"):
        return raw.received_at
    return happened(payload["dtm"], moment(payload.get("stm")), raw.received_at)
