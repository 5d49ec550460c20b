"""Asking how work stands: who waits and how long, who is there with how much, which promises run out, which call-backs are
open, and how well we said how long it takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.cases import router, waiting
from hark.cases.held import queries as known
from hark.cases.reading import queries
from hark.cases.work import Agent, Case, Pace, PromiseClock, Ticket
from hark.store import Transaction


class Place(Struct, frozen=True, kw_only=True):
    """Where somebody stands in the line. `seconds`: how much longer it will take; None where nobody can honestly say."""

    ticket: UUID
    team: str | None
    place: int
    of: int
    seconds: int | None
    waited: int
    callback: bool = False


class Queued(Struct, frozen=True, kw_only=True):
    ticket: Ticket
    place: int
    waited: int
    seconds: int | None


class Present(Struct, frozen=True, kw_only=True):
    """A member at work: what they have and how much room is left, by channel."""

    agent: Agent
    teams: list[str]
    load: dict[str, int]
    room: dict[str, int]


class Accuracy(Struct, frozen=True, kw_only=True):
    """What was said about waits and what came of it. Seconds; `error` is the mean distance, `bias` how much longer it took
    than was said, `within` the share that was served within what was said and a minute."""

    team: str | None
    told: int
    unknown: int
    served: int
    left: int
    waited: float | None
    error: float | None
    bias: float | None
    within: float | None


class Kept(Struct, frozen=True, kw_only=True):
    """How a promise was kept: of those that came to an end, how many in time."""

    promise: str
    target: str
    running: int
    met: int
    breached: int


def queue(tx: Transaction, now: datetime, team: str | None = None) -> list[Queued]:
    """Everybody who waits, the next one of each team first."""
    tickets = _tickets(tx, "waiting")
    paces, there = _paces(tx), _teams_there(tx)
    found, places = [], dict[str | None, int]()
    for ticket in waiting.line(tickets):
        place = places[ticket.team] = places.get(ticket.team, 0) + 1
        if team is None or ticket.team == team:
            waited = _seconds(ticket.queued_at, now)
            seconds = _expected(ticket, place, paces, there)
            found.append(Queued(ticket=ticket, place=place, waited=waited, seconds=seconds))
    return found


def place(tx: Transaction, id: UUID, now: datetime) -> Place | None:
    """Where a conversation stands, or the call-back that stands in for it; None where nothing of it waits."""
    row = tx.one(queries.waiting_ticket, id=id)
    if row is None:
        return None
    ticket = msgspec.convert(row, Ticket)
    around = tx.one(queries.places, id=ticket.id, team=ticket.team, turn=waiting.turn(ticket)[0]) or {}
    pace = _paces(tx).get(ticket.team or "") if around["there"] else None
    seconds = waiting.expected(around["ahead"] + 1, pace)
    return Place(
        ticket=ticket.id,
        team=ticket.team,
        place=around["ahead"] + 1,
        of=around["waiting"],
        seconds=seconds,
        waited=_seconds(ticket.queued_at, now),
        callback=ticket.kind == "callback",
    )


def waits(tx: Transaction, conversation: UUID) -> bool:
    """Whether a conversation, or the call-back that stands in for it, waits for somebody."""
    return tx.one(queries.waiting_ticket, id=conversation) is not None


def callback_of(tx: Transaction, conversation: UUID) -> Ticket | None:
    """The call that stands in for a conversation: it waits, rests, or somebody makes it now."""
    row = tx.one(queries.callback_of, conversation=conversation)
    return msgspec.convert(row, Ticket) if row else None


def calls_of(tx: Transaction, member: UUID) -> list[Ticket]:
    """Whom this member is to call now, who has waited longest first."""
    return [msgspec.convert(row, Ticket) for row in tx.all(queries.calls_of, member=member)]


def present(tx: Transaction) -> list[Present]:
    """Everybody of whom something is known, those who are there first."""
    agents = [msgspec.convert(row, Agent) for row in tx.all(known.read_agents)]
    teams: dict[UUID, list[str]] = {}
    for member, team in tx.tuples(queries.team_members):
        teams.setdefault(member, []).append(team)
    agents += [Agent(member=member) for member in teams if member not in {agent.member for agent in agents}]
    loads = _loads(tx)
    order = {"online": 0, "away": 1, "offline": 2}
    agents.sort(key=lambda agent: (order[agent.state], agent.member.hex))
    return [_present(agent, teams.get(agent.member, []), loads.get(agent.member, {})) for agent in agents]


def callbacks(tx: Transaction, *, open_only: bool = True, limit: int = 200) -> list[Ticket]:
    """The next to be called first, then those that rest, then those that are over."""
    rows = tx.all(queries.callbacks, open_only=open_only, limit=limit)
    return sorted((msgspec.convert(row, Ticket) for row in rows), key=_of_callbacks)


def of_subject(tx: Transaction, subject: UUID) -> list[PromiseClock]:
    """The promises about a conversation or a case, what runs first."""
    return [msgspec.convert(row, PromiseClock) for row in tx.all(queries.clocks_of, subject=subject)]


def nearest(tx: Transaction, subjects: Sequence[UUID]) -> dict[UUID, PromiseClock]:
    """Of each of these conversations or cases, the promise that runs out first."""
    rows = tx.all(queries.nearest_clocks, subjects=list(subjects)) if subjects else []
    return {row["subject"]: msgspec.convert(row, PromiseClock) for row in rows}


def running(tx: Transaction, until: datetime, limit: int = 200) -> list[PromiseClock]:
    """Promises that run out before this moment or have, the most urgent first: what a wall shows."""
    return [msgspec.convert(row, PromiseClock) for row in tx.all(queries.clocks_until, until=until, limit=limit)]


def breaches(tx: Transaction, since: datetime, until: datetime, limit: int = 1000) -> list[PromiseClock]:
    rows = tx.all(queries.breaches, since=since, until=until, limit=limit)
    return [msgspec.convert(row, PromiseClock) for row in rows]


def kept(tx: Transaction, since: datetime, until: datetime) -> list[Kept]:
    return [Kept(**row) for row in tx.all(queries.kept, since=since, until=until)]


def accuracy(tx: Transaction, since: datetime, until: datetime) -> list[Accuracy]:
    """By team: what was said about waits against what they were."""
    return [Accuracy(**row) for row in tx.all(queries.accuracy, since=since, until=until)]


class Effort(Struct, frozen=True, kw_only=True):
    conversation: UUID
    messages: int
    waits: int
    waited: int
    longest: int
    transfers: int
    channel_changes: int
    repeats: int


def effort(tx: Transaction, conversation: UUID) -> Effort | None:
    row = tx.one(queries.effort, conversation=conversation)
    return Effort(**row) if row else None


def changed(tx: Transaction, after: int, until: int, limit: int) -> list[Ticket]:
    """Tickets that changed in (after, until], for screens that show the queue live."""
    rows = tx.all(queries.tickets_changed, after=after, until=until, limit=limit)
    return [msgspec.convert(row, Ticket) for row in rows]


def cases_changed(tx: Transaction, after: int, until: int, limit: int, ids: list[UUID] | None = None) -> list[Case]:
    """Cases that changed in (after, until]; of these alone where some are named."""
    rows = tx.all(queries.cases_changed, after=after, until=until, limit=limit, ids=ids)
    return [msgspec.convert(row, Case) for row in rows]


def _present(agent: Agent, teams: list[str], load: dict[str, int]) -> Present:
    channels = sorted({*router.CAPACITY, *agent.capacity, *load} - {"web", "mobile"})
    room = {channel: max(0, router.capacity(agent, channel) - load.get(channel, 0)) for channel in channels}
    return Present(agent=agent, teams=teams, load=load, room=room if agent.state == "online" else {})


def _of_callbacks(ticket: Ticket) -> tuple[int, Any, str]:
    order = {"served": 0, "waiting": 1, "resting": 2, "left": 3}
    return order[ticket.state], *waiting.turn(ticket)


def _tickets(tx: Transaction, state: str) -> list[Ticket]:
    return [msgspec.convert(row, Ticket) for row in tx.all(queries.tickets, state=state)]


def _paces(tx: Transaction) -> dict[str, Pace]:
    return {row["team"]: msgspec.convert(row, Pace) for row in tx.all(known.read_paces)}


def _teams_there(tx: Transaction) -> set[str]:
    return {row[0] for row in tx.tuples(queries.teams_there)}


def _loads(tx: Transaction) -> router.Loads:
    loads: router.Loads = {}
    for member, channel, n in tx.tuples(queries.loads):
        loads.setdefault(member, {})[channel] = n
    return loads


def _expected(ticket: Ticket, place: int, paces: dict[str, Pace], there: set[str]) -> int | None:
    return waiting.expected(place, paces.get(ticket.team or "")) if ticket.team in there else None


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, round((now - since).total_seconds()))
