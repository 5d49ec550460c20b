"""The person beside their thread: what one needs to know to answer well, and a step to the rest."""

from collections.abc import Sequence
from typing import Any

from hark.desk.person import consents_of
from hark.model import Conversation, Declared
from hark.orders import reading as orders
from hark.people import glance
from hark.people.glance import Glance
from hark.store import Transaction
from hark.web.telling import tell

EVENTS, ORDERS, OWNED, LOVED = 8, 3, 4, 4
# What was said stands in the thread already, and work has its own place.
TOLD_ELSEWHERE = ("message.", "conversation.", "case.", "task.", "timer.", "callback.", "promise.", "rating.")


def of(tx: Transaction, seen: Glance, theirs: Sequence[Conversation], declared: Declared) -> dict[str, Any]:
    lines, _ = glance.history(tx, seen.id, EVENTS * 4)
    moments = [line for line in lines if not line.name.startswith(TOLD_ELSEWHERE)][:EVENTS]
    rated = [one.rating for one in theirs if one.rating is not None]
    return {
        "orders": orders.orders_of(tx, seen.members, ORDERS),
        "owned": orders.owns(tx, seen.members)[:OWNED],
        "loved": orders.loves(tx, seen.members, LOVED),
        "moments": [(line, tell(line)) for line in moments],
        "consents": consents_of(seen, declared),
        "mood": mood_of(seen),
        "rated": rated,
        "conversations": len(theirs),
        "open": [one for one in theirs if one.status != "closed"],
    }


def mood_of(seen: Glance) -> float | None:
    """-1 to 1, where something has told us."""
    for known in (seen.computed, seen.traits):
        value = known.get("mood")
        if isinstance(value, int | float) and not isinstance(value, bool) and -1 <= value <= 1:
            return float(value)
    return None
