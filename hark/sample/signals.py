"""The wire: what each of the company's systems would send for one thing that happened."""

from datetime import datetime
from typing import Any, NamedTuple

from hark.sample.customer import Customer

Body = dict[str, Any]


class Signal(NamedTuple):
    at: datetime
    source: str  # a key of send.SOURCES
    body: Body


PHONES = (
    ("Apple", "iPhone 16", "iOS", "18.5"),
    ("Samsung", "Galaxy S24", "Android", "15"),
    ("Google", "Pixel 9", "Android", "16"),
)
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
    " Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"
    " Safari/605.1.15",
)


def call(message_id: str, at: datetime, type_: str, name: str, **fields: Any) -> Body:
    """A call in the form that collection clients of the Segment family send."""
    body: Body = {"type": type_, "messageId": message_id, "timestamp": stamp(at)}
    if type_ == "track":
        body["event"] = name
    elif type_ in ("page", "screen"):
        body["name"] = name
    return body | {key: value for key, value in fields.items() if value is not None}


def own(message_id: str, at: datetime, name: str, identities: dict[str, str], **fields: Any) -> Body:
    """The same thing in Hark's own small form (POST /v1/events)."""
    return {"id": message_id, "name": name, "at": stamp(at), "identities": identities, **fields}


def browser(customer: Customer, page: str, referrer: str = "", campaign: Body | None = None) -> Body:
    context: Body = {
        "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
        "locale": customer.city.locale,
        "timezone": customer.city.zone,
        "userAgent": _BROWSERS[customer.number % len(_BROWSERS)],
        "page": {
            "url": f"https://shop.tidewell.example{page}",
            "path": page,
            "referrer": referrer,
            "title": "Tidewell",
        },
    }
    return context | ({"campaign": campaign} if campaign else {})


def phone(customer: Customer) -> Body:
    maker, model, system, version = PHONES[customer.number % len(PHONES)]
    return {
        "library": {"name": "analytics-kotlin" if system == "Android" else "analytics-swift", "version": "1.19.2"},
        "app": {"name": "Tidewell Home", "version": f"4.{customer.number % 7}.0", "namespace": "example.tidewell.home"},
        "device": {
            "id": customer.devices.get("app", ""),
            "manufacturer": maker,
            "model": model,
            "type": system.lower(),
            "token": f"push-{customer.devices.get('app', '')[:18]}",
        },
        "os": {"name": system, "version": version},
        "locale": customer.city.locale,
        "timezone": customer.city.zone,
    }


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
