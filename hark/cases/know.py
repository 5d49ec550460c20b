"""What we now know of work after a batch of events: what is declared, cases, who is there, the queue, promises and effort.

Events of ours alone count here, but for a call-back that somebody asks for themselves. Everything follows from the events in
their order: any batch size leaves the same rows, and a replay makes them again.
"""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from hark.cases import callback, case, effort, promise, queue
from hark.cases.case import CASE_EVENTS, id_of
from hark.cases.declared import KINDS, read
from hark.cases.held import Held, queries
from hark.cases.router import ROUTER, capacity, loads_of
from hark.cases.work import Agent, Board, Case, News, Ticket, Work, whose
from hark.errors import Rejected
from hark.events import timers
from hark.events.sources import OWN
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import ASKED_BY_CHANNELS, Context, Declared, Identity
from hark.store import Transaction

AGENT_EVENTS = frozenset(("agent.state", "agent.skilled", "agent.asked"))
TASK_EVENTS = frozenset(("task.added", "task.done"))
DECLARING = frozenset(f"{kind}.{done}" for kind in KINDS for done in ("defined", "removed"))
SNOOZE, OVERDUE, AWAY = "cases.snooze", "cases.overdue", "cases.away"
TIMERS = frozenset((SNOOZE, OVERDUE, AWAY, queue.TIMER, promise.TIMER, callback.TIMER))
OURS = DECLARING | CASE_EVENTS | TASK_EVENTS | AGENT_EVENTS | callback.EVENTS
STATES = ("online", "away", "offline")


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    relevant = [context for context in contexts if _concerns(context)]
    if not relevant:
        return contexts
    held = Held(tx, relevant)
    for context in relevant:
        _Fold(context, held, declared).fold()
    held.write()
    if not declared.replaying:
        timers.cancel(tx, sorted(held.cancelled))
        timers.schedule(tx, list(held.timers.values()))
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
    tx.run(queries.clear)


def _concerns(context: Context) -> bool:
    event = context.event
    if context.conversation is not None or event.name in ASKED_BY_CHANNELS:
        return True
    if event.source != OWN.id:
        return False
    return event.name in OURS or (event.name == "timer.due" and event.properties.get("timer") in TIMERS)


