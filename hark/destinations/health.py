"""How a destination does: counts by the hour, its last writes, and how far it is behind."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.destinations.destination import Destination, queries
from hark.events import log
from hark.store import Transaction

COUNTS = ("delivered", "failed", "dead", "withheld", "unmatched", "unknown")


class Health(Struct, frozen=True, kw_only=True):
    """hours: one row for each of the last 24 hours, also where nothing happened. behind: log positions, about as many
    events, that wait."""

    hours: list[dict[str, Any]]
    behind: int

    def total(self, count: str) -> int:
        return sum(hour[count] for hour in self.hours)


def health(tx: Transaction, destination: Destination, now: datetime, hours: int = 24) -> Health:
    end = now.replace(minute=0, second=0, microsecond=0)
    since = end - timedelta(hours=hours - 1)
    found = {row["hour"]: row for row in tx.all(queries.hours, destination=destination.id, since=since)}
    return Health(
        hours=[_hour(found, since + timedelta(hours=n)) for n in range(hours)],
        behind=max(0, log.processed(tx) - destination.position),
    )


def attempts(tx: Transaction, destination: UUID, limit: int = 20) -> list[dict[str, Any]]:
    """The last writes: {first_position, last_position, events, began_at, ended_at, outcome, detail}, the newest first."""
    return tx.all(queries.attempts, destination=destination, limit=limit)


def _hour(found: dict[datetime, dict[str, Any]], hour: datetime) -> dict[str, Any]:
    return found.get(hour) or {"hour": hour, **dict.fromkeys(COUNTS, 0)}
