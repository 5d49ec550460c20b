"""Saved views: a look at the inbox under a name, one's own or everybody's."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations.drafts import queries
from hark.conversations.inbox import Filters
from hark.errors import NotFound
from hark.kit.ids import uuid7
from hark.store import Transaction


class Look(Struct, frozen=True, kw_only=True):
    """`member` is None where everybody has it."""

    id: UUID
    member: UUID | None
    name: str
    filters: Filters


def looks_of(tx: Transaction, member: UUID) -> list[Look]:
    return [msgspec.convert(row, Look) for row in tx.all(queries.views_of, member=member)]


def save(tx: Transaction, name: str, filters: Filters, member: UUID | None, now: datetime) -> UUID:
    id = uuid7(now)
    kept = msgspec.json.encode(filters).decode()
    tx.run(queries.save_view, id=id, member=member, name=name[:60], filters=kept, now=now)
    return id


def drop(tx: Transaction, id: UUID, member: UUID) -> str:
    """Its name. Nobody drops what is somebody else's own."""
    name = tx.value(queries.drop_view, id=id, member=member)
    if name is None:
        raise NotFound("there is no such view")
    return str(name)
