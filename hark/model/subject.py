"""A Subject: the person whose record is exported or forgotten, as every room needs to know them to find their rows."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.model.event import Identity


class Subject(Struct, frozen=True, kw_only=True):
    """person      who they are now
    ids         ids of all their identities; every id that the person ever had is among them
    identities  in their one spelling
    spellings   their identities also as senders wrote them
    positions   their events in the log, of which `events` are the ids
    traits      what is known of them, to find it where it was learned from
    """

    person: UUID
    ids: tuple[UUID, ...]
    identities: tuple[Identity, ...]
    spellings: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    events: tuple[UUID, ...] = ()
    traits: dict[str, Any] = {}
