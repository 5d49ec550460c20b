"""REST: sources and their keys, what arrived of them, what was refused and why, correcting and sending again."""

from datetime import timedelta
from typing import Annotated

from litestar import Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.routes import changes, creates, does_now, reads
from hark.events import arrivals
from hark.events import sources as rooms
from hark.kit.clock import Clock
from hark.model import Source
from hark.store import Database
from hark.web.rights import Right

CHANNELS = "web|mobile|email|chat|messaging|social|phone|shop|crm|appliance|server"
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"[^\s\x00-\x20\x7f-\xa0]")]
Channel = Annotated[str, Meta(pattern=f"^({CHANNELS})$")]
SourceId = Annotated[str, Parameter(description="Id of a source: src_…", max_length=100)]
Number = Annotated[int, Parameter(ge=1, le=2**53 - 1)]


class NewSource(Struct, frozen=True, kw_only=True):
    """`channel` is given to every event of the source; without it, each event tells its own."""

    name: Name
    channel: Channel | None = None


class SourceChange(Struct, frozen=True, kw_only=True):
    """What is not sent stays as it is. A paused source is still recorded and answered; its events wait."""

    name: Name | None = None
    channel: Channel | None = None
    paused: bool | None = None


class Sources(Struct, frozen=True):
    sources: list[Source]


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


@reads("/sources", Right.SOURCES_READ)
def list_sources(database: Database) -> Sources:
    """Every source with its write key."""
    with database.transaction() as tx:
        return Sources(rooms.all_sources(tx))


@creates("/sources", Right.SOURCES_WRITE, 409)
def add_source(data: NewSource, database: Database) -> Source:
    """Add a system that may send events; the answer holds its write key."""
    with database.transaction() as tx:
        return rooms.add_source(tx, data.name.strip(), channel=data.channel)


@reads("/sources/{source_id:str}", Right.SOURCES_READ, 404)
def show_source(source_id: SourceId, database: Database) -> Source:
    """One source."""
    with database.transaction() as tx:
        return rooms.source_by_id(tx, source_id)


@changes("/sources/{source_id:str}", Right.SOURCES_WRITE, 404, 409)
def change_source(source_id: SourceId, data: SourceChange, database: Database) -> Source:
    """Rename, pause or continue a source, or give its events a channel."""
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
        if data.paused is not None and data.paused != source.paused:
            rooms.pause(tx, source_id, paused=data.paused)
        name = (data.name or source.name).strip()
        return rooms.change_source(tx, source_id, name=name, channel=data.channel or source.channel)


@does_now("/sources/{source_id:str}/rotate", Right.SOURCES_WRITE, 404)
def rotate_key(source_id: SourceId, database: Database) -> Source:
    """Give a source a new write key; the old one is refused within a second."""
    with database.transaction() as tx:
        rooms.source_by_id(tx, source_id)
        return rooms.rotate(tx, source_id)


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


SOURCES = Router(
    path="/",
    tags=["sources"],
    route_handlers=[
        list_sources,
        add_source,
        show_source,
        change_source,
        rotate_key,
        list_arrivals,
        list_refusals,
        replay_refusals,
        show_request,
        correct_request,
    ],
)
