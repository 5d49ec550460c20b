"""A Product, what is sold, and an Order, a purchase of it: with its lines, what was promised and what came of it."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Product(Struct, frozen=True, kw_only=True):
    """What the catalogue has learned of one product from events that name it."""

    id: str
    sku: str | None = None
    name: str | None = None
    brand: str | None = None
    category: str | None = None
    variant: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    url: str | None = None
    image_url: str | None = None


class Line(Struct, frozen=True, kw_only=True):
    """One product of an order. `returned` is how many of them came back."""

    product: str
    name: str | None = None
    quantity: int = 1
    price: Decimal | None = None
    returned: int = 0


class Order(Struct, frozen=True, kw_only=True):
    """status: placed | shipped | out_for_delivery | delivered | cancelled | return_requested | returned | refunded

    late is None while nothing was promised, or while the promised time may still be kept."""

    number: str
    status: str
    placed_at: datetime | None = None
    promised_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    returned_at: datetime | None = None
    total: Decimal | None = None
    refunded: Decimal = Decimal(0)
    currency: str | None = None
    lines: tuple[Line, ...] = ()


class Owned(Struct, frozen=True, kw_only=True):
    """Something a person has: bought and not given back, or registered as theirs."""

    product: Product
    quantity: int = 1
    since: datetime | None = None
    order: str | None = None
    serial: str | None = None


class Loved(Struct, frozen=True, kw_only=True):
    """What draws a person: on their wish list, looked at again and again, or rated well."""

    product: Product
    wished: bool = False
    views: int = 0
    rating: float | None = None
    last_at: datetime | None = None
