"""REST: the log itself, newest first, and one event with whether its effects are there yet."""

from typing import Annotated
from uuid import UUID

from litestar import Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark import flow
from hark.api.routes import does_now, reads
from hark.events import heard, log
from hark.model import Declared
from hark.store import Database
from hark.web.rights import Right

Position = Annotated[int | None, Parameter(ge=1, le=2**53 - 1, description="A position in the log.")]


class Events(Struct, frozen=True):
    """`next` is `before` of the next page."""

    events: list[heard.Heard]
    next: int | None


@reads("/events", Right.EVENTS_READ)
def list_log(
    database: Database,
    source: Annotated[str | None, Parameter(max_length=100)] = None,
    name: Annotated[str | None, Parameter(max_length=500)] = None,
    identity: Annotated[str | None, Parameter(max_length=500, description="A value that the sender wrote.")] = None,
    limit: Annotated[int, Parameter(ge=1, le=1000)] = 100,
    before: Position = None,
    after: Position = None,
) -> Events:
    """Events as they arrived, the newest first. A filter looks through the latest 200,000 before `before`."""
    with database.transaction() as tx:
        found = heard.newest(tx, limit + 1, before=before, after=after, source=source, name=name, identity=identity)
    return Events(found[:limit], found[limit - 1].position if len(found) > limit else None)


@reads("/events/{id:uuid}", Right.EVENTS_READ, 404)
def show_event(id: UUID, database: Database) -> heard.Whole:
    """One event: as it arrived, what broke its plan, what it caused, and whether its effects are there yet."""
    with database.transaction() as tx:
        return heard.one(tx, id)


class SetAside(Struct, frozen=True):
    parked: list[log.Parked]


class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """Positions in the log, as /parked gives them."""

    positions: Annotated[list[Annotated[int, Meta(ge=1, le=2**53 - 1)]], Meta(min_length=1, max_length=500)]


class Healed(Struct, frozen=True):
    """Positions that went through; the others stay set aside with what the step said now."""

    healed: list[int]


@reads("/parked", Right.EVENTS_READ)
def list_parked(database: Database, limit: Annotated[int, Parameter(ge=1, le=500)] = 100) -> SetAside:
    """Events whose processing failed, newest first: set aside with the reason, while the rest went on."""
    with database.transaction() as tx:
        return SetAside(log.parked(tx, limit))


@does_now("/parked/retry", Right.EVENTS_WRITE, 409)
def retry_parked(data: Chosen, database: Database, declared: Declared) -> Healed:
    """Try events again that were set aside."""
    return Healed(flow.retry_parked(flow.Engines(database=database, declared=declared), data.positions))


EVENTS = Router(path="/", tags=["events"], route_handlers=[list_log, show_event, list_parked, retry_parked])
