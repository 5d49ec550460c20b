"""Who gets what: one router for every channel. Pure: a board and a moment in, assignments with their reasons out.

The next in line goes first and takes the member who suits best: who served the person before, then who has the skill asked
for and not much more (experts are kept for what needs them), speaks the language well, has the most room, waits longest.
Skills and language give way as somebody waits, as their team says; other teams help after a while.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.cases.declared import Declarations, Team
from hark.cases.waiting import line
from hark.cases.work import LIVE, Agent, Board, Ticket

# How many at once where nothing else is said of somebody.
CAPACITY = {"chat": 3, "web": 3, "mobile": 3, "messaging": 5, "social": 5, "email": 8, "phone": 1, "case": 20}
USUAL = 5
CALL = "phone"
ROUTER = "router"  # who it is in the log
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Assignment(Struct, frozen=True, kw_only=True):
    """`why` is for people: what spoke for this member."""

    ticket: Ticket
    member: UUID
    team: str | None
    why: dict[str, Any]


class Wanted(Struct, frozen=True):
    """What is asked of whoever serves a ticket at this moment."""

    teams: tuple[str, ...]
    skills: dict[str, int]
    language: str | None
    holding: UUID | None = None  # their last member, who is waited for


Loads = dict[UUID, dict[str, int]]
Given = Mapping[UUID, UUID]  # ticket → member: given out, and not in the log yet


def match(board: Board, now: datetime, given: Given) -> list[Assignment]:
    """Everything that can be given out at this moment."""
    floor = _Floor(board, given)
    found: list[Assignment] = []
    for ticket in line(board.tickets.values()) if floor.there else ():
        if ticket.id in given or ticket.team is None:
            continue
        best = _best(ticket, now, board, floor)
        if best is not None:
            found.append(best)
            floor.gives(best.member, ticket.channel)
        elif ticket.channel == CALL:
            floor.keep(_first_to_call(ticket, now, board, floor))
    return found


class _Floor:
    """Who is there and has room, while things are given out one after the other."""

    def __init__(self, board: Board, given: Given) -> None:
        self.loads = loads_of(board, given)
        self.there = _pushed(board)
        self._kept: set[UUID] = set()
        self._ready: dict[str, dict[UUID, Agent]] = {}

    def ready(self, channel: str) -> dict[UUID, Agent]:
        """Members with room for this channel."""
        if channel not in self._ready:
            kept = self._kept if channel in LIVE and channel != CALL else ()
            self._ready[channel] = {
                id: agent
                for id, agent in self.there.items()
                if id not in kept and has_room(agent, channel, self.load(id))
            }
        return self._ready[channel]

    def load(self, member: UUID) -> dict[str, int]:
        return self.loads.get(member, {})

    def gives(self, member: UUID, channel: str) -> None:
        _add(self.loads, member, channel)
        self._ready.clear()

    def keep(self, member: UUID | None) -> None:
        """For a call: they finish what is live and are given nothing live from behind it."""
        if member is not None and member not in self._kept:
            self._kept.add(member)
            self._ready.clear()

    def kept(self, member: UUID) -> bool:
        return member in self._kept


def next_for(member: UUID, board: Board, now: datetime, given: Given) -> Assignment | None:
    """A member asks for the next: what suits them, else nothing. Room is theirs to judge."""
    agent = board.agents.get(member) or Agent(member=member)
    for ticket in line(board.tickets.values()):
        if ticket.id in given:
            continue
        wanted = wanted_at(ticket, now, board.declared)
        team = _team_of(member, wanted.teams, board.declared)
        if (team is not None or ticket.team is None) and _suits(agent, wanted):
            return Assignment(ticket=ticket, member=member, team=team or ticket.team, why={"asked": True})
    return None


def loads_of(board: Board, given: Given) -> Loads:
    """How much everybody has, by channel."""
    loads: Loads = {}
    for ticket in board.tickets.values():
        member = given.get(ticket.id) if ticket.state == "waiting" else ticket.member
        if member is not None and (ticket.state == "waiting" or ticket.active):
            _add(loads, member, ticket.channel)
    return loads


def capacity(agent: Agent, channel: str) -> int:
    return agent.capacity.get(channel, CAPACITY.get(channel, USUAL))


def has_room(agent: Agent, channel: str, load: Mapping[str, int]) -> bool:
    """Whoever calls does nothing else that is live; everything else has its own room."""
    if capacity(agent, channel) <= load.get(channel, 0):
        return False
    if channel == CALL:
        return _live(load) == 0
    return channel not in LIVE or not load.get(CALL)


def _live(load: Mapping[str, int]) -> int:
    return sum(load.get(channel, 0) for channel in LIVE)


def wanted_at(ticket: Ticket, now: datetime, declared: Declarations) -> Wanted:
    """What is asked for after so much waiting."""
    team = declared.teams.get(ticket.team or "", Team())
    waited = (now - ticket.queued_at).total_seconds()
    steps = [step for step in team.relax if step.after <= waited]
    lower = max((step.levels for step in steps), default=0)
    skills = {skill: level - lower for skill, level in ticket.skills.items() if level > lower}
    language = None if any(step.language for step in steps) else ticket.language
    others = tuple(step.team for step in team.overflow if step.after <= waited and step.team in declared.teams)
    holding = ticket.last_member if waited < team.hold else None
    return Wanted((ticket.team, *others) if ticket.team else others, skills, language, holding)


def _best(ticket: Ticket, now: datetime, board: Board, floor: _Floor) -> Assignment | None:
    free = floor.ready(ticket.channel)
    if not free:
        return None
    wanted = wanted_at(ticket, now, board.declared)
    last = board.agents.get(wanted.holding) if wanted.holding else None
    if last is not None and last.state == "online" and _team_of(last.member, wanted.teams, board.declared):
        free = {id: agent for id, agent in free.items() if id == last.member}
    found = []
    for agent, team in _candidates(wanted, board.declared, free):
        if _suits(agent, wanted):
            share = floor.load(agent.member).get(ticket.channel, 0) / capacity(agent, ticket.channel)
            found.append((_score(agent, team, ticket, wanted, share), agent, team))
    if not found:
        return None
    score, agent, team = min(found, key=lambda one: one[0])
    return Assignment(ticket=ticket, member=agent.member, team=team, why=_why(agent, team, ticket, wanted, score))


def _first_to_call(ticket: Ticket, now: datetime, board: Board, floor: _Floor) -> UUID | None:
    """Who will be free for a call first: the one with the least that is live, and not kept for another call."""
    wanted = wanted_at(ticket, now, board.declared)
    suited = [
        agent.member
        for agent, _ in _candidates(wanted, board.declared, floor.there)
        if _suits(agent, wanted) and not floor.kept(agent.member) and not floor.load(agent.member).get(CALL)
    ]
    return min(suited, key=lambda one: (_live(floor.load(one)), one.hex), default=None)


def _candidates(wanted: Wanted, declared: Declarations, free: Mapping[UUID, Agent]) -> Iterator[tuple[Agent, str]]:
    """Each once, with the first of the teams that they help in."""
    seen: set[UUID] = set()
    for team in wanted.teams:
        found = declared.teams.get(team)
        if found is None or found.mode != "push":
            continue
        for member in found.members:
            if member in free and member not in seen:
                seen.add(member)
                yield free[member], team


Score = tuple[bool, int, int, int, float, datetime, str]


def _score(agent: Agent, team: str, ticket: Ticket, wanted: Wanted, load: float) -> Score:
    """The smaller, the better; ends with the id, so that it comes out the same each time."""
    missing = sum(max(0, level - agent.skills.get(skill, 0)) for skill, level in ticket.skills.items())
    surplus = sum(agent.skills.values()) - sum(min(agent.skills.get(s, 0), n) for s, n in ticket.skills.items())
    tongue = agent.languages.get(ticket.language, 0) if ticket.language else 0
    return (
        agent.member != ticket.last_member,
        wanted.teams.index(team),
        missing * 10 - tongue * 2 + surplus,
        -tongue,
        load,
        agent.assigned_at or NEVER,
        agent.member.hex,
    )


def _why(agent: Agent, team: str, ticket: Ticket, wanted: Wanted, score: Score) -> dict[str, Any]:
    why: dict[str, Any] = {"team": team}
    if not score[0]:
        why["last_member"] = True
    if ticket.skills:
        why["skills"] = {skill: [level, agent.skills.get(skill, 0)] for skill, level in ticket.skills.items()}
        if wanted.skills != ticket.skills:
            why["relaxed"] = True
    if ticket.language:
        why["language"] = [ticket.language, agent.languages.get(ticket.language, 0)]
    if score[1]:
        why["overflow_from"] = ticket.team
    if ticket.boost:
        why["boost"] = ticket.boost
    return why


def _suits(agent: Agent, wanted: Wanted) -> bool:
    if any(agent.skills.get(skill, 0) < level for skill, level in wanted.skills.items()):
        return False
    # Somebody of whom no language is known is not kept from anybody.
    return not wanted.language or not agent.languages or agent.languages.get(wanted.language, 0) > 0


def _pushed(board: Board) -> dict[UUID, Agent]:
    """Everybody who is there and to whom work is given."""
    members = {one for team in board.declared.teams.values() if team.mode == "push" for one in team.members}
    return {id: agent for id, agent in board.agents.items() if id in members and agent.state == "online"}


def _team_of(member: UUID, teams: tuple[str, ...], declared: Declarations) -> str | None:
    return next((team for team in teams if member in declared.teams.get(team, Team()).members), None)


def _add(loads: Loads, member: UUID, channel: str) -> None:
    mine = loads.setdefault(member, {})
    mine[channel] = mine.get(channel, 0) + 1
