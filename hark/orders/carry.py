"""What orders keep of a person: what they bought, looked at and own."""

from typing import Any

from hark.model import Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    ids = list(who.ids)
    return {"orders": tx.all(queries.orders_of, ids=ids), "products": tx.all(queries.interests_of, ids=ids)}


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    ids = list(who.ids)
    return {
        "customer_order": tx.run(queries.forget_orders, ids=ids),
        "interest": tx.run(queries.forget_interests, ids=ids),
    }
