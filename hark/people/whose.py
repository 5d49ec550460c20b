"""Whose an identity is now: other rooms' rows name the anchor of an event, and a front joins them with persons here."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from hark.people.glance import called
from hark.store import Queries, Transaction

queries = Queries(__file__)


class Whose(Struct, frozen=True):
    person: UUID
    name: str


def persons_of(tx: Transaction, anchors: Iterable[UUID | None]) -> dict[UUID, Whose]:
    """By anchor; an identity that is nobody's is left out."""
    wanted = [anchor for anchor in anchors if anchor is not None]
    if not wanted:
        return {}
    return {row[0]: Whose(row[1], called(row[2])) for row in tx.tuples(queries.persons_of, anchors=wanted)}
