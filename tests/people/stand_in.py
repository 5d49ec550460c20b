"""A trivial identity step for tests of the fold: identities named together are one person, with no guards."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.kit.ids import derived
from hark.model import Context, Event, Identity
from hark.people import profile
from hark.people.living import Setting
from hark.people.segments import Definitions, Moves
from hark.store import Database

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Group(Struct, frozen=True):
    person: UUID
    members: tuple[UUID, ...] = ()
    identities: tuple[Identity, ...] = ()


class Joined(Struct, frozen=True):
    anchor: UUID | None = None
    person: UUID | None = None
    members: tuple[UUID, ...] = ()
    identities: tuple[Identity, ...] = ()
    changed: tuple[Group, ...] = ()


class Identities:
    """Keeps who is whom between batches."""

    def __init__(self) -> None:
        self.persons: dict[UUID, tuple[UUID, ...]] = {}
        self.holder: dict[UUID, UUID] = {}
        self.spelled: dict[UUID, Identity] = {}

    def join(self, event: Event) -> Joined:
        ids = [derived("identity", one.kind, one.value) for one in event.identities]
        if not ids:
            return Joined()
        self.spelled.update(zip(ids, event.identities, strict=True))
        before = sorted({self.holder[one] for one in ids if one in self.holder})
        person = before[0] if before else ids[0]
        members = dict.fromkeys(member for other in before for member in self.persons[other])
        members |= dict.fromkeys(ids)
        changed: list[Group] = []
        if tuple(members) != self.persons.get(person):
            changed = [Group(person, tuple(members), self._spell(members)), *(Group(other) for other in before[1:])]
        for other in before[1:]:
            del self.persons[other]
        self.persons[person] = tuple(members)
        self.holder.update(dict.fromkeys(members, person))
        return Joined(ids[0], person, tuple(members), self._spell(members), tuple(changed))

    def _spell(self, members: Iterable[UUID]) -> tuple[Identity, ...]:
        return tuple(self.spelled[member] for member in members)


def event(name: str, *identities: str, minutes: float = 0, n: int = 0, **fields: Any) -> Event:
    """`event("Order Completed", "email:ann@example.com", minutes=3, properties={…})`"""
    at = fields.pop("at", NOON + timedelta(minutes=minutes))
    kind = name if name in ("identify", "page", "group") else "track"
    fields.setdefault("received_at", at)
    fields.setdefault("message_id", f"{name}-{minutes}-{n}")
    return Event(
        id=derived("event", fields["message_id"]),
        type=kind,
        name=name,
        at=at,
        source=fields.pop("source", "web"),
        identities=tuple(Identity(*one.split(":", 1)) for one in identities),
        position=n,
        **fields,
    )


def fold(
    database: Database,
    events: Sequence[Event],
    identities: Identities,
    size: int = 500,
    definitions: Definitions | None = None,
    moves: Moves | None = None,
) -> list[Context]:
    """Take events through the fold in batches of a size."""
    done: list[Context] = []
    for start in range(0, len(events), size):
        contexts = [Context(event=one) for one in events[start : start + size]]
        joined = [identities.join(context.event) for context in contexts]
        with database.transaction() as tx:
            profile.fold(contexts, joined, tx, Setting({}, {}), definitions or Definitions(), moves or Moves())
        done += contexts
    return done


def rows(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as tx:
        cursor = tx.connection.execute("select to_jsonb(p) from person p order by id")
        return [row[0] for row in cursor.fetchall()]


def fold_anew(database: Database) -> None:
    """Make every person's row again from the facets alone."""
    with database.transaction() as tx:
        ids = [row[0] for row in tx.connection.execute("select id from person").fetchall()]
        crowd = profile.Crowd.of(tx, ids, Setting({}, {}))
        for person in crowd:
            person.gather()
            crowd.touch(person)
        crowd.write()


def empty(database: Database) -> None:
    with database.transaction() as tx:
        tx.connection.execute("truncate portrait, pulse, facet, timeline")
