"""What we now know of products and orders after a batch of events: each read once, added to in memory, written in sets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.kit.clock import from_milliseconds
from hark.kit.money import decimal
from hark.kit.newest import Said, newest
from hark.kit.pack import pack
from hark.model import Context, Declared, Event
from hark.model.order import Order
from hark.orders import hear, purchase
from hark.orders.hear import Part
from hark.orders.purchase import Purchase
from hark.store import Queries, Transaction

queries = Queries(__file__)
_ATTRIBUTES = ("sku", "name", "brand", "category", "variant", "price", "currency", "url", "image_url")
_decode = msgspec.msgpack.Decoder(dict[str, Said]).decode
Heard = tuple[Context, list[Part]]


class Interest(Struct):
    """What a batch says about one identity and one product, to be added to what is known."""

    views: int = 0
    carts: int = 0
    wished: tuple[int, bool] | None = None  # the newest; at the same time a yes stands
    rated: tuple[int, float] | None = None
    registered: int | None = None
    serial: str | None = None
    last: int = 0


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    heard = [(one, list(hear.parts(one.event))) for one in contexts if hear.concerns(one.event)]
    if heard:
        _learn_products(heard, tx)
        _follow_orders(heard, tx)
        _note_interests(heard, tx)
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
    tx.run(queries.clear)


def _learn_products(heard: Sequence[Heard], tx: Transaction) -> None:
    ids = sorted({part.id for _, parts in heard for part in parts})
    if not ids:
        return
    known: dict[str, dict[str, Said]] = {row[0]: _decode(row[1]) for row in tx.tuples(queries.read_products, ids=ids)}
    spans: dict[str, tuple[int, int]] = {}
    for context, parts in heard:
        event, at = context.event, hear.moment(context.event)
        for part in parts:
            facts = known.setdefault(part.id, {})
            for name, value in part.facts.items():
                newest(facts, name, value, at, event.source, event.message_id)
            first, last = spans.get(part.id, (at, at))
            spans[part.id] = (min(first, at), max(last, at))
    tx.run(queries.write_products, rows=_json([_product_row(id, known[id], *spans[id]) for id in ids]))


def _follow_orders(heard: Sequence[Heard], tx: Transaction) -> None:
    numbered = [(number, one, parts) for one, parts in heard if (number := hear.order_number(one.event))]
    if not numbered:
        return
    numbers = sorted({number for number, _, _ in numbered})
    known = {row[0]: purchase.decode(row[1]) for row in tx.tuples(queries.read_orders, numbers=numbers)}
    for number, context, parts in numbered:
        purchase.apply(known.setdefault(number, Purchase()), context.event, context.anchor, parts)
        context.orders = (number,)
    tx.run(queries.write_orders, rows=_json([_order_row(number, known[number]) for number in numbers]))


def _note_interests(heard: Sequence[Heard], tx: Transaction) -> None:
    noted: dict[tuple[UUID, str], Interest] = {}
    for context, parts in heard:
        kind = hear.interest(context.event)
        if kind is None or context.anchor is None:
            continue
        for part in parts:
            _note(noted.setdefault((context.anchor, part.id), Interest()), kind, context.event)
    rows = [_interest_row(anchor, product, noted[anchor, product]) for anchor, product in sorted(noted)]
    if rows:
        tx.run(queries.add_interests, rows=_json(rows))


def _note(interest: Interest, kind: str, event: Event) -> None:
    at = hear.moment(event)
    interest.last = max(interest.last, at)
    if kind == "view":
        interest.views += 1
    elif kind == "cart":
        interest.carts += 1
    elif kind in ("wish", "unwish"):
        interest.wished = max(interest.wished or (at, False), (at, kind == "wish"))
    elif kind == "rating" and (rating := hear.rating(event)) is not None:
        interest.rated = max(interest.rated or (at, rating), (at, rating))
    elif kind == "registered":
        interest.registered = at if interest.registered is None else min(at, interest.registered)
        interest.serial = max(interest.serial or "", hear.serial(event) or "") or None


def _product_row(id: str, facts: dict[str, Said], first: int, last: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: facts[name][0] if name in facts else None for name in _ATTRIBUTES}
    if row["price"] is not None:
        row["price"] = decimal(row["price"])
    row |= {"id": id, "state": pack(facts).hex(), "first_at": from_milliseconds(first)}
    return row | {"last_at": from_milliseconds(last)}


def _order_row(number: str, known: Purchase) -> dict[str, Any]:
    order: Order = purchase.conclude(number, known)
    row: dict[str, Any] = msgspec.to_builtins(order)
    row |= {"anchor": purchase.owner_of(known), "state": purchase.encode(known).hex()}
    return row | {"last_at": from_milliseconds(known.last)}


def _interest_row(anchor: UUID, product: str, interest: Interest) -> dict[str, Any]:
    wished, rated = interest.wished, interest.rated
    return {
        "anchor": anchor,
        "product": product,
        "views": interest.views,
        "carts": interest.carts,
        "wished": wished and wished[1],
        "wished_at": wished and from_milliseconds(wished[0]),
        "rating": rated and rated[1],
        "rated_at": rated and from_milliseconds(rated[0]),
        "registered_at": None if interest.registered is None else from_milliseconds(interest.registered),
        "serial": interest.serial,
        "last_at": from_milliseconds(interest.last),
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
