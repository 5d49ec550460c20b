"""REST: people by any identity, their history, why they are one, merging and taking it back."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct, field

from hark.api.acts import Ask, act, answered, by, pair, waited
from hark.api.routes import Accepted, does, reads
from hark.errors import Rejected
from hark.model import Declared, Identity
from hark.people import merging, reading
from hark.people.explain import Evidence, Parting, explain
from hark.store import Database
from hark.web.rights import Right

Who = Annotated[
    str,
    Parameter(
        title="kind:value",
        description="Any identity of the person, or id:UUID. The value may be percent-encoded.",
        pattern=r"^[A-Za-z0-9_.%-]+(:|%3A).+$",
    ),
]
Limit = Annotated[int, Parameter(ge=1, le=1000, description="How many at most.")]
Before = Annotated[str | None, Parameter(description="`next` of an earlier answer, or an instant.", max_length=100)]


class People(Struct, frozen=True):
    people: list[reading.Brief]
    next: str | None


class History(Struct, frozen=True):
    events: list[reading.Line]
    next: str | None


class Said(Struct, frozen=True):
    """A trait with where it came from."""

    value: Any
    at: Any
    source: str | None
    message_id: str | None


class Merge(Struct, frozen=True, kw_only=True):
    """The other person, by any identity. `other` and `into` are read as `with` is."""

    with_: Annotated[str | None, Meta(description="kind:value of the other person")] = field(name="with", default=None)
    other: str | None = None
    into: str | None = None
    reason: Annotated[str, Meta(max_length=2000)] = ""


class Split(Struct, frozen=True, kw_only=True):
    """Identities that leave, each as kind:value."""

    leave: Annotated[list[str], Meta(min_length=1, max_length=1000)]
    reason: Annotated[str, Meta(max_length=2000)] = ""


class ConsentSaid(Struct, frozen=True, kw_only=True):
    """What the person said; `proof` is the text that was shown, where, and how they answered."""

    purpose: Annotated[str, Meta(min_length=1, max_length=100)]
    granted: bool
    proof: dict[str, Any] = {}


class Piece(Struct, frozen=True, kw_only=True):
    """Evidence that two identities are one person; `other` is the person it would have joined, where it was refused."""

    id: UUID
    a: Identity
    b: Identity
    rule: str
    state: str
    because: str
    at: datetime
    source: str
    weight: float
    merged: bool
    other: UUID | None


class Alias(Struct, frozen=True, kw_only=True):
    """An identity of the person, since when, and by whom we first heard of it."""

    id: UUID
    kind: str
    label: str
    value: str
    first_at: datetime
    source: str


class Told(Struct, frozen=True, kw_only=True):
    """Why these identities are one. The id of a piece that is `merged`, or of a parting, can be reverted."""

    person: UUID
    identities: list[Alias]
    evidence: list[Piece]
    refused: list[Piece]
    partings: list[Parting]


class Merged(Struct, frozen=True, kw_only=True):
    """`id` is the merge, which can be reverted; `person` is who they are now."""

    id: UUID
    person: reading.Record
    event: UUID


class Changed(Struct, frozen=True, kw_only=True):
    traits: dict[str, Any]


@reads("/people", Right.PEOPLE_READ, 404)
def list_people(
    database: Database,
    declared: Declared,
    q: Annotated[str | None, Parameter(description="A name, address or identity; typos are forgiven.")] = None,
    segment: str | None = None,
    limit: Limit = 50,
    before: Before = None,
) -> People:
    """People, those seen last first; or those that a search finds, the best first."""
    with database.transaction() as tx:
        if q is not None:
            return People(reading.search(tx, q, min(limit, 100), declared), None)
        people, following = reading.everybody(tx, limit, before, segment)
    return People(people, following)


@reads("/people/{key:str}", Right.PEOPLE_READ, 404)
def show_person(key: Who, database: Database, declared: Declared) -> reading.Record:
    """Everything that is known of the person whom an identity points to."""
    with database.transaction() as tx:
        return reading.record(tx, *name_of(key), declared)


@reads("/people/{key:str}/events", Right.PEOPLE_READ, 404)
def list_events(key: Who, database: Database, declared: Declared, limit: Limit = 100, before: Before = None) -> History:
    """What happened with a person, newest first."""
    with database.transaction() as tx:
        person = reading.find(tx, *name_of(key), declared)
        events, following = reading.history(tx, person, limit, before)
    return History(events, following)


@reads("/people/{key:str}/traits", Right.PEOPLE_READ, 404)
def list_traits(key: Who, database: Database, declared: Declared) -> dict[str, Said]:
    """Every trait with where it came from and when."""
    with database.transaction() as tx:
        person = reading.find(tx, *name_of(key), declared)
        return {name: Said(**said) for name, said in reading.provenance(tx, person).items()}


@does("/people/{key:str}/traits", Right.PEOPLE_WRITE, 404)
def set_traits(
    request: Ask, key: Who, data: Changed, database: Database, declared: Declared
) -> Response[reading.Record]:
    """State traits by hand; null takes one away. Newer than all that was said before, until something newer is said."""
    kind, value = name_of(key)
    with database.transaction() as tx:
        person = reading.find(tx, kind, value, declared)
    accepted = act(
        request, database, "identify", {}, (Identity("id", str(person)),), traits=data.traits, type="identify"
    )
    return _now(accepted, database, declared, kind, value)


@does("/people/{key:str}/consents", Right.PEOPLE_WRITE, 404)
def set_consent(
    request: Ask, key: Who, data: ConsentSaid, database: Database, declared: Declared
) -> Response[reading.Record]:
    """Write down what the person said about one purpose, with the proof of it. A no takes effect on the next event."""
    kind, value = name_of(key)
    with database.transaction() as tx:
        person = reading.find(tx, kind, value, declared)
    if data.purpose not in declared.purposes:
        raise Rejected(f"there is no purpose {data.purpose!r}; here are {', '.join(sorted(declared.purposes))}", 422)
    word = "consent.granted" if data.granted else "consent.withdrawn"
    properties = {**data.proof, "purpose": data.purpose}
    accepted = act(request, database, word, properties, (Identity("id", str(person)),))
    return _now(accepted, database, declared, kind, value)


@reads("/people/{key:str}/evidence", Right.PEOPLE_READ, 404)
def show_evidence(key: Who, database: Database, declared: Declared) -> Told:
    """Why these identities are one person: what was believed, what was refused, and by what rule."""
    with database.transaction() as tx:
        told = explain(tx, reading.find(tx, *name_of(key), declared), declared)
    return Told(
        person=told.person,
        identities=[msgspec.convert(known, Alias, from_attributes=True) for known in told.identities],
        evidence=[_piece(piece) for piece in told.evidence],
        refused=[_piece(piece) for piece in told.refused],
        partings=list(told.partings),
    )


@does("/people/{key:str}/merge", Right.PEOPLE_WRITE, 404, 409)
def merge_people(request: Ask, key: Who, data: Merge, database: Database, declared: Declared) -> Response[Merged]:
    """Say that two persons are one. It can always be taken back: POST /api/v1/merges/{id}/revert."""
    kind, value = name_of(key)
    with database.transaction() as tx:
        one = reading.find(tx, kind, value, declared)
        other = data.with_ or data.other or data.into
        if not other:
            raise Rejected('name the other person: {"with": "kind:value"}', 422)
        two = reading.find(tx, *pair(other), declared)
        done = merging.merge(tx, one, two, declared, by=by(request), reason=data.reason)
    accepted = waited(request, database, done.event, done.id)
    if not accepted.done:
        return answered(accepted)
    with database.transaction() as tx:
        person = reading.record(tx, kind, value, declared)
    return Response(Merged(id=done.id, person=person, event=done.event), status_code=200)


@does("/people/{key:str}/split", Right.PEOPLE_WRITE, 404)
def split_person(request: Ask, key: Who, data: Split, database: Database, declared: Declared) -> Response[Accepted]:
    """Take identities out of a person: they become another, with their own history. It can be taken back as a merge can."""
    with database.transaction() as tx:
        person = reading.find(tx, *name_of(key), declared)
        leave = [reading.identity_id(*pair(text), declared) for text in data.leave]
        done = merging.split(tx, person, [id for id in leave if id], by=by(request), reason=data.reason)
    return answered(waited(request, database, done.event, done.id))


@does("/merges/{id:uuid}/revert", Right.PEOPLE_WRITE, 404, 409)
def revert_merge(request: Ask, id: UUID, database: Database, declared: Declared) -> Response[Accepted]:
    """Take a merge or a split back: the persons are as if it had never been, and so is their history."""
    with database.transaction() as tx:
        done = merging.revert(tx, id, declared, by=by(request))
    return answered(waited(request, database, done.event, done.id))


def name_of(key: str) -> tuple[str, str]:
    """The path holds `kind:value` percent-encoded as one part (entrance.py)."""
    return pair(unquote(key))


def _piece(piece: Evidence) -> Piece:
    return Piece(
        id=piece.id,
        a=piece.a,
        b=piece.b,
        rule=piece.rule,
        state=piece.state,
        because=piece.sentence,
        at=piece.at,
        source=piece.source,
        weight=piece.weight,
        merged=piece.merged,
        other=piece.other,
    )


def _now(accepted: Accepted, database: Database, declared: Declared, kind: str, value: str) -> Response[reading.Record]:
    if not accepted.done:
        return answered(accepted)
    with database.transaction() as tx:
        return Response(reading.record(tx, kind, value, declared), status_code=200)


PEOPLE = Router(
    path="/",
    tags=["people"],
    route_handlers=[
        list_people,
        show_person,
        list_events,
        list_traits,
        set_traits,
        set_consent,
        show_evidence,
        merge_people,
        split_person,
        revert_merge,
    ],
)
