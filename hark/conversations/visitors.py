"""What a visitor of the chat sees of their conversations: what they wrote there and what was answered there, nothing of
other channels, no notes, and nothing that can still be taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.model import File, Identity
from hark.store import Queries, Transaction

queries = Queries(__file__, "visitors.sql")


class Line(Struct, frozen=True, kw_only=True):
    """One message of a visitor's thread. `client` is the id that their browser gave what they wrote."""

    id: UUID
    conversation: UUID
    position: int
    changed: int
    at: datetime
    direction: str
    author: str
    name: str | None
    text: str
    files: tuple[File, ...]
    state: str
    client: str | None
    whose: Identity


class Standing(Struct, frozen=True, kw_only=True):
    """How a conversation stands for its visitor. `seen` is the position up to which somebody of ours has read; `channel`
    is where the visitor was last, which may be elsewhere by now."""

    id: UUID
    status: str
    member: UUID | None
    rating: int | None
    channel: str | None
    seen: int
    position: int
    whose: Identity


def thread(tx: Transaction, whose: Sequence[Identity], limit: int = 60) -> tuple[list[Line], Standing | None]:
    """The newest messages, oldest first, and the newest conversation."""
    kinds, values = [who.kind for who in whose], [who.value for who in whose]
    rows = tx.all(queries.newest_lines, kinds=kinds, values=values, limit=limit)
    row = tx.one(queries.newest_standing, kinds=kinds, values=values)
    return [_line(row) for row in reversed(rows)], _standing(row) if row else None


def changes(
    tx: Transaction, after: int, until: int, whose: Sequence[Identity] | None, limit: int
) -> tuple[list[Line], list[Standing]]:
    """What changed in (after, until], oldest first: of these visitors, or of all."""
    named: dict[str, Any] = {
        "all": whose is None,
        "kinds": [who.kind for who in whose or ()],
        "values": [who.value for who in whose or ()],
        "after": after,
        "until": until,
        "limit": limit,
    }
    lines = [_line(row) for row in tx.all(queries.changed_lines, **named)]
    return lines, [_standing(row) for row in tx.all(queries.changed_standings, **named)]


def owns(tx: Transaction, whose: Sequence[Identity], conversation: UUID) -> bool:
    """Whether these identities wrote or were answered in the conversation, by chat."""
    kinds, values = [who.kind for who in whose], [who.value for who in whose]
    return bool(tx.value(queries.owns, kinds=kinds, values=values, conversation=conversation))


def _line(row: dict[str, Any]) -> Line:
    whose = Identity(row.pop("address_kind"), row.pop("address_value"))
    return Line(**{**row, "files": msgspec.convert(row["files"], tuple[File, ...]), "whose": whose})


def _standing(row: dict[str, Any]) -> Standing:
    whose = Identity(row.pop("to_kind"), row.pop("to_value"))
    return Standing(**{**row, "whose": whose})
