"""The queue as events tell it: what waits, where it stands, who has it. A conversation, case or call-back has one ticket.

Pure but for what `Held` reads. Moments are those at which our door heard, for the queue is ours and not the sender's.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from hark.cases import rules, waiting
from hark.cases.held import Held
from hark.cases.work import LIVE, OPEN, Case, Ticket, Told, whose
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import Context, Conversation

TIMER = "cases.queue"


def follow(context: Context, held: Held) -> bool:
    """Bring the ticket of a conversation up to it; whether the queue changed."""
    conversation = context.conversation
    assert conversation is not None
    old, state = held.tickets.get(conversation.id), _state(conversation)
    callback = held.callback_of(conversation.id) if state == "waiting" else None
    if callback is not None or (old is None and state == "left"):
        return False  # somebody will call them: their place is kept by the call-back
    fresh = _ticket(conversation, old, state, context)
    return _move(old, fresh, context, held)


def follow_case(context: Context, case: Case, held: Held) -> bool:
    old = held.tickets.get(case.id)
    state = "left" if case.status != "open" else "served" if case.member else "waiting" if case.team else "left"
    if old is None and state == "left":
        return False
    now = context.event.received_at
    first = old or Ticket(
        id=case.id,
        kind="case",
        state="new",
        channel="case",
        conversation=case.conversation,
        anchor=case.anchor,
        waiting_since=case.opened_at,
        queued_at=now,
        position=0,
    )
    last = first.member or first.last_member
    fresh = replace(first, state=state, team=case.team, member=case.member, priority=case.priority, last_member=last)
    return _move(old, replace(fresh, position=context.event.position), context, held, case)


def leave(id: UUID, outcome: str, context: Context, held: Held) -> bool:
    """Whatever it was, nobody waits for it any more."""
    old = held.tickets.get(id)
    if old is None or old.state == "left":
        return False
    fresh = replace(old, state="left", outcome=outcome, position=context.event.position)
    return _move(old, fresh, context, held)


def put(old: Ticket | None, fresh: Ticket, context: Context, held: Held) -> bool:
    return _move(old, fresh, context, held)


def due(context: Context, held: Held) -> bool:
    """Somebody has waited so long that others may serve them: look again, and ask for the next such moment."""
    ticket = held.open.get(_id(context.event.properties.get("ticket")))
    if ticket is None or ticket.state != "waiting":
        return False
    _remind(ticket, context.event.received_at, held)
    return True


def _state(conversation: Conversation) -> str:
    if conversation.merged_into or conversation.status in ("closed", "snoozed"):
        return "left"
    if conversation.member:
        return "served"
    return "waiting" if conversation.waiting_since else "left"


def _ticket(conversation: Conversation, old: Ticket | None, state: str, context: Context) -> Ticket:
    event = context.event
    language = conversation.language or _language(context)
    return Ticket(
        id=conversation.id,
        kind="conversation",
        state=state,
        channel=conversation.channel,
        conversation=conversation.id,
        anchor=conversation.anchor,
        team=conversation.team or (old.team if old else None),
        skills=old.skills if old else {},
        boost=old.boost if old else 0,
        language=language.replace("_", "-").split("-")[0].lower() if language else None,
        priority=conversation.priority,
        waiting_since=_since(conversation, old, state) or event.received_at,
        queued_at=old.queued_at if old else event.received_at,
        last_member=(old.member or old.last_member) if old else None,
        member=conversation.member if state == "served" else None,
        served_at=old.served_at if old else None,
        active=conversation.waiting_since is not None or conversation.channel in LIVE,
        position=event.position,
    )


def _since(conversation: Conversation, old: Ticket | None, state: str) -> datetime | None:
    # With a member it is nobody's turn: a ticket that changed with every message would be written with every message.
    if old is not None and (state == "served" or conversation.waiting_since is None):
        return old.waiting_since
    return conversation.waiting_since


def _move(old: Ticket | None, fresh: Ticket, context: Context, held: Held, case: Case | None = None) -> bool:
    """From what it was to what it is, with all that follows from waiting and being served."""
    now = context.event.received_at
    was = old.state if old and old.state in OPEN else None
    if fresh.state == "waiting" and was not in ("waiting", "resting"):
        fresh = _queued(fresh, now, context, held, case)
    elif fresh.state == "served" and (was != "served" or (old and old.member != fresh.member)):
        fresh = replace(fresh, served_at=now)
        _served(old if was == "waiting" else None, fresh, now, held)
    elif fresh.state == "left" and was == "waiting":
        _ended(fresh.id, now, "left", held)
    if old is not None and replace(fresh, position=old.position) == old:
        return False
    held.put_ticket(fresh)
    if fresh.state == "waiting":
        if was != "waiting":
            _tell(fresh, now, held)
            _remind(fresh, now, held)
    elif was == "waiting":
        held.never(derived(TIMER, fresh.id.hex))
    return True


def _queued(ticket: Ticket, now: datetime, context: Context, held: Held, case: Case | None) -> Ticket:
    """Who has just come into the queue: routes say which team, what skills, and who goes first."""
    asked = rules.known(context, case)
    team, skills, boost = ticket.team, dict[str, int](), 0
    for _, route in held.declared.routes():
        if rules.holds(route.condition, asked, context):
            team = team or route.team
            boost += route.boost
            for skill, level in route.skills.items():
                skills[skill] = max(level, skills.get(skill, 0))
    teams = held.declared.teams
    if team is None and len(teams) == 1:
        [team] = teams
    last = ticket.last_member or (held.last_members.get(ticket.anchor) if ticket.anchor else None)
    return replace(ticket, team=team, skills=skills, boost=boost, queued_at=now, last_member=last)


def _served(waited: Ticket | None, fresh: Ticket, now: datetime, held: Held) -> None:
    opened = held.open  # also reads agents and paces
    assert fresh.member is not None or opened is not None
    if fresh.member is not None:
        if fresh.anchor is not None:
            held.last_members[fresh.anchor] = fresh.member
        agent = held.agents.get(fresh.member)
        if agent is not None and (agent.assigned_at is None or agent.assigned_at < now):
            held.put_agent(replace(agent, assigned_at=now))
    if waited is None:
        return
    if waited.team is not None:
        pace = waiting.taken(held.paces.get(waited.team), waited.team, waited.queued_at, now)
        held.paces[waited.team] = pace
        held.put("paces", waited.team, pace)
    _ended(fresh.id, now, "served", held)


def _tell(ticket: Ticket, now: datetime, held: Held) -> None:
    """What we would say to somebody at this moment about their wait: kept, so that our error can be measured."""
    place = waiting.place(ticket, held.open.values())
    there = any(agent.state == "online" for agent in _members(ticket.team, held))
    seconds = waiting.expected(place, held.paces.get(ticket.team or "")) if there else None
    told = Told(ticket=ticket.id, at=now, anchor=ticket.anchor, team=ticket.team, place=place, seconds=seconds)
    held.told[ticket.id] = told
    held.put("told", (ticket.id, now), told)


def _ended(ticket: UUID, now: datetime, outcome: str, held: Held) -> None:
    _ = held.open
    if (told := held.told.pop(ticket, None)) is not None:
        told.waited = max(0, round((now - told.at).total_seconds()))
        told.outcome = outcome
        held.put("told", (ticket, told.at), told)


def _members(team: str | None, held: Held) -> list[Any]:
    found = held.declared.teams.get(team) if team else None
    return [held.agents[member] for member in (found.members if found else ()) if member in held.agents]


def _remind(ticket: Ticket, now: datetime, held: Held) -> None:
    """Ask for the next moment at which waiting alone lets somebody else serve this."""
    team = held.declared.teams.get(ticket.team or "")
    if team is None:
        return
    afters = [
        *(one.after for one in team.relax),
        *(one.after for one in team.overflow),
        *([team.hold] if team.hold else []),
    ]
    moments = [ticket.queued_at + timedelta(seconds=after) for after in afters]
    if coming := [moment for moment in moments if moment > now]:
        id = derived(TIMER, ticket.id.hex)
        said = {"ticket": str(ticket.id)}
        held.later(Timer(id=id, due_at=min(coming), name=TIMER, identity=whose(ticket.anchor), properties=said))


def _language(context: Context) -> str | None:
    said = context.profile.traits.get("language") if context.profile else None
    return said if isinstance(said, str) else None


def _id(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        return UUID(int=0)
