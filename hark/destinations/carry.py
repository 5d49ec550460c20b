"""When a person is erased: their dead letters go at once, and every destination that can is told, by durable jobs."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.destinations import letters
from hark.destinations.destination import every, get, settings
from hark.destinations.means import Means, asked
from hark.errors import NotFound
from hark.model import Subject
from hark.store import Transaction
from hark.work import put


class Forgetting(Struct, frozen=True, kw_only=True):
    """persons: every id that the person ever had; they say nothing to anybody without the log."""

    destination: UUID
    persons: list[UUID]


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    """Rows that are gone, and how many destinations are being told."""
    told = every(tx)
    for destination in told:
        put(forget_elsewhere, Forgetting(destination=destination.id, persons=[who.person, *who.ids]), tx)
    return {"dead_letter": letters.forget(tx, who.events), "destination (told)": len(told)}


def forget_elsewhere(note: Forgetting, means: Means) -> None:
    """Have the other side forget, where its plug-in knows how. Retried until it has."""
    try:
        with means.database.transaction() as tx:
            destination = get(tx, note.destination)
    except NotFound:
        return
    plugin = means.registry[destination.plugin]
    do: Any = getattr(plugin.part("write"), "forget", None)
    if do is not None:
        do(frozenset(note.persons), settings(plugin, destination.settings), **asked(do, means, destination.id))
