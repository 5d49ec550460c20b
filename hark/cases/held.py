"""What the step holds in memory while it goes through a batch: read in sets, changed event by event, written in sets."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from hark.cases.case import id_of
from hark.cases.declared import Declarations, declarations
from hark.cases.work import OPEN, Agent, Board, Case, Effort, Note, Pace, PromiseClock, Task, Ticket, Told
from hark.events.timers import Timer
from hark.model import Context
from hark.store import Queries, Query, Transaction

queries = Queries(__file__, "know.sql")
Row = TypeVar("Row")
_OF_CASES = ("case.", "task.", "timer.")
_MENTIONED = ("case", "conversation", "callback", "ticket", "task", "clock")


class Held:
    def __init__(self, tx: Transaction, contexts: Sequence[Context]) -> None:
        self.tx = tx
        self._ids = ids = _mentioned(contexts)
        self._anchors = sorted({c.anchor for c in contexts if c.anchor is not None})
        # What most messages do not touch is not asked for: somebody waits for each of these answers.
        work = ids if any(c.event.name.startswith(_OF_CASES) for c in contexts) else []
        found = tx.one(queries.read_held, ids=ids) or {}
        # Declarations: the body as JSON, and the position of the event that said so.
        self.rows: dict[tuple[str, str], tuple[str, int]] = {
            (one[0], one[1]): (one[2], one[3]) for one in found["declared"]
        }
        self.cases: dict[UUID, Case] = self._by_id(queries.read_cases, Case, ids=work) if work else {}
        self.tasks: dict[UUID, Task] = self._by_id(queries.read_tasks, Task, ids=work) if work else {}
        self.tickets = {one.id: one for one in msgspec.convert(found["tickets"], list[Ticket])}
        self.clocks = {one.id: one for one in msgspec.convert(found["clocks"], list[PromiseClock])}
        self.efforts = {one.conversation: one for one in msgspec.convert(found["efforts"], list[Effort])}
        self.told: dict[UUID, Told] = {}
        self.notes: list[Note] = []
        self.defined: dict[tuple[str, str], dict[str, Any]] = {}
        self.removed: set[tuple[str, str]] = set()
        self.timers: dict[UUID, Timer] = {}
        self.cancelled: set[UUID] = set()
        self._changed: dict[str, dict[Any, Any]] = {}
        self._declared: Declarations | None = None
        self._open: dict[UUID, Ticket] | None = None
        self.agents: dict[UUID, Agent] = {}
        self.paces: dict[str, Pace] = {}

    @cached_property
    def answered(self) -> set[UUID]:
        """Conversations that had their first answer once."""
        return {row[0] for row in self.tx.tuples(queries.read_answered, subjects=self._ids)}

    @cached_property
    def closed_at(self) -> dict[UUID, datetime]:
        """When something of these identities was closed last."""
        return dict(self.tx.tuples(queries.read_recently_closed, anchors=self._anchors))

    @cached_property
    def last_members(self) -> dict[UUID, UUID]:
        """Who served these identities last."""
        return dict(self.tx.tuples(queries.read_last_members, anchors=self._anchors))

    @property
    def declared(self) -> Declarations:
        if self._declared is None:
            rows = sorted((kind, name, body, position) for (kind, name), (body, position) in self.rows.items())
            self._declared = declarations(tuple(rows))
        return self._declared

    def declare(self, kind: str, name: str, row: dict[str, Any] | None) -> None:
        """A declaration, or that there is none of this name any more."""
        self._declared = None
        if row is None:
            self.rows.pop((kind, name), None)
            self.defined.pop((kind, name), None)
            self.removed.add((kind, name))
            return
        self.rows[kind, name] = (msgspec.json.encode(row["body"]).decode(), row["position"])
        self.defined[kind, name] = row
        self.removed.discard((kind, name))

    @property
    def open(self) -> dict[UUID, Ticket]:
        """Everything that waits or is with somebody; read when somebody asks for it first."""
        if self._open is None:
            known = list(self.tickets)
            for row in self.tx.all(queries.read_open_tickets, known=known):
                ticket = _struct(row, Ticket)
                self.tickets[ticket.id] = ticket
            self._open = {id: one for id, one in self.tickets.items() if one.state in OPEN}
            self.agents = {**{a.member: a for a in self._agents()}, **self.agents}
            self.paces = {**{p.team: p for p in self._paces()}, **self.paces}
            self.told = {told.ticket: told for told in self._told()} | self.told
        return self._open

    def board(self) -> Board:
        return Board(tickets=dict(self.open), agents=dict(self.agents), declared=self.declared)

    def put(self, kind: str, key: Any, thing: Any) -> None:
        """Note that a thing is to be written."""
        self._changed.setdefault(kind, {})[key] = thing

    def put_ticket(self, ticket: Ticket) -> None:
        opened = self.open
        self.tickets[ticket.id] = ticket
        if ticket.state in OPEN:
            opened[ticket.id] = ticket
        else:
            opened.pop(ticket.id, None)
        self.put("tickets", ticket.id, ticket)

    def put_agent(self, agent: Agent) -> None:
        self.agents[agent.member] = agent
        self.put("agents", agent.member, agent)

    def callback_of(self, conversation: UUID) -> Ticket | None:
        """The call-back that stands in for a conversation."""
        for one in self.tickets.values():
            if one.conversation == conversation and one.kind == "callback" and one.state in OPEN:
                return one
        return None

    def later(self, timer: Timer) -> None:
        self.timers[timer.id] = timer
        self.cancelled.discard(timer.id)

    def never(self, timer: UUID) -> None:
        self.timers.pop(timer, None)
        self.cancelled.add(timer)

    def write(self) -> None:
        if self.removed:
            kinds, names = zip(*sorted(self.removed), strict=True)
            self.tx.run(queries.remove_declarations, kinds=list(kinds), names=list(names))
        self._write(queries.write_declarations, list(self.defined.values()))
        for kind, query in _WRITE.items():
            self._write(query, list(self._changed.get(kind, {}).values()))
        self._write(queries.write_notes, self.notes)

    def _write(self, query: Query, rows: list[Any]) -> None:
        if rows:
            self.tx.run(query, rows=msgspec.json.encode(rows).decode())

    def _by_id(self, query: Query, kind: type[Row], **values: Any) -> dict[UUID, Row]:
        return {row["id"]: _struct(row, kind) for row in self.tx.all(query, **values)}

    def _agents(self) -> Iterable[Agent]:
        return (_struct(row, Agent) for row in self.tx.all(queries.read_agents))

    def _paces(self) -> Iterable[Pace]:
        return (_struct(row, Pace) for row in self.tx.all(queries.read_paces))

    def _told(self) -> Iterable[Told]:
        return (_struct(row, Told) for row in self.tx.all(queries.read_waits_told, tickets=list(self._open or {})))


_WRITE = {
    "cases": queries.write_cases,
    "tasks": queries.write_tasks,
    "agents": queries.write_agents,
    "tickets": queries.write_tickets,
    "paces": queries.write_paces,
    "told": queries.write_waits_told,
    "clocks": queries.write_clocks,
    "efforts": queries.write_efforts,
}


def _struct(row: dict[str, Any], kind: type[Row]) -> Row:
    return msgspec.convert(row, kind)


def _mentioned(contexts: Sequence[Context]) -> list[UUID]:
    found: set[UUID] = set()
    for context in contexts:
        found.add(context.event.id)  # of what an event makes; it is there already where events are known again
        if context.conversation is not None:
            found.add(context.conversation.id)
        said = context.event.properties
        values = [said.get(name) for name in _MENTIONED]
        merged = said.get("from")
        values += merged if isinstance(merged, list) else [merged]
        found.update(id for value in values if (id := id_of(value)) is not None)
    return sorted(found)
