"""One payload of the tracker protocol, read into the words of an event."""

import base64
import binascii
from collections.abc import Iterator
from math import isfinite
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit import mend
from hark.model.call import LONGEST, identity
from hark.plugin import Identity, Raw, Rejected

_CHANNELS = {"web": "web", "mob": "mobile", "app": "mobile", "iot": "appliance", "tv": "appliance", "cnsl": "appliance"}
_NAMES = {"pp": "page_ping", "tr": "transaction", "ti": "transaction_item"}
_FIELDS = {
    "pp": {"pp_mix": "min_x", "pp_max": "max_x", "pp_miy": "min_y", "pp_may": "max_y"},
    "se": {"se_ca": "category", "se_ac": "action", "se_la": "label", "se_pr": "property", "se_va": "value"},
    "tr": {
        "tr_id": "order_id",
        "tr_af": "affiliation",
        "tr_tt": "total",
        "tr_tx": "tax",
        "tr_sh": "shipping",
        "tr_ci": "city",
        "tr_st": "state",
        "tr_co": "country",
        "tr_cu": "currency",
    },
    "ti": {
        "ti_id": "order_id",
        "ti_sk": "sku",
        "ti_nm": "name",
        "ti_ca": "category",
        "ti_pr": "price",
        "ti_qu": "quantity",
        "ti_cu": "currency",
    },
}
_NUMBERS = frozenset({"value", "total", "tax", "shipping", "price", "quantity", "min_x", "max_x", "min_y", "max_y"})
_CONTEXT = {"ip": "ip", "ua": "userAgent", "lang": "locale", "tz": "timezone", "sid": "sessionId", "tv": "tracker"}
_CONTEXT |= {"tna": "namespace", "aid": "app_id", "p": "platform", "vid": "visit"}
_PAGE = {"url": "url", "page": "title", "refr": "referrer"}
# Where mobile trackers put the ids of the telephone.
_MOBILE = {"appleIdfv": "ios.id", "appleIdfa": "ios.idfa", "androidIdfa": "android.idfa"}

Payload = dict[str, Any]


class Reading(Struct, frozen=True):
    type: str
    name: str
    channel: str
    identities: tuple[Identity, ...]
    properties: dict[str, Any]
    context: dict[str, Any]


def read(payload: Payload, raw: Raw) -> Reading:
    """Rejected where it lacks what an event must have."""
    channel = _CHANNELS.get(str(payload.get("p", "")), "server")
    context = _context(payload, raw, channel)
    entities = list(_entities(payload))
    if entities:
        context["entities"] = entities
    type_, name, properties = _happening(payload, context)
    if not name.strip() or len(name) > LONGEST:
        raise Rejected(f"its name must have 1 to {LONGEST} letters")
    identities = _identities(payload, entities)
    if not identities:
        raise Rejected("it names nobody: neither uid nor duid is given")
    return Reading(type_, name, channel, identities, properties, context)


def _happening(payload: Payload, context: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The type, the name and the properties, by the event code `e`."""
    code = payload.get("e")
    if code == "pv":
        return "page", "page", dict(context.get("page", {}))
    if code == "ue":
        return _self_describing(payload, context)
    if not isinstance(code, str) or code not in _FIELDS:
        raise Rejected(f"its event code e is {code!r}; it must be one of pv, pp, se, ue, tr, ti")
    properties = {}
    for field, name in _FIELDS[code].items():
        if field in payload:
            properties[name] = _number(payload[field]) if name in _NUMBERS else payload[field]
    return "track", str(payload.get("se_ac", "")) if code == "se" else _NAMES[code], properties


def _self_describing(payload: Payload, context: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    outer = _json(payload, "ue_pr", "ue_px")
    inner = outer.get("data") if isinstance(outer, dict) else None
    if not isinstance(inner, dict) or not isinstance(schema := inner.get("schema"), str):
        raise Rejected("its ue_pr or ue_px holds no self-describing event")
    data = inner.get("data")
    properties = data if isinstance(data, dict) else {"data": data}
    context["schema"] = schema
    # iglu:vendor/name/format/version
    name = schema.removeprefix("iglu:").split("/")[1:2]
    if name == ["screen_view"]:
        return "screen", "screen", properties
    return "track", name[0] if name else schema, properties


def _context(payload: Payload, raw: Raw, channel: str) -> dict[str, Any]:
    context = {name: payload[field] for field, name in _CONTEXT.items() if payload.get(field)}
    page = {name: payload[field] for field, name in _PAGE.items() if payload.get(field)}
    if page:
        context["page"] = page
    if channel in ("web", "mobile"):
        if raw.request.remote:
            context.setdefault("ip", raw.request.remote)
        if agent := raw.request.headers.get("user-agent"):
            context.setdefault("userAgent", agent)
    return context


def _entities(payload: Payload) -> Iterator[dict[str, Any]]:
    outer = _json(payload, "co", "cx")
    data = outer.get("data") if isinstance(outer, dict) else None
    for entity in data if isinstance(data, list) else ():
        if isinstance(entity, dict) and isinstance(entity.get("data"), dict):
            yield {"schema": str(entity.get("schema", "")), "data": entity["data"]}


def _identities(payload: Payload, entities: list[dict[str, Any]]) -> tuple[Identity, ...]:
    found = [*identity("user_id", payload.get("uid")), *identity("anonymous_id", payload.get("duid"))]
    found += identity("network_user_id", payload.get("nuid") or payload.get("tnuid"))
    for entity in entities:
        data = entity["data"]
        if "/client_session/" in entity["schema"]:
            found += identity("anonymous_id", data.get("userId"))
        elif "/mobile_context/" in entity["schema"]:
            for field, kind in _MOBILE.items():
                found += identity(kind, data.get(field))
    return tuple(dict.fromkeys(found))


def _json(payload: Payload, plain: str, packed: str) -> Any:
    """A field that is JSON as text, or the same as base64 under another name."""
    text = payload.get(plain)
    if text is None and isinstance(payload.get(packed), str):
        data = payload[packed].replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
        try:
            text = base64.b64decode(data + "=" * (-len(data) % 4)).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise Rejected(f"its {packed} is no base64") from None
    if not isinstance(text, str) or not text:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        pass
    try:
        return mend.loose(text.encode("utf-8", "replace"))
    except ValueError:
        raise Rejected(f"its {plain} or {packed} is no JSON") from None


def _number(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() else number
