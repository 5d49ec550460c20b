"""REST: destinations, their health and their writes, testing the connection, and dead letters."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.routes import changes, creates, does_now, reads, removes
from hark.destinations import destination as book
from hark.destinations import health, letters, means
from hark.destinations.destination import Destination, Wish
from hark.destinations.letters import Letter
from hark.destinations.means import Means
from hark.errors import HarkError, NotFound
from hark.kit.clock import Clock
from hark.registry import Registry
from hark.store import Database
from hark.web.rights import Right

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"[^\s\x00-\x20\x7f-\xa0]")]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=1000)]


class Kind(Struct, frozen=True, kw_only=True):
    """A plug-in that events can be sent to; `settings` is the JSON Schema of what it needs."""

    plugin: str
    about: str
    settings: dict[str, Any]


class Kinds(Struct, frozen=True):
    kinds: list[Kind]


class NewDestination(Struct, frozen=True, kw_only=True):
    """No events or segments: all of them. `history`: also what was imported or arrived late. `beginning`: start with the
    oldest event instead of the next one."""

    name: Name
    plugin: Annotated[str, Meta(max_length=100)]
    settings: dict[str, Any]
    purpose: Annotated[str, Meta(max_length=100)] = "service"
    events: Names = []
    segments: Names = []
    history: bool = False
    beginning: bool = False


class DestinationChange(Struct, frozen=True, kw_only=True):
    """What is not sent stays as it is, also within the settings."""

    name: Name | None = None
    settings: dict[str, Any] | None = None
    purpose: Annotated[str, Meta(max_length=100)] | None = None
    events: Names | None = None
    segments: Names | None = None
    history: bool | None = None
    paused: bool | None = None


class Destinations(Struct, frozen=True):
    destinations: list[Destination]


class Attempt(Struct, frozen=True, kw_only=True):
    """One write. outcome: sending, delivered, retry, rejected, stopped, or unknown where it was cut off."""

    id: int
    first_position: int
    last_position: int
    events: int
    began_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str | None


class Attempts(Struct, frozen=True):
    attempts: list[Attempt]


class Hour(Struct, frozen=True, kw_only=True):
    hour: datetime
    delivered: int
    failed: int
    dead: int
    withheld: int
    unmatched: int
    unknown: int


class State(Struct, frozen=True):
    """`behind`: places in the log, about as many events, that wait."""

    behind: int
    hours: list[Hour]


class Tested(Struct, frozen=True):
    works: bool
    said: str


class Letters(Struct, frozen=True):
    letters: list[Letter]


class Settling(Struct, frozen=True, kw_only=True):
    """These letters, or all that wait at a destination."""

    what: Literal["again", "discarded"]
    letters: Annotated[list[UUID], Meta(max_length=1000)] = []
    destination: UUID | None = None


class Settled(Struct, frozen=True):
    count: int


@reads("/destination-kinds", Right.DESTINATIONS_READ)
def list_destination_kinds(registry: Registry) -> Kinds:
    """What events can be sent to, and which settings each needs."""
    able = registry.able("write")
    return Kinds(
        [Kind(plugin=one.name, about=one.manifest.about, settings=_schema(book.config_of(one))) for one in able]
    )


@reads("/destinations", Right.DESTINATIONS_READ)
def list_destinations(database: Database, registry: Registry) -> Destinations:
    """Every destination; secrets are masked."""
    with database.transaction() as tx:
        return Destinations([_masked(one, registry) for one in book.every(tx)])


@creates("/destinations", Right.DESTINATIONS_WRITE, 409)
def add_destination(data: NewDestination, database: Database, registry: Registry, clock: Clock) -> Destination:
    """Add a destination. It begins with the next event, unless told otherwise."""
    wish = msgspec.convert(msgspec.to_builtins(data), Wish)
    with database.transaction() as tx:
        return _masked(book.add(tx, wish, registry, clock(), strict=True), registry)


@reads("/destinations/{number:uuid}", Right.DESTINATIONS_READ, 404)
def show_destination(number: UUID, database: Database, registry: Registry) -> Destination:
    """One destination; secrets are masked."""
    with database.transaction() as tx:
        return _masked(book.get(tx, number), registry)


@changes("/destinations/{number:uuid}", Right.DESTINATIONS_WRITE, 404, 409)
def change_destination(number: UUID, data: DestinationChange, database: Database, registry: Registry) -> Destination:
    """Change, pause or continue a destination. Its place in the log stays."""
    with database.transaction() as tx:
        before = book.get(tx, number)
        wish = Wish(
            name=data.name or before.name,
            plugin=before.plugin,
            settings=data.settings or {},
            purpose=data.purpose or before.purpose,
            events=tuple(before.events if data.events is None else data.events),
            segments=tuple(before.segments if data.segments is None else data.segments),
            history=before.history if data.history is None else data.history,
        )
        after = book.change(tx, number, wish, registry, strict=True)
        if data.paused is not None:
            book.pause(tx, number, data.paused)
            after = book.get(tx, number)
        return _masked(after, registry)


@removes("/destinations/{number:uuid}", Right.DESTINATIONS_WRITE, 404)
def remove_destination(number: UUID, database: Database) -> None:
    """Remove a destination with its attempts and dead letters. What it was sent stays where it is."""
    with database.transaction() as tx:
        book.remove(tx, number)


@does_now("/destinations/{number:uuid}/test", Right.DESTINATIONS_WRITE, 404)
def test_destination(number: UUID, database: Database, means: Means) -> Tested:
    """Speak to the other side, without any customer's data."""
    with database.transaction() as tx:
        one = book.get(tx, number)
    return _tested(one, means)


@reads("/destinations/{number:uuid}/health", Right.DESTINATIONS_READ, 404)
def show_health(
    number: UUID, database: Database, clock: Clock, hours: Annotated[int, Parameter(ge=1, le=24 * 31)] = 24
) -> State:
    """What went out hour by hour, what did not and why, and how far it is behind."""
    with database.transaction() as tx:
        found = health.health(tx, book.get(tx, number), clock(), hours)
    return State(behind=found.behind, hours=msgspec.convert(found.hours, list[Hour]))


@reads("/destinations/{number:uuid}/attempts", Right.DESTINATIONS_READ, 404)
def list_attempts(number: UUID, database: Database, limit: Annotated[int, Parameter(ge=1, le=500)] = 50) -> Attempts:
    """Its last writes, the newest first."""
    with database.transaction() as tx:
        book.get(tx, number)
        return Attempts(msgspec.convert(health.attempts(tx, number, limit), list[Attempt]))


@reads("/dead-letters", Right.DESTINATIONS_READ)
def list_dead_letters(
    database: Database,
    destination: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=1000)] = 100,
) -> Letters:
    """Events that a destination would not take, the newest first. Their content is in the log."""
    with database.transaction() as tx:
        return Letters(letters.waiting(tx, destination, limit))


@does_now("/dead-letters/settle", Right.DESTINATIONS_WRITE)
def settle_dead_letters(data: Settling, database: Database, clock: Clock) -> Settled:
    """Send dead letters again, or let them go."""
    with database.transaction() as tx:
        count = letters.settle(tx, data.letters, data.what, clock())
        if data.destination is not None:
            count += letters.settle_all(tx, data.destination, data.what, clock())
        return Settled(count)


def _masked(one: Destination, registry: Registry) -> Destination:
    plugin = registry.plugins.get(one.plugin)
    # Without its plug-in nobody knows which settings are secret, so none is shown.
    return msgspec.structs.replace(one, settings=book.shown(one, plugin) if plugin else {})


def _tested(one: Destination, handed: Means) -> Tested:
    plugin = handed.registry.plugins.get(one.plugin)
    if plugin is None:
        raise NotFound(f"the plug-in {one.plugin} is not installed")
    try:
        return Tested(True, means.check(plugin, book.settings(plugin, one.settings), handed, one.id))
    except HarkError as wrong:
        return Tested(False, str(wrong))


def settings_by_plugin(registry: Registry) -> dict[str, Any]:
    """What the schema of a new destination adds: each plug-in with the settings that it takes."""
    return {
        "oneOf": [
            {"properties": {"plugin": {"const": one.name}, "settings": _schema(book.config_of(one))}}
            for one in registry.able("write")
        ]
    }


def _schema(kind: Any) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([kind])
    found: dict[str, Any] = components[schema["$ref"].rsplit("/", 1)[1]]
    return found


DESTINATIONS = Router(
    path="/",
    tags=["destinations"],
    route_handlers=[
        list_destination_kinds,
        list_destinations,
        add_destination,
        show_destination,
        change_destination,
        remove_destination,
        test_destination,
        show_health,
        list_attempts,
        list_dead_letters,
        settle_dead_letters,
    ],
)
