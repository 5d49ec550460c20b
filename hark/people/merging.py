"""Merge, split and revert by hand: each is an event of our own, recorded here, that takes effect on the one path."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound, Rejected
from hark.events.record import Own, own, record_own
from hark.kit.ids import derived
from hark.model import Declared, Identity
from hark.people.evidence import OWN, edge_id
from hark.people.explain import Evidence, Explanation, explain, halves
from hark.people.guarding import settings_of
from hark.people.kinds import Kinds
from hark.store import Queries, Transaction

queries = Queries(__file__, "identity.sql")


class Done(Struct, frozen=True, kw_only=True):
    """`id` reverts it (merge or split); `event` is the recorded event, to wait for."""

    id: UUID
    event: UUID


class Preview(Struct, frozen=True, kw_only=True):
    """What a split would leave: who stays, who leaves, and the evidence between them that it revokes."""

    stay: tuple[Identity, ...]
    leave: tuple[Identity, ...]
    between: tuple[Evidence, ...]


def merge(
    tx: Transaction, a: UUID, b: UUID, declared: Declared, *, by: str, reason: str = "", score: float | None = None
) -> Done:
    """Make two persons one. `by` is "member:<id>", "token:<name>" or "match". Rejected where they are one already."""
    if _person(tx, a) == _person(tx, b):
        raise Rejected("these are one person already", status=409)
    first, second = _person(tx, a), _person(tx, b)
    if by != "match":
        kinds = Kinds(declared.kinds.values(), settings_of(tx))
        first, second = _strongest(tx, first, kinds), _strongest(tx, second, kinds)
    properties: dict[str, object] = {"a": str(first), "b": str(second), "reason": reason, "by": by}
    if score is not None:
        properties["score"] = score
    event = own("person.merged", identities=_about(tx, _person(tx, a)), properties=properties)
    rule = "match" if by == "match" else "hand"
    return Done(id=edge_id(first, second, rule), event=_record(tx, event))


def split(tx: Transaction, person: UUID, leave: Iterable[UUID], *, by: str, reason: str = "") -> Done:
    """Take identities out of a person: they become another. Rejected where nothing would stay or leave."""
    staying, leaving = _sides(tx, person, leave)
    properties = {"rest": staying, "identities": leaving, "reason": reason, "by": by}
    event = own("person.split", identities=_about(tx, person), properties=properties)
    return Done(id=derived("cut", OWN, event.message_id), event=_record(tx, event))


def revert(tx: Transaction, merge: UUID, declared: Declared, *, by: str, reason: str = "") -> Done:
    """Take back a merge, made by hand or by rule, or a split. NotFound where there is none of this id.

    What a rule joined would be joined again by other evidence that agrees with it, so the two sides are kept apart.
    """
    properties: dict[str, object] = {"merge": str(merge), "reason": reason, "by": by}
    edge = tx.one(queries.find_edge, id=merge)
    cut = None if edge else tx.one(queries.find_cut, id=merge)
    member = edge["a"] if edge else cut["members"][0] if cut else None
    if member is None:
        raise NotFound(f"there is no merge {merge}")
    if edge and (edge["state"] != "joined" or not edge["merged"]):
        raise Rejected("this merge is not in force", status=409)
    person = _person(tx, member)
    if edge and edge["rule"] != "hand":
        told = explain(tx, person, declared)
        stay, leave = halves(told.evidence, merge, [known.id for known in told.identities])
        properties |= {"rest": [str(one) for one in stay], "identities": [str(one) for one in leave]}
    event = own("merge.reverted", identities=_about(tx, person), properties=properties)
    return Done(id=derived("cut", OWN, event.message_id), event=_record(tx, event))


def preview_split(told: Explanation, leave: Iterable[UUID]) -> Preview:
    leaving = set(leave)
    return Preview(
        stay=tuple(Identity(known.kind, known.value) for known in told.identities if known.id not in leaving),
        leave=tuple(Identity(known.kind, known.value) for known in told.identities if known.id in leaving),
        between=tuple(piece for piece in told.evidence if (piece.a_id in leaving) != (piece.b_id in leaving)),
    )


def _sides(tx: Transaction, person: UUID, leave: Iterable[UUID]) -> tuple[list[str], list[str]]:
    leaving = set(leave)
    members = [row["id"] for row in tx.all(queries.identities_of, person=person)]
    if strangers := leaving - set(members):
        raise Rejected(f"not an identity of this person: {', '.join(map(str, sorted(strangers)))}")
    sides = [str(one) for one in members if one not in leaving], [str(one) for one in members if one in leaving]
    if not all(sides):
        raise Rejected("choose some of the identities, not all and not none")
    return sides


def _person(tx: Transaction, identity: UUID) -> UUID:
    person: UUID | None = tx.value(queries.person_of, id=identity)
    if person is None:
        raise NotFound(f"there is no person {identity}")
    return person


def _strongest(tx: Transaction, person: UUID, kinds: Kinds) -> UUID:
    """What is tied by hand overrules every guard, and the rest of a person follows. So the strongest are tied: were it a
    weaker one, say a phone, the guard of the user ids would leave each with their own person and move only the phone."""
    rows = tx.all(queries.identities_of, person=person)
    id: UUID = min(rows, key=lambda row: kinds.of(row["kind"]).priority)["id"]
    return id


def _about(tx: Transaction, person: UUID) -> tuple[Identity, ...]:
    """The log names an identity, never a person."""
    row = tx.all(queries.identities_of, person=person)[0]
    return (Identity(row["kind"], row["value"]),)


def _record(tx: Transaction, event: Own) -> UUID:
    return record_own(tx, [event])[0]
