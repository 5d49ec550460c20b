"""Time enters as events only: a step asks for a moment, and when it comes `timer.due` is recorded like anything else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.events.record import Own, record_own
from hark.model import Identity
from hark.store import Queries, Transaction

queries = Queries(__file__, "timers.sql")


class Timer(Struct, frozen=True, kw_only=True):
    """What is to be said when: `id` is derived from what it is for, so that asking again moves it instead of doubling."""

    id: UUID
    due_at: datetime
    name: str
    identity: Identity | None = None
    properties: dict[str, Any] = {}
    caused_by: UUID | None = None


def schedule(tx: Transaction, timers: Sequence[Timer]) -> None:
    if not timers:
        return
    rows = [
        {
            **msgspec.to_builtins(timer),
            "identity_kind": timer.identity.kind if timer.identity else None,
            "identity_value": timer.identity.value if timer.identity else None,
        }
        for timer in {timer.id: timer for timer in timers}.values()
    ]
    tx.run(queries.schedule, rows=msgspec.json.encode(rows).decode())


def cancel(tx: Transaction, ids: Sequence[UUID]) -> None:
    if ids:
        tx.run(queries.cancel, ids=list(ids))


def come_due(tx: Transaction, now: datetime, most: int = 500) -> int:
    """Record `timer.due` for what is due, in one transaction with taking it off the list. How many there were."""
    rows = tx.all(queries.take_due, now=now, most=most)
    record_own(tx, [_event(row) for row in rows], received_at=now)
    return len(rows)


def _event(row: dict[str, Any]) -> Own:
    identity = Identity(row["identity_kind"], row["identity_value"]) if row["identity_kind"] else None
    return Own(
        name="timer.due",
        at=row["due_at"],
        message_id=f"timer-{row['id']}-{row['due_at'].isoformat()}",
        identities=(identity,) if identity else (),
        properties={"timer": row["name"], **row["properties"]},
        caused_by=row["caused_by"],
    )
