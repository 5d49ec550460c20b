"""What people keep of one person: who they are for every room, their part of an export, and forgetting them."""

from typing import Any
from uuid import UUID

import msgspec

from hark.errors import NotFound
from hark.model import Declared, Identity, Subject
from hark.people import identity, matching, reading
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def subject(tx: Transaction, person: UUID, declared: Declared) -> Subject:
    """Everything by which this person is found. NotFound where there is nobody of that id."""
    rows = tx.all(queries.identities_of, person=person)
    if not rows:
        raise NotFound(f"there is no person {person}")
    ids = tuple(row["id"] for row in rows)
    known = frozenset(ids)
    events = tx.all(queries.events_of, ids=list(ids))
    spellings = {row["value"] for row in rows}
    seen: dict[tuple[str, str], bool] = {}
    for event in events:
        for kind, value in event["identities"]:
            if (kind, value) not in seen:
                seen[kind, value] = reading.identity_id(kind, value, declared) in known
            if seen[kind, value]:
                spellings.add(value)
    return Subject(
        person=person,
        ids=ids,
        identities=tuple(Identity(row["kind"], row["value"]) for row in rows),
        spellings=tuple(sorted(spellings)),
        positions=tuple(event["position"] for event in events),
        events=tuple(event["id"] for event in events),
        traits=tx.value(queries.traits_of, person=person) or {},
    )


def persons_of(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    """Who these identities are now; those that nobody has are left out."""
    return [row[0] for row in tx.tuples(queries.persons_of, ids=ids)]


def waiting(tx: Transaction, who: Subject, declared: Declared, after: int) -> list[int]:
    """Positions of the person's events that are in the log and not processed yet."""
    known = frozenset(who.ids)
    return [
        row["position"]
        for row in tx.all(queries.events_after, position=after)
        if any(reading.identity_id(kind, value, declared) in known for kind, value in row["identities"])
    ]


def neighbours(tx: Transaction, who: Subject, most: int) -> Subject | None:
    """Those whom any evidence ties to the person, although they are others: what is known of them is concluded anew
    once the person is gone. None where there is nobody, or where they have more than `most` events (a replay then
    settles what hung on the person)."""
    rows = tx.all(queries.neighbours_of, ids=list(who.ids))
    ids = [row["id"] for row in rows]
    if not ids or tx.value(queries.how_many_events, ids=ids) > most:
        return None
    events = tx.all(queries.events_of, ids=ids)
    return Subject(
        person=ids[0],
        ids=tuple(ids),
        identities=tuple(Identity(row["kind"], row["value"]) for row in rows),
        positions=tuple(event["position"] for event in events),
    )


def export(who: Subject, tx: Transaction, declared: Declared) -> dict[str, Any]:
    record = reading.record(tx, "id", str(who.person), declared)
    return {
        "person": msgspec.to_builtins(record),
        "traits": msgspec.to_builtins(reading.provenance(tx, who.person)),
        "evidence": tx.all(queries.evidence_of, ids=list(who.ids)),
        "consents": tx.all(queries.consents_of, positions=list(who.positions)),
        "groups": tx.all(queries.groups_of, person=who.person),
    }


def forget(who: Subject, others: Subject | None, tx: Transaction, declared: Declared) -> dict[str, int]:
    """Rows that are gone, by table. What others said of the same values stays theirs, so what is concluded of `others`
    is taken away too and made again from their events by the caller; it is not counted."""
    ids = list(who.ids)
    if others is not None:
        identity.forget(tx, list(others.ids), declared)
        _unlearn(tx, list(others.ids))
    gone = {"account": tx.run(queries.forget_groups, person=who.person)}
    return gone | matching.forget(tx, ids) | identity.forget(tx, ids, declared) | _unlearn(tx, ids)


def keep_days(tx: Transaction) -> None:
    """Remember how many came into and went out of segments by day: those are numbers, and stay as they are."""
    tx.run(queries.keep_days)


def restore_days(tx: Transaction) -> None:
    tx.run(queries.drop_days)
    tx.run(queries.restore_days)


def _unlearn(tx: Transaction, ids: list[UUID]) -> dict[str, int]:
    return {
        "timeline": tx.run(queries.forget_timeline, ids=ids),
        "facet": tx.run(queries.forget_facets, ids=ids),
        "person": tx.run(queries.forget_persons, ids=ids),
    }
