"""Asking about products and orders. A person is given by the ids of their identities (`Person` row column `members`)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.model.order import Line, Loved, Order, Owned, Product
from hark.orders.know import queries
from hark.store import Transaction


def orders_of(tx: Transaction, members: Sequence[UUID], limit: int = 50) -> list[Order]:
    """The newest first."""
    return [msgspec.convert(row, Order) for row in tx.all(queries.orders_of, members=list(members), limit=limit)]


def order(tx: Transaction, number: str) -> Order | None:
    row = tx.one(queries.order_by_number, number=number)
    return None if row is None else msgspec.convert(row, Order)


class Found(Struct, frozen=True, kw_only=True):
    """An order in a list, with the anchor of the person whose it is."""

    order: Order
    anchor: UUID | None
    last_at: datetime


class Belongings(Struct, frozen=True, kw_only=True):
    """Everything between a person and what is sold."""

    orders: list[Order]
    owns: list[Owned]
    loves: list[Loved]
    returned: list[tuple[Order, Line]]


def newest(tx: Transaction, *, status: str = "", number: str = "", limit: int = 100) -> list[Found]:
    """The orders of everybody that something happened to last."""
    rows = tx.all(queries.newest_orders, status=status, number=number, limit=limit)
    return [
        Found(anchor=row.pop("anchor"), last_at=row.pop("last_at"), order=msgspec.convert(row, Order)) for row in rows
    ]


def figures(tx: Transaction) -> dict[str, int]:
    """How many orders stand at which status."""
    return {row["status"]: row["orders"] for row in tx.all(queries.order_figures)}


def belongings(tx: Transaction, members: Sequence[UUID]) -> Belongings:
    orders = orders_of(tx, members)
    return Belongings(
        orders=orders,
        owns=owns(tx, members),
        loves=loves(tx, members),
        returned=[(one, line) for one in orders for line in one.lines if line.returned],
    )


def owns(tx: Transaction, members: Sequence[UUID]) -> list[Owned]:
    """What was bought and not given back, and what was registered as theirs."""
    bought = tx.all(queries.bought_by, members=list(members))
    registered = {row["product"]: row for row in tx.all(queries.registered_by, members=list(members))}
    products = _products(tx, [*(row["product"] for row in bought), *registered])
    owned = []
    for row in bought:
        product = products.get(row["product"]) or Product(id=row["product"], name=row["line_name"])
        serial = (registered.pop(row["product"], None) or {}).get("serial")
        owned.append(
            Owned(product=product, quantity=row["quantity"], since=row["since"], order=row["number"], serial=serial)
        )
    for id, row in registered.items():
        owned.append(Owned(product=products.get(id) or Product(id=id), since=row["since"], serial=row["serial"]))
    return owned


def loves(tx: Transaction, members: Sequence[UUID], limit: int = 20) -> list[Loved]:
    """On the wish list, looked at three times or more, or rated four or better."""
    rows = tx.all(queries.loved_by, members=list(members), limit=limit)
    products = _products(tx, [row["product"] for row in rows])
    return [
        Loved(
            product=products.get(row["product"]) or Product(id=row["product"]),
            wished=row["wished"],
            views=row["views"],
            rating=None if row["rating"] is None else float(row["rating"]),
            last_at=row["last_at"],
        )
        for row in rows
    ]


def products(tx: Transaction, search: str = "", limit: int = 100) -> list[Product]:
    """The catalogue as it was learned, what was named last first."""
    return [msgspec.convert(row, Product) for row in tx.all(queries.list_products, search=search, limit=limit)]


def sold(tx: Transaction, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Of each product: in how many orders, how many sold, how many came back."""
    return {row.pop("id"): row for row in tx.all(queries.product_figures, ids=list(ids))}


def _products(tx: Transaction, ids: Sequence[str]) -> dict[str, Product]:
    if not ids:
        return {}
    rows = tx.all(queries.products_by_id, ids=sorted(set(ids)))
    return {row["id"]: msgspec.convert(row, Product) for row in rows}
