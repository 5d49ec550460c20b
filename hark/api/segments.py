"""REST: segments and computed traits in the language of conditions, homes of event names, purposes."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.acts import Ask, act, answered, by, waited
from hark.api.routes import Accepted, does, does_now, reads, removes, sets
from hark.conditions import read
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import consent, defining
from hark.people.phases import DEFAULTS
from hark.store import Database
from hark.web.rights import Right

Name = Annotated[str, Parameter(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Small letters, digits and _.")]
Condition = Annotated[
    str | dict[str, Any], Meta(description="A condition as text, or as the tree that the builder makes.")
]


class Definition(Struct, frozen=True, kw_only=True):
    """`condition`: docs/reference/conditions.md."""

    condition: Condition
    label: Annotated[str, Meta(max_length=200)] = ""
    about: Annotated[str, Meta(max_length=2000)] = ""


class Question(Struct, frozen=True, kw_only=True):
    condition: Condition


class Segments(Struct, frozen=True):
    segments: list[defining.Defined]


class Traits(Struct, frozen=True):
    traits: list[defining.Defined]


class Days(Struct, frozen=True):
    days: list[defining.Day]


class Home(Struct, frozen=True, kw_only=True):
    """Where an event name is at home: its phase of experience. `by_hand` where the company said so."""

    name: str
    phase: str | None
    by_hand: bool


class Mapping(Struct, frozen=True):
    names: list[Home]


class HomeChange(Struct, frozen=True, kw_only=True):
    """null: no phase; default: what Hark would say itself."""

    name: Annotated[str, Meta(min_length=1, max_length=500)]
    phase: Literal["planning", "anticipation", "usage", "memory", "default"] | None


class Purpose(Struct, frozen=True, kw_only=True):
    """explicit: nothing is done without a yes. yes, no: how many persons said so."""

    name: str
    label: str
    about: str
    explicit: bool
    yes: int
    no: int


class Purposes(Struct, frozen=True):
    purposes: list[Purpose]


@reads("/segments", Right.SEGMENTS_READ)
def list_segments(database: Database) -> Segments:
    """Every segment with how many are in it."""
    with database.transaction() as tx:
        return Segments(defining.listed(tx, "segment"))


@reads("/segments/{name:str}", Right.SEGMENTS_READ, 404)
def show_segment(name: Name, database: Database) -> defining.Defined:
    """One segment. Its people: GET /api/v1/people?segment=name."""
    with database.transaction() as tx:
        return defining.find(tx, "segment", name)


@sets("/segments/{name:str}", Right.SEGMENTS_WRITE)
def define_segment(request: Ask, name: Name, data: Definition, database: Database) -> Response[Accepted]:
    """Define or change a segment. Membership fills while `state` is filling, and then changes on the event itself."""
    return _define(request, database, "segment", name, data)


@removes("/segments/{name:str}", Right.SEGMENTS_WRITE, 404, status=200)
def remove_segment(request: Ask, name: Name, database: Database) -> Accepted:
    """Remove a segment; everybody leaves it."""
    return _remove(request, database, "segment", name)


@reads("/segments/{name:str}/days", Right.SEGMENTS_READ, 404)
def list_segment_days(
    name: Name, database: Database, clock: Clock, days: Annotated[int, Parameter(ge=1, le=730)] = 60
) -> Days:
    """How many entered and left, day by day."""
    since: date = clock().date() - timedelta(days=days - 1)
    with database.transaction() as tx:
        defining.find(tx, "segment", name)
        return Days(defining.days(tx, name, since))


@does_now("/conditions/count", Right.SEGMENTS_READ)
def count_people(data: Question, database: Database, declared: Declared, clock: Clock) -> defining.Count:
    """How many people a condition holds for at this moment. Of more than 20,000 it is an estimate."""
    with database.transaction() as tx:
        return defining.count(tx, read(data.condition), clock(), declared)


@reads("/computed-traits", Right.SEGMENTS_READ)
def list_computed_traits(database: Database) -> Traits:
    """Every computed trait with its expression."""
    with database.transaction() as tx:
        return Traits(defining.listed(tx, "trait"))


@sets("/computed-traits/{name:str}", Right.SEGMENTS_WRITE)
def define_trait(request: Ask, name: Name, data: Definition, database: Database) -> Response[Accepted]:
    """Define or change a computed trait."""
    return _define(request, database, "trait", name, data)


@removes("/computed-traits/{name:str}", Right.SEGMENTS_WRITE, 404, status=200)
def remove_trait(request: Ask, name: Name, database: Database) -> Accepted:
    """Remove a computed trait; nobody has it any more."""
    return _remove(request, database, "trait", name)


@reads("/mapping", Right.PLAN_READ)
def list_mapping(database: Database) -> Mapping:
    """The phase of experience that each event name is at home in."""
    with database.transaction() as tx:
        rows = defining.phases(tx)
    return Mapping(
        [
            Home(
                name=row["name"],
                phase=row["phase"] if row["mapped"] else DEFAULTS.get(row["name"]),
                by_hand=bool(row["mapped"]),
            )
            for row in rows
        ]
    )


@does("/mapping", Right.PLAN_WRITE)
def change_mapping(request: Ask, data: HomeChange, database: Database) -> Response[Accepted]:
    """Give an event name its home; the history of everybody follows."""
    return answered(act(request, database, "mapping.defined", {"name": data.name, "phase": data.phase}))


@reads("/purposes", Right.PEOPLE_READ)
def list_purposes(database: Database, declared: Declared) -> Purposes:
    """For what data may be used, and how many said yes and no."""
    with database.transaction() as tx:
        counts = defining.purposes(tx)
    known = consent.declared_purposes(declared.purposes).values()
    return Purposes(
        [
            Purpose(
                name=one.name,
                label=one.label,
                about=one.about,
                explicit=one.explicit,
                **counts.get(one.name, {"yes": 0, "no": 0}),
            )
            for one in known
        ]
    )


def _define(request: Ask, database: Database, kind: str, name: str, data: Definition) -> Response[Accepted]:
    with database.transaction() as tx:
        event = defining.define(tx, kind, name, data.condition, label=data.label, about=data.about, by=by(request))
    return answered(waited(request, database, event))


def _remove(request: Ask, database: Database, kind: str, name: str) -> Accepted:
    with database.transaction() as tx:
        found = defining.find(tx, kind, name)
        if found.state == "removed":
            raise NotFound(f"there is no {kind} {name}")
        event = defining.remove(tx, kind, name, by=by(request))
    return waited(request, database, event)


SEGMENTS = Router(
    path="/",
    tags=["segments"],
    route_handlers=[
        list_segments,
        show_segment,
        define_segment,
        remove_segment,
        list_segment_days,
        count_people,
        list_computed_traits,
        define_trait,
        remove_trait,
        list_mapping,
        change_mapping,
        list_purposes,
    ],
)
