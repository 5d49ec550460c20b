"""Addresses from which messages of ours came back for good: nothing more is sent there until somebody lifts that.

A report counts where it names a message of ours by what only its receiver can know: the token in it that we signed, or the
channel's own id. Anybody can write a letter that looks like a report, and must not silence an address by it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations import hear
from hark.conversations.standing import Saying
from hark.events.carry import forget_nameless
from hark.model import Event, Identity, Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "returned.sql")


class Return(Struct, frozen=True, kw_only=True):
    """One report. It `blocks` where the other side says that this address never takes anything."""

    event: UUID
    address_kind: str
    address_value: str
    message: UUID
    reason: str
    at: datetime
    position: int
    blocks: bool


class Lift(Struct, frozen=True, kw_only=True):
    kind: str
    value: str
    position: int


def heard(event: Event, saying: Saying) -> Return | None:
    """None where it is no report of the address that we wrote to: a letter that was passed on may fail elsewhere."""
    if saying.direction != "out" or saying.address_kind is None or saying.address_value is None:
        return None
    recipient, told = hear.word(event, "recipient"), saying.address_value.strip().lower()
    if "permanent" not in event.properties or (recipient and recipient.lower() != told):
        return None
    return Return(
        event=event.id,
        address_kind=saying.address_kind,
        address_value=told,
        message=saying.id,
        reason=hear.word(event, "detail", 2000) or "",
        at=hear.moment(event),
        position=event.position,
        blocks=event.properties["permanent"] is True,
    )


def lifted(event: Event) -> Lift | None:
    who, _ = hear.address(event.properties.get("address"))
    return Lift(kind=who.kind, value=who.value.lower(), position=event.position) if who else None


def write(tx: Transaction, returns: Sequence[Return], lifts: Sequence[Lift]) -> None:
    if returns:
        tx.run(queries.add, rows=msgspec.json.encode(returns).decode())
    if lifts:
        tx.run(queries.lift, rows=msgspec.json.encode(lifts).decode())


def blocking(tx: Transaction, to: Identity | None) -> str | None:
    """Why nothing is sent to this address; None where it may be written to."""
    if to is None:
        return None
    row = tx.one(queries.blocking, kind=to.kind, value=to.value.strip().lower())
    return None if row is None else row["reason"] or "it came back"


def forget(who: Subject, messages: Sequence[UUID], tx: Transaction) -> int:
    """Reports about what was sent to them, with the events: they name the address, and nobody as whom they were heard."""
    kinds, values = [one.kind for one in who.identities], [one.value.strip().lower() for one in who.identities]
    gone = [row[0] for row in tx.tuples(queries.leaving, kinds=kinds, values=values, messages=list(messages))]
    forget_nameless(tx, gone)
    return len(gone)
