"""What an event says about products and orders: the names and properties of the e-commerce specification (v2) that the
collection clients share, read into plain facts. Pure.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from hark.kit.clock import instant, milliseconds
from hark.kit.money import micros
from hark.model import Event

AHEAD = 300_000  # a sender's clock may run five minutes ahead of ours
MOST_LINES = 200

# What an order went through, by event name.
STAGES = {
    "Order Completed": "placed",
    "Order Updated": "updated",
    "Order Shipped": "shipped",
    "Order Fulfilled": "shipped",
    "Order Out for Delivery": "out_for_delivery",
    "Delivery Scheduled": "updated",
    "Delivery Rescheduled": "updated",
    "Order Delayed": "updated",
    "Order Delivered": "delivered",
    "Order Cancelled": "cancelled",
    "Return Requested": "return_requested",
    "Order Returned": "returned",
    "Return Received": "returned",
    "Order Refunded": "refunded",
}
_VIEWS = frozenset({"Product Viewed", "Product Clicked"})
_INTERESTS = {
    "Product Added": "cart",
    "Product Added to Wishlist": "wish",
    "Product Removed from Wishlist": "unwish",
    "Product Reviewed": "rating",
    "Product Rated": "rating",
    "Product Registered": "registered",
    "Appliance Registered": "registered",
    **dict.fromkeys(_VIEWS, "view"),
}
_PROMISES = ("promised_at", "promised_delivery_date", "estimated_delivery_date", "expected_delivery", "delivery_date")
_ORDER_FACTS = ("affiliation", "coupon", "carrier", "tracking_number", "payment_method")
_PRODUCT_FACTS = ("sku", "name", "brand", "category", "variant", "currency", "url", "image_url")


class Part(Struct, frozen=True):
    """A product as one event names it."""

    id: str
    quantity: int
    price: int | None  # millionths
    facts: dict[str, Any]


def moment(event: Event) -> int:
    return min(milliseconds(event.at), milliseconds(event.received_at) + AHEAD)


def concerns(event: Event) -> bool:
    return event.name in STAGES or event.name in _INTERESTS


def order_number(event: Event) -> str | None:
    if event.name not in STAGES:
        return None
    return _text(event.properties.get("order_id", event.properties.get("orderId")))


def interest(event: Event) -> str | None:
    """view | cart | wish | unwish | rating | registered"""
    return _INTERESTS.get(event.name)


def parts(event: Event) -> Iterator[Part]:
    """The products that an event names: those of its list, else the one that its own properties describe."""
    listed = event.properties.get("products")
    if isinstance(listed, list):
        for item in listed[:MOST_LINES]:
            if isinstance(item, dict) and (part := _part(item, event.properties)):
                yield part
    elif part := _part(event.properties, event.properties):
        yield part


def order_facts(event: Event) -> dict[str, Any]:
    """Facts of the order itself, in millionths and ms."""
    said = event.properties
    facts: dict[str, Any] = {name: text for name in _ORDER_FACTS if (text := _text(said.get(name)))}
    for name in ("total", "revenue", "value"):
        if (amount := micros(said.get(name))) is not None:
            facts["total"] = amount
            break
    if currency := _text(said.get("currency")):
        facts["currency"] = currency.upper()[:3]
    for name in _PROMISES:
        if (promised := instant(said.get(name))) is not None:
            facts["promised_at"] = milliseconds(promised)
            break
    return facts


def rating(event: Event) -> float | None:
    for name in ("rating", "stars", "score"):
        value = event.properties.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10:
            return float(value)
    return None


def serial(event: Event) -> str | None:
    return _text(event.properties.get("serial", event.properties.get("serial_number")))


def _part(item: dict[str, Any], around: dict[str, Any]) -> Part | None:
    id = _text(item.get("product_id")) or _text(item.get("sku")) or _text(item.get("productId"))
    if id is None:
        return None
    facts: dict[str, Any] = {name: text for name in _PRODUCT_FACTS if (text := _text(item.get(name)))}
    if "currency" not in facts and (currency := _text(around.get("currency"))):
        facts["currency"] = currency
    price = micros(item.get("price"))
    if price is not None:
        facts["price"] = price
    quantity = item.get("quantity")
    whole = int(quantity) if isinstance(quantity, int | float) and 0 < quantity < 1_000_000 else 1
    return Part(id, whole, price, facts)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip()[:500] or None
