"""REST: who works and what they can do, the queue, call-backs, promises of time and automations."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.acts import Ask, answered, by, waited
from hark.api.declaring import declared_routes
from hark.api.routes import Accepted, creates, does, does_now, reads, removes, sets
from hark.cases import act, reading, trial, wall
from hark.cases.declared import Automation
from hark.cases.reading import queries
from hark.cases.work import PromiseClock, Ticket
from hark.conversations import reading as conversations
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Identity
from hark.store import Database
from hark.web.rights import Right

Days = Annotated[int, Parameter(ge=1, le=366)]
Levels = dict[Annotated[str, Meta(max_length=63)], Annotated[int, Meta(ge=0, le=5)]]
Amounts = dict[Annotated[str, Meta(max_length=63)], Annotated[int, Meta(ge=0, le=1000)]]
Name = Annotated[str, Parameter(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Small letters, digits and _.")]


class Agents(Struct, frozen=True):
    agents: list[wall.Present]


class Skills(Struct, frozen=True, kw_only=True):
    """Levels from 1 to 5, and how much at once by channel. What is not sent stays; an empty object takes all away."""

    skills: Levels | None = None
    languages: Levels | None = None
    capacity: Amounts | None = None


class AgentState(Struct, frozen=True, kw_only=True):
    state: Literal["online", "away", "offline"]


class Queue(Struct, frozen=True):
    """`seconds` is null where nobody can honestly say."""

    waiting: list[wall.Queued]


class Waits(Struct, frozen=True):
    teams: list[wall.Accuracy]


class Callbacks(Struct, frozen=True):
    callbacks: list[Ticket]


class NewCallback(Struct, frozen=True, kw_only=True):
    """Who waits in `conversation` keeps their place. `time_zone`: where they are, for the hours in which they are called."""

    phone: Annotated[str, Meta(min_length=3, max_length=40)]
    conversation: UUID | None = None
    identity: tuple[Annotated[str, Meta(max_length=100)], Annotated[str, Meta(max_length=500)]] | None = None
    time_zone: Annotated[str, Meta(max_length=60)] | None = None
    team: Annotated[str, Meta(max_length=63)] | None = None


class CallTried(Struct, frozen=True, kw_only=True):
    result: Literal["reached", "no_answer", "busy", "wrong_number", "failed"]


class Clocks(Struct, frozen=True):
    promises: list[PromiseClock]


class PromisesKept(Struct, frozen=True):
    promises: list[wall.Kept]


class DryRun(Struct, frozen=True, kw_only=True):
    """An automation as it is or as it might be, over so many of the last days."""

    automation: Automation
    days: Annotated[int, Meta(ge=1, le=366)] = 7
    most: Annotated[int, Meta(ge=0, le=1000)] = 100


class Run(Struct, frozen=True, kw_only=True):
    automation: str
    event: UUID
    subject: UUID
    at: datetime
    actions: list[str]


class Runs(Struct, frozen=True):
    runs: list[Run]


@reads("/routing/agents", Right.ROUTING_READ)
def list_agents(database: Database) -> Agents:
    """Everybody who works: whether they are there, what they have and how much room is left."""
    with database.transaction() as tx:
        return Agents(wall.present(tx))


@sets("/routing/agents/{member:uuid}/skills", Right.ROUTING_WRITE, 404)
def set_skills(request: Ask, member: UUID, data: Skills, database: Database) -> Response[Accepted]:
    """What somebody can do, in which languages, and how much at once."""
    with database.transaction() as tx:
        event = act.skill(
            tx, member, by=by(request), skills=data.skills, languages=data.languages, capacity=data.capacity
        )
    return answered(waited(request, database, event))


@sets("/routing/agents/{member:uuid}/state", Right.CONVERSATIONS_WRITE, 404)
def set_agent_state(request: Ask, member: UUID, data: AgentState, database: Database) -> Response[Accepted]:
    """Whether somebody is there. Who goes away has their open work taken back, as their team says."""
    with database.transaction() as tx:
        event = act.stand(tx, member, data.state, by=by(request))
    return answered(waited(request, database, event))


@does("/routing/agents/{member:uuid}/next", Right.CONVERSATIONS_WRITE, 404)
def ask_next(request: Ask, member: UUID, database: Database) -> Response[Accepted]:
    """Pull: the next in line that suits this member is given to them."""
    with database.transaction() as tx:
        event = act.ask_next(tx, member, by=by(request))
    return answered(waited(request, database, event))


@reads("/routing/queue", Right.ROUTING_READ)
def show_queue(database: Database, clock: Clock, team: Annotated[str, Parameter(max_length=63)] = "") -> Queue:
    """Everybody who waits, in the order in which they are served."""
    with database.transaction() as tx:
        return Queue(wall.queue(tx, clock(), team or None))


@reads("/routing/places/{id:uuid}", Right.CONVERSATIONS_READ, 404)
def show_place(id: UUID, database: Database, clock: Clock) -> wall.Place:
    """Where a conversation, or the call-back that stands in for it, is in the line, and how long it will take."""
    with database.transaction() as tx:
        found = wall.place(tx, id, clock())
    if found is None:
        raise NotFound(f"nothing of {id} waits")
    return found


@reads("/routing/waits", Right.REPORTS_READ)
def show_waits(database: Database, clock: Clock, days: Days = 7) -> Waits:
    """What was said about waits, and how wrong it was."""
    with database.transaction() as tx:
        return Waits(wall.accuracy(tx, clock() - timedelta(days=days), clock()))


@reads("/callbacks", Right.CONVERSATIONS_READ)
def list_callbacks(
    database: Database, over: bool = False, limit: Annotated[int, Parameter(ge=1, le=500)] = 200
) -> Callbacks:
    """Who is to be called, the next one first; `over` shows also what is done."""
    with database.transaction() as tx:
        return Callbacks(wall.callbacks(tx, open_only=not over, limit=limit))


@creates("/callbacks", Right.CONVERSATIONS_WRITE, 404)
def ask_callback(request: Ask, data: NewCallback, database: Database) -> Response[Accepted]:
    """Somebody wants to be called; `id` is the call-back's."""
    who = (Identity(*data.identity),) if data.identity else ()
    with database.transaction() as tx:
        if data.conversation is not None:
            conversations.conversation(tx, data.conversation)
        event = act.ask_callback(
            tx,
            by=by(request),
            phone=data.phone,
            conversation=data.conversation,
            identities=who,
            time_zone=data.time_zone,
            team=data.team,
        )
    return Response(waited(request, database, event, event), status_code=201)