class _Fold:
    """One event, and what it did."""

    def __init__(self, context: Context, held: Held, declared: Declared) -> None:
        self.context, self.held, self.event, self.declared = context, held, context.event, declared
        self.said: dict[str, Any] = context.event.properties
        self.own = self.event.source == OWN.id
        self.news: list[News] = []
        self.moved = False  # whether somebody may now be given something
        self.asked: UUID | None = None
        self.away: UUID | None = None
        self.back: Ticket | None = None
        self.case: Case | None = None

    def fold(self) -> None:
        if self.own:
            self._ours()
        if self.event.name in callback.EVENTS:
            moved, news = callback.follow(self.context, self.held, None if self.own else self.theirs())
            self.moved |= moved
            self.news += news
        elif self.context.conversation is not None:
            self._conversation()
        if self.event.historical:
            return  # known, and never decided upon
        board: Board | None = self.held.board() if self.moved or self.asked or self.away else None
        self.context.work = Work(
            board=board,
            news=tuple(self.news),
            asked=self.asked,
            away=self.away,
            back=self.back,
            declared=self.held.declared,
            case=self.case,
        )

    def theirs(self) -> set[UUID]:
        """The ids of all identities of the event's person."""
        person, anchor = self.context.person, self.context.anchor
        found = {identity_id(who, self.declared) for who in (person.identities if person else ())}
        return ({anchor} | {id for id in found if id}) if anchor else set()

    def _ours(self) -> None:
        name = self.event.name
        if name in DECLARING:
            self._declare()
        elif name in CASE_EVENTS:
            self._case()
        elif name in TASK_EVENTS:
            self._task()
        elif name in AGENT_EVENTS:
            self._agent()
        elif name == "timer.due":
            self._timer()

    def _conversation(self) -> None:
        context, held = self.context, self.held
        conversation = context.conversation
        known = held.efforts.get(conversation.id) if conversation else None
        if known is not None and self._again(known.position):
            return
        self.news += effort.follow(context, held)
        if self.event.historical:
            return
        if queue.follow(context, held):
            self.moved = True
            self.back = self._cannot_take(held.tickets[context.conversation.id]) if context.conversation else None
        self.news += promise.follow(context, held)
        if self.event.name == "conversation.merged":
            for one in case.ids(_listed(self.said.get("from"))):
                self.moved |= queue.leave(one, "merged", context, held)

    def _again(self, position: int) -> bool:
        """Whether this event has been counted: events of those who stay are known again after an erasure."""
        return self.event.position <= position

    def _cannot_take(self, ticket: Ticket) -> Ticket | None:
        """Who comes back is with whoever served them before, who may be gone or full by now; so may the router's choice."""
        given = self.event.name == "conversation.assigned" and self.said.get("by") == ROUTER
        if ticket.state != "served" or ticket.member is None or not (self.context.opened or given):
            return None
        agent = self.held.agents.get(ticket.member)
        teams = [one for one in self.held.declared.teams.values() if ticket.member in one.members]
        if agent is None or all(one.reassign is None for one in teams):
            return None
        load = loads_of(self.held.board(), {}).get(agent.member, {}).get(ticket.channel, 0)
        there = agent.state == "online" and (given or load <= capacity(agent, ticket.channel))
        return None if there else ticket

    def _declare(self) -> None:
        kind, done = self.event.name.split(".")
        name = str(self.said.get("name") or "")[:63]
        if done == "removed":
            self.held.declare(kind, name, None)
        else:
            try:
                body = read(kind, self.said)
            except Rejected:
                return  # the door to declaring has checked it; what came another way is none
            event = self.event
            row = {"kind": kind, "name": name, "label": body.label or name, "body": body}
            row |= {"place": getattr(body, "place", 0), "defined_at": event.at, "position": event.position}
            self.held.declare(kind, name, row | {"defined_by": str(self.said.get("by") or "")[:200]})
        self.moved = kind in ("team", "route")

    def _case(self) -> None:
        event, held = self.event, self.held
        one = held.cases.get(event.id if event.name == "case.opened" else id_of(self.said.get("case")) or event.id)
        if one is None and event.name == "case.opened":
            one = held.cases[event.id] = case.opened(self.context)
        elif one is None or self._again(one.position):
            return
        if event.name == "case.noted":
            held.notes.append(case.noted(event, one.id))
        if event.name != "case.opened":
            case.changed(one, event)
        self._changed(one)

    def _changed(self, one: Case) -> None:
        """A case is not what it was: the rest follows."""
        self.case = one
        self.held.put("cases", one.id, one)
        self.context.cases = (*self.context.cases, one.id)
        self._remind(SNOOZE, one, one.snoozed_until)
        self._remind(OVERDUE, one, one.due_at if one.status != "closed" else None)
        if not self.event.historical:
            self.moved |= queue.follow_case(self.context, one, self.held)
            self.news += promise.follow_case(self.context, one, self.held)

    def _remind(self, name: str, one: Case, at: Any) -> None:
        id = derived(name, one.id.hex)
        if at is None:
            self.held.never(id)
        else:
            said = {"case": str(one.id)}
            self.held.later(Timer(id=id, due_at=at, name=name, identity=whose(one.anchor), properties=said))

    def _task(self) -> None:
        event, held = self.event, self.held
        if event.name == "task.added":
            one = held.cases.get(id_of(self.said.get("case")) or event.id)
            if one is None:
                return
            if event.id in held.tasks:
                return
            task = case.task(event, one.id)
            held.tasks[task.id] = task
        else:
            found = held.tasks.get(id_of(self.said.get("task")) or event.id)
            if found is None or self._again(found.position):
                return
            task = found
            case.done(task, event)
        held.put("tasks", task.id, task)
        if (one := held.cases.get(task.work_case)) is not None:
            one.position = event.position
            held.put("cases", one.id, one)
            self.case = one
            self.context.cases = (*self.context.cases, one.id)

    def _agent(self) -> None:
        member = id_of(self.said.get("member"))
        if member is None:
            return
        if self.event.name == "agent.asked":
            self.asked = member
            return
        _ = self.held.open  # reads everybody
        before = self.held.agents.get(member) or Agent(member=member)
        after = self._skilled(before) if self.event.name == "agent.skilled" else self._stands(before)
        self.held.put_agent(replace(after, position=self.event.position))
        self.moved = True

    def _skilled(self, agent: Agent) -> Agent:
        given = {name: levels(self.said[name]) for name in ("skills", "languages", "capacity") if name in self.said}
        return replace(agent, **given)

    def _stands(self, agent: Agent) -> Agent:
        state = self.said.get("state")
        if state not in STATES or state == agent.state:
            return agent
        if agent.state == "online":
            self._gone(agent)
        return replace(agent, state=state, since=self.event.received_at)

    def _gone(self, agent: Agent) -> None:
        """Their open work goes to others: at once, later, or never, as their team wants it."""
        teams = [one for one in self.held.declared.teams.values() if agent.member in one.members]
        waits = [one.reassign for one in teams if one.reassign is not None]
        if waits and min(waits) == 0:
            self.away = agent.member
        elif waits:
            at = self.event.received_at + case.seconds(min(waits))
            properties = {"member": str(agent.member)}
            self.held.later(Timer(id=derived(AWAY, agent.member.hex), due_at=at, name=AWAY, properties=properties))

    def _timer(self) -> None:
        name, context, held = self.said.get("timer"), self.context, self.held
        if name == queue.TIMER:
            self.moved = queue.due(context, held)
        elif name == callback.TIMER:
            self.moved = callback.due(context, held)
        elif name == promise.TIMER:
            self.news += promise.due(context, held)
        elif name == AWAY:
            member = id_of(self.said.get("member"))
            agent = held.agents.get(member) if held.open is not None and member else None
            self.away = member if agent and agent.state != "online" else None
        else:
            self._case_timer(str(name))

    def _case_timer(self, name: str) -> None:
        one = self.held.cases.get(id_of(self.said.get("case")) or self.event.id)
        if one is None:
            return
        if name == SNOOZE and case.wake(one, self.event):
            self._changed(one)
        elif name == OVERDUE and one.due_at is not None and one.due_at <= self.event.at and one.status != "closed":
            self.case = one
            said = {"case": str(one.id), "number": one.number, "due_at": one.due_at.isoformat()}
            key = f"case.overdue-{one.id}-{one.due_at.isoformat()}"
            self.news.append(News(name="case.overdue", key=key, properties=said, anchor=one.anchor))


def identity_id(who: Identity, declared: Declared) -> UUID | None:
    """The id that the room `people` gives this identity; None where it points to nobody."""
    known = declared.kinds.get(who.kind)
    spelled = known.normalise(who.value) if known else who.value
    return derived(who.kind, spelled, salt=declared.salt) if spelled else None


def levels(said: Any) -> dict[str, int]:
    """{"washers": 3}: whole numbers from 0 to 1,000 under short names."""
    if not isinstance(said, dict):
        return {}
    return {
        str(name)[:63]: int(value)
        for name, value in sorted(said.items())
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
