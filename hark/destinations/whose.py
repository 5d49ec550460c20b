"""Events with whose they are now: the surviving person and what is known of them at this moment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hark.model import Context, Event, Person, Profile
from hark.store import Queries, Transaction

queries = Queries(__file__, "whose.sql")


def whose(tx: Transaction, events: Sequence[Event]) -> list[Context]:
    """One context for each event, without a person where nobody is behind it."""
    if not events:
        return []
    positions = [event.position for event in events]
    owners = {row["position"]: row for row in tx.all(queries.owners, first=min(positions), last=max(positions))}
    persons = {row["person"] for row in owners.values()}
    profiles = {row["id"]: row for row in tx.all(queries.profiles, persons=list(persons))}
    former = {row["person"]: tuple(row["ids"]) for row in tx.all(queries.former, persons=list(persons))}
    return [_context(event, owners.get(event.position), profiles, former) for event in events]


def profile_of(tx: Transaction, person: UUID | None) -> Profile | None:
    """Who a person is now, by any id that they ever had."""
    row = tx.one(queries.profile_of, person=person) if person else None
    return _profile(row) if row else None


def _context(
    event: Event,
    owner: dict[str, Any] | None,
    profiles: dict[UUID, dict[str, Any]],
    former: dict[UUID, tuple[UUID, ...]],
) -> Context:
    row = profiles.get(owner["person"]) if owner else None
    if owner is None or row is None:
        return Context(event=event)
    person = Person(
        id=row["id"],
        formerly=former.get(row["id"], ()),
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )
    return Context(event=event, anchor=owner["anchor"], person=person, profile=_profile(row))


def _profile(row: dict[str, Any]) -> Profile:
    return Profile(
        person=row["id"],
        traits=row["traits"],
        computed=row["computed"],
        consents={purpose: bool(said["granted"]) for purpose, said in row["consents"].items()},
        segments=frozenset(row["segments"]),
        phase=row["phase"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )
