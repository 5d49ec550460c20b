"""REST: sources and their keys, what arrived of them, what was refused and why, correcting and sending again."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.routes import changes, creates, does_now, reads
from hark.destinations.means import Means
from hark.errors import Misconfigured, Rejected
from hark.events import accounts, arrivals, listening
from hark.events import sources as rooms
from hark.kit.clock import Clock
from hark.model import Source
from hark.registry import Plugin, Registry
from hark.store import Database
from hark.web.rights import Right

CHANNELS = "web|mobile|email|chat|messaging|social|phone|shop|crm|appliance|server"
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"[^\s\x00-\x20\x7f-\xa0]")]
Channel = Annotated[str, Meta(pattern=f"^({CHANNELS})$")]
SourceId = Annotated[str, Parameter(description="Id of a source: src_…", max_length=100)]
Number = Annotated[int, Parameter(ge=1, le=2**53 - 1)]


class NewSource(Struct, frozen=True, kw_only=True):
    """`channel` is given to every event of the source; without it, each event tells its own. `plugin` and `settings` make
    the account of a channel, such as a mailbox: see /source-kinds."""

    name: Name
    channel: Channel | None = None
    plugin: Annotated[str, Meta(max_length=100)] | None = None
    settings: dict[str, Any] | None = None


class SourceChange(Struct, frozen=True, kw_only=True):
    """What is not sent stays as it is, also within the settings. A paused source is still recorded and answered; its
    events wait, and nobody listens to its account."""

    name: Name | None = None
    channel: Channel | None = None
    paused: bool | None = None
    settings: dict[str, Any] | None = None


class Sources(Struct, frozen=True):
    sources: list[Source]


class SourceKind(Struct, frozen=True, kw_only=True):
    """A plug-in that makes accounts; `settings` is the JSON Schema of what it needs."""

    plugin: str
    about: str
    settings: dict[str, Any]


class SourceKinds(Struct, frozen=True):
    kinds: list[SourceKind]


class Connection(Struct, frozen=True):
    """How the connection of an account is; null where nobody ever listened to it."""

    connection: listening.Standing | None


class Arrivals(Struct, frozen=True):
    hours: list[arrivals.HourOfSource]


class Refusals(Struct, frozen=True):
    refusals: list[arrivals.Refusal]
    next: int | None


class Replay(Struct, frozen=True, kw_only=True):
    """Which requests to load again: those of these refusals, and the open ones of a source (1,000 at once, oldest first)."""

    refusals: Annotated[list[Annotated[int, Meta(ge=1, le=2**53 - 1)]], Meta(max_length=1000)] | None = None
    source: Annotated[str, Meta(max_length=100)] | None = None


class Replayed(Struct, frozen=True):
    requests: int


class Correction(Struct, frozen=True):
    """The body as it should have been sent."""

    body: Annotated[str, Meta(max_length=4_000_000)]


class Corrected(Struct, frozen=True):
    """`request` is the corrected copy; the original stays as it arrived."""

    request: int


@reads("/source-kinds", Right.SOURCES_READ)
def list_source_kinds(registry: Registry) -> SourceKinds:
    """The channels whose accounts Hark can follow, and which settings each needs."""
    return SourceKinds(
        [
            SourceKind(plugin=one.name, about=one.manifest.about, settings=_schema(one))
            for one in accounts.able(registry)
        ]
    )


@reads("/sources", Right.SOURCES_READ)
def list_sources(database: Database, registry: Registry) -> Sources:
    """Every source with its write key; secrets among its settings are masked."""
    with database.transaction() as tx:
        return Sources([accounts.masked(one, registry) for one in rooms.all_sources(tx)])


@creates("/sources", Right.SOURCES_WRITE, 404, 409)
def add_source(data: NewSource, database: Database, registry: Registry) -> Source:
    """Add a system that may send events, or an account to listen to; the answer holds its write key."""
    with database.transaction() as tx:
        if data.plugin is None:
            if data.settings:
                raise Misconfigured("plugin", "settings belong to a plug-in: name it")
            return rooms.add_source(tx, data.name.strip(), channel=data.channel)
        plugin = accounts.kind(registry, data.plugin)
        added = accounts.add(tx, plugin, data.name.strip(), data.settings or {}, strict=True)
        return accounts.masked(added, registry)


@reads("/sources/{source_id:str}", Right.SOURCES_READ, 404)
def show_source(source_id: SourceId, database: Database, registry: Registry) -> Source:
    """One source; secrets among its settings are masked."""
    with database.transaction() as tx:
        return accounts.masked(rooms.source_by_id(tx, source_id), registry)


@changes("/sources/{source_id:str}", Right.SOURCES_WRITE, 404, 409)
def change_source(source_id: SourceId, data: SourceChange, database: Database, registry: Registry) -> Source:
    """Rename, pause or continue a source, give its events a channel, or change the settings of an account."""
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
        if data.settings is not None:
            source = accounts.change(tx, source, accounts.kind(registry, source.plugin), data.settings, strict=True)
        if data.paused is not None and data.paused != source.paused:
            rooms.pause(tx, source_id, paused=data.paused)
        name = (data.name or source.name).strip()
        changed = rooms.change_source(tx, source_id, name=name, channel=data.channel or source.channel)
        return accounts.masked(changed, registry)


@does_now("/sources/{source_id:str}/test", Right.SOURCES_WRITE, 404, 409)
def test_source(source_id: SourceId, database: Database, registry: Registry, means: Means) -> accounts.Connected:
    """Speak to the servers of an account, without any customer's data."""
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
    if not accounts.has_settings(registry.plugins.get(source.plugin)):
        raise Rejected(f"{source.name} is no account: there are no servers to speak to", status=409)
    return accounts.test(source, accounts.kind(registry, source.plugin), means.http)


@reads("/sources/{source_id:str}/connection", Right.SOURCES_READ, 404)
def show_connection(source_id: SourceId, database: Database) -> Connection:
    """How the connection of an account is, in whose words, and since when."""
    with database.transaction() as tx:
        rooms.source_by_id(tx, source_id)
        return Connection(listening.standing(tx, [source_id]).get(source_id))


@does_now("/sources/{source_id:str}/rotate", Right.SOURCES_WRITE, 404)
def rotate_key(source_id: SourceId, database: Database, registry: Registry) -> Source:
    """Give a source a new write key; the old one is refused within a second."""
    with database.transaction() as tx:
        rooms.source_by_id(tx, source_id)
        return accounts.masked(rooms.rotate(tx, source_id), registry)


@reads("/arrivals", Right.SOURCES_READ)
def list_arrivals(
    database: Database,
    clock: Clock,
    source: Annotated[str | None, Parameter(max_length=100)] = None,
    hours: Annotated[int, Parameter(ge=1, le=24 * 90)] = 24,
) -> Arrivals:
    """What arrived, hour by hour: accepted, heard before, refused."""
    with database.transaction() as tx:
        return Arrivals(arrivals.counts(tx, clock() - timedelta(hours=hours), source))


@reads("/refusals", Right.EVENTS_READ)
def list_refusals(
    database: Database,
    source: Annotated[str | None, Parameter(max_length=100)] = None,
    q: Annotated[str | None, Parameter(max_length=200, description="Words in the reason.")] = None,
    open: Annotated[bool, Parameter(description="Only those not sent again yet.")] = False,
    limit: Annotated[int, Parameter(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Parameter(ge=1, le=2**53 - 1)] = None,
) -> Refusals:
    """What could not become an event, and why; newest first."""
    with database.transaction() as tx:
        found = arrivals.refusals(tx, limit + 1, source=source, before=before, open_only=open, words=q)
    return Refusals(found[:limit], found[limit - 1].id if len(found) > limit else None)


@does_now("/refusals/replay", Right.EVENTS_WRITE)
def replay_refusals(data: Replay, database: Database) -> Replayed:
    """Load refused requests again: after a plan was changed, or a plug-in was mended. What came in before stays."""
    with database.transaction() as tx:
        raws = arrivals.raws_of(tx, data.refusals or [])
        if data.source is not None:
            raws = sorted({*raws, *arrivals.open_raws(tx, data.source)})[: arrivals.MOST_REPLAYED]
        return Replayed(arrivals.replay(tx, raws))


@reads("/requests/{number:int}", Right.EVENTS_READ, 404)
def show_request(number: Number, database: Database) -> arrivals.Arrived:
    """A recorded request with its raw body, as it arrived."""
    with database.transaction() as tx:
        return arrivals.request(tx, number)


@creates("/requests/{number:int}/correct", Right.EVENTS_WRITE, 404)
def correct_request(number: Number, data: Correction, database: Database) -> Corrected:
    """Load a corrected copy of a recorded request. Items that came in before are recognised and stay as they are."""
    with database.transaction() as tx:
        return Corrected(arrivals.correct(tx, number, data.body.encode()))


def _schema(plugin: Plugin) -> dict[str, Any]:
    part = plugin.part("config")
    assert part is not None
    (schema,), components = msgspec.json.schema_components([part.Config])
    found: dict[str, Any] = components[schema["$ref"].rsplit("/", 1)[1]]
    return found


SOURCES = Router(
    path="/",
    tags=["sources"],
    route_handlers=[
        list_source_kinds,
        list_sources,
        add_source,
        show_source,
        change_source,
        test_source,
        show_connection,
        rotate_key,
        list_arrivals,
        list_refusals,
        replay_refusals,
        show_request,
        correct_request,
    ],
)
