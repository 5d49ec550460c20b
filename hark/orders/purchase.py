"""One order as the events about it tell it, in a form that does not depend on their order: the newest facts, when each
stage was first reached, what came back and what was paid back. Pure.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.kit.clock import from_milliseconds
from hark.kit.money import decimal
from hark.kit.newest import Said, newest
from hark.kit.pack import pack
from hark.model import Event
from hark.model.order import Line, Order
from hark.orders import hear
from hark.orders.hear import Part

# (product, name, quantity, price)
Row = tuple[str, str | None, int, int | None]
# Whose order it is: said best by its completion, else by the oldest word about it.
Owner = tuple[int, int, str, str, str]


class Purchase(Struct, array_like=True):
    facts: dict[str, Said] = {}
    stages: dict[str, int] = {}  # the first time that it got there
    lines: tuple[list[Row], int, str, str] | None = None
    returned: dict[str, int] = {}  # product: how many came back
    refunded: int = 0  # millionths
    refunds: int = 0
    owner: Owner | None = None
    last: int = 0


encode = pack
decode = msgspec.msgpack.Decoder(Purchase).decode


def apply(purchase: Purchase, event: Event, anchor: UUID | None, parts: list[Part]) -> None:
    at, stage = hear.moment(event), hear.STAGES[event.name]
    purchase.last = max(purchase.last, at)
    if stage not in purchase.stages or at < purchase.stages[stage]:
        purchase.stages[stage] = at
    if anchor is not None:
        owner = (0 if stage == "placed" else 1, at, event.source, event.message_id, anchor.hex)
        if purchase.owner is None or owner < purchase.owner:
            purchase.owner = owner
    facts = hear.order_facts(event)
    if stage in ("returned", "refunded", "return_requested"):
        _give_back(purchase, stage, facts.pop("total", 0), parts)
    elif parts:
        stamp = (at, event.source, event.message_id)
        if purchase.lines is None or purchase.lines[1:] < stamp:
            purchase.lines = ([(p.id, p.facts.get("name"), p.quantity, p.price) for p in parts], *stamp)
    for name, value in facts.items():
        newest(purchase.facts, name, value, at, event.source, event.message_id)


def conclude(number: str, purchase: Purchase) -> Order:
    facts = {name: said[0] for name, said in purchase.facts.items()}
    stages, lines = purchase.stages, _lines(purchase)
    total = facts.get("total")
    refunded = purchase.refunded
    if purchase.refunds and not refunded:
        refunded = total or 0  # a refund that names no amount pays everything back
    return Order(
        number=number,
        status=_status(stages, lines, bool(total) and refunded >= (total or 0)),
        placed_at=_instant(stages.get("placed")),
        promised_at=_instant(facts.get("promised_at")),
        shipped_at=_instant(stages.get("shipped")),
        delivered_at=_instant(stages.get("delivered")),
        cancelled_at=_instant(stages.get("cancelled")),
        returned_at=_instant(stages.get("returned")),
        total=None if total is None else decimal(total),
        refunded=decimal(refunded),
        currency=facts.get("currency"),
        lines=lines,
    )


def owner_of(purchase: Purchase) -> UUID | None:
    return None if purchase.owner is None else UUID(purchase.owner[4])


def late(order: Order, now: datetime) -> bool | None:
    """Whether a promise was broken; None where nothing was promised, or it may still be kept."""
    if order.promised_at is None or order.cancelled_at is not None:
        return None
    if order.delivered_at is not None:
        return order.delivered_at > order.promised_at
    return True if now > order.promised_at else None


def _give_back(purchase: Purchase, stage: str, amount: int, parts: list[Part]) -> None:
    if stage == "refunded":
        purchase.refunds += 1
        purchase.refunded += amount
    elif stage == "returned":
        for part in parts:
            purchase.returned[part.id] = purchase.returned.get(part.id, 0) + part.quantity


def _lines(purchase: Purchase) -> tuple[Line, ...]:
    rows: list[Row] = purchase.lines[0] if purchase.lines else []
    # A return that names no product brings everything back.
    everything = "returned" in purchase.stages and not purchase.returned
    left = dict(purchase.returned)
    lines = []
    for product, name, quantity, price in rows:
        back = quantity if everything else min(quantity, left.get(product, 0))
        left[product] = left.get(product, 0) - back
        money: Decimal | None = None if price is None else decimal(price)
        lines.append(Line(product=product, name=name, quantity=quantity, price=money, returned=back))
    return tuple(lines)


def _status(stages: dict[str, int], lines: tuple[Line, ...], paid_back: bool) -> str:
    """The furthest that an order came; given back in part it stays delivered."""
    if "cancelled" in stages and "delivered" not in stages:
        return "cancelled"
    if "returned" in stages and all(line.returned >= line.quantity for line in lines):
        return "returned"
    if "refunded" in stages and paid_back:
        return "refunded"
    if "return_requested" in stages and "returned" not in stages:
        return "return_requested"
    for stage in ("delivered", "out_for_delivery", "shipped"):
        if stage in stages:
            return stage
    return "placed"


def _instant(ms: Any) -> datetime | None:
    return None if ms is None else from_milliseconds(ms)