@does("/callbacks/{callback:uuid}/tries", Right.CONVERSATIONS_WRITE, 404, 409)
def call_tried(request: Ask, callback: UUID, data: CallTried, database: Database) -> Response[Accepted]:
    """How a call went. Nobody there: it comes back later, in the hours of their day, to the place it had."""
    with database.transaction() as tx:
        event = act.call_tried(tx, callback, data.result, by=by(request))
    return answered(waited(request, database, event))


@removes("/callbacks/{callback:uuid}", Right.CONVERSATIONS_WRITE, 404, 409, status=200)
def cancel_callback(request: Ask, callback: UUID, database: Database) -> Accepted:
    """Nobody needs to be called any more."""
    with database.transaction() as tx:
        event = act.cancel_callback(tx, callback, by=by(request))
    return waited(request, database, event)


@reads("/routing/promises", Right.ROUTING_READ)
def list_running_promises(
    database: Database, clock: Clock, minutes: Annotated[int, Parameter(ge=0, le=525_600)] = 60
) -> Clocks:
    """Promises that have run out, or will within so many minutes, the most urgent first."""
    with database.transaction() as tx:
        return Clocks(wall.running(tx, clock() + timedelta(minutes=minutes)))


@reads("/routing/promises/of/{subject:uuid}", Right.CONVERSATIONS_READ, 404)
def list_promises_of(subject: UUID, database: Database) -> Clocks:
    """What was promised about a conversation or a case, and how it stands."""
    with database.transaction() as tx:
        return Clocks(wall.of_subject(tx, subject))


@reads("/routing/breaches", Right.REPORTS_READ)
def list_breaches(database: Database, clock: Clock, days: Days = 7) -> Clocks:
    """Promises that were not kept, the newest first."""
    with database.transaction() as tx:
        return Clocks(wall.breaches(tx, clock() - timedelta(days=days), clock() + timedelta(seconds=1)))


@reads("/routing/kept", Right.REPORTS_READ)
def show_kept(database: Database, clock: Clock, days: Days = 7) -> PromisesKept:
    """How promises were kept, by promise and target."""
    with database.transaction() as tx:
        return PromisesKept(wall.kept(tx, clock() - timedelta(days=days), clock()))


@does_now("/automations/dry-run", Right.ROUTING_READ)
def try_automation(data: DryRun, database: Database, clock: Clock) -> trial.Trial:
    """What an automation would have done because of past events. Nothing is recorded and nothing is sent."""
    body = msgspec.to_builtins(data.automation)
    with database.transaction() as tx:
        return trial.try_out(tx, body, clock() - timedelta(days=data.days), clock(), most=data.most)


@reads("/automations/{name:str}/runs", Right.ROUTING_READ, 404)
def list_automation_runs(name: Name, database: Database) -> Runs:
    """Because of which events an automation acted, the newest first."""
    with database.transaction() as tx:
        reading.declaration(tx, "automation", name)
        return Runs([Run(**row) for row in tx.all(queries.runs, automation=name, limit=200)])


ROUTING = Router(
    path="/",
    tags=["routing"],
    route_handlers=[
        list_agents,
        set_skills,
        set_agent_state,
        ask_next,
        show_queue,
        show_place,
        show_waits,
        list_callbacks,
        ask_callback,
        call_tried,
        cancel_callback,
        list_running_promises,
        list_promises_of,
        list_breaches,
        show_kept,
        try_automation,
        list_automation_runs,
        *declared_routes("team", "route", "calendar", "promise", "automation"),
    ],
)
