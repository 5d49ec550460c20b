"""REST: people by any identity, their history, why they are one, merging and taking it back."""

from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from litestar import Response, Router
from litestar.params import Body, Parameter
from msgspec import Meta, Struct, field

from hark.api.acts import Ask, act, answered, pair
from hark.api.routes import Accepted, does, reads
from hark.errors import NotFound, Rejected
from hark.model import Declared, Identity
from hark.people import reading
from hark.people.evidence import edge_id
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


@does("/people/{key:str}/merge", Right.PEOPLE_WRITE, 404)
def merge_people(
    request: Ask, key: Who, data: Annotated[Merge, Body()], database: Database, declared: Declared
) -> Response[Merged]:
    """Say that two persons are one. It can always be taken back: POST /api/v1/merges/{id}/revert."""
    other = data.with_ or data.other or data.into
    if not other:
        raise Rejected('name the other person: {"with": "kind:value"}', 422)
    kind, value = name_of(key)
    with database.transaction() as tx:
        ends = sorted(_heard_of(tx, *named, declared) for named in ((kind, value), pair(other)))
    if ends[0] == ends[1]:
        raise Rejected("these are one identity, so there is nothing to merge", 422)
    merge = edge_id(ends[0], ends[1], "hand")
    accepted = act(request, database, "person.merged", {"a": str(ends[0]), "b": str(ends[1])})
    if not accepted.done:
        return answered(Accepted(event=accepted.event, done=False, id=merge))
    with database.transaction() as tx:
        person = reading.record(tx, kind, value, declared)
    return Response(Merged(id=merge, person=person, event=accepted.event), status_code=200)


@does("/merges/{id:uuid}/revert", Right.PEOPLE_WRITE, 404)
def revert_merge(request: Ask, id: UUID, database: Database) -> Response[Accepted]:
    """Take a merge or a split back: the persons are as if it had never been, and so is their history."""
    with database.transaction() as tx:
        if not reading.knows_merge(tx, id):
            raise NotFound(f"there is no merge {id}")
    accepted = act(request, database, "merge.reverted", {"merge": str(id)})
    return answered(Accepted(event=accepted.event, done=accepted.done, id=id))


def name_of(key: str) -> tuple[str, str]:
    """The path holds `kind:value` percent-encoded as one part (entrance.py)."""
    return pair(unquote(key))


def _heard_of(tx: Any, kind: str, value: str, declared: Declared) -> UUID:
    reading.find(tx, kind, value, declared)
    id = reading.identity_id(kind, value, declared)
    assert id is not None
    return id


def _now(accepted: Accepted, database: Database, declared: Declared, kind: str, value: str) -> Response[reading.Record]:
    if not accepted.done:
        return answered(accepted)
    with database.transaction() as tx:
        return Response(reading.record(tx, kind, value, declared), status_code=200)


PEOPLE = Router(
    path="/",
    tags=["people"],
    route_handlers=[list_people, show_person, list_events, list_traits, set_traits, merge_people, revert_merge],
)
