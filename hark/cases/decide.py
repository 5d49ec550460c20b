"""What we propose to do because of a batch: tell what was found, give out what waits, and what automations say.

Inner effects are events of our own, recorded in the transaction of the cursor with derived ids: each once, whatever happens.
What somebody outside would notice is a Decision, carried out by a job. Between giving out and the event that says so, a
reservation stands for it, so that any batch size gives the same to the same.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from hark.cases import automation, router
from hark.cases.held import queries
from hark.cases.router import ROUTER, Assignment
from hark.cases.work import Board, News, Ticket, Work, about
from hark.events.decisions import DEEPEST
from hark.events.record import Own, record_effects
from hark.events.sources import OWN
from hark.kit.ids import event_id
from hark.model import Context, Declared
from hark.store import Transaction

STALE = timedelta(minutes=5)  # a reservation whose event never came is forgotten


def decide(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    ruled = automation.Rules.of(contexts, tx)
    reserved = _Reserved(tx) if any(_gives(one) for one in contexts) else None
    effects = []
    for context in contexts:
        told = _effects(context, reserved)
        if ruled is not None:
            told += ruled.effects(context)
        effects.append((context.event.received_at, told))
    record_effects(tx, effects)
    if reserved is not None:
        reserved.write(tx)
    if ruled is not None:
        ruled.write(tx)
    return contexts


def _gives(context: Context) -> bool:
    """Whether something may be given out because of it, or it says that something was."""
    given = isinstance(context.work, Work) and context.work.board is not None
    return given or (context.event.source == OWN.id and context.event.name.endswith(".assigned"))


def _effects(context: Context, reserved: "_Reserved | None") -> list[Own]:
    """What follows from one event: news, work taken from who went away, and what can be given out now."""
    work, event = context.work, context.event
    if reserved is not None:
        reserved.heard(context)
    if not isinstance(work, Work) or event.depth >= DEEPEST:
        return []
    told = [_news(one, context) for one in work.news]
    board: Board | None = work.board
    if board is None or reserved is None:
        return told
    given = reserved.given(board, context)
    if work.asked is not None:
        found = router.next_for(work.asked, board, event.received_at, given)
        return told + ([reserved.give(found, context)] if found else [])
    if work.away is not None:
        told += [_taken_from(ticket, context) for ticket in _with(work.away, board)]
    if work.back is not None:
        told.append(_taken_from(work.back, context))
    found_all = router.match(board, event.received_at, given)
    return told + [reserved.give(one, context) for one in found_all]


class _Reserved:
    """What was given out and is not in the log yet."""

    def __init__(self, tx: Transaction) -> None:
        self.rows = {row["ticket"]: row for row in tx.all(queries.read_reservations)}
        self.new: dict[UUID, dict[str, Any]] = {}
        self.gone: set[UUID] = set()

    def heard(self, context: Context) -> None:
        """The event that says it has come."""
        for ticket, row in list(self.rows.items()):
            if row["event"] == context.event.id:
                self._drop(ticket)

    def given(self, board: Board, context: Context) -> dict[UUID, UUID]:
        for ticket, row in list(self.rows.items()):
            if context.event.received_at - row["at"] > STALE:
                self._drop(ticket)
        return {ticket: row["member"] for ticket, row in self.rows.items()}

    def give(self, assignment: Assignment, context: Context) -> Own:
        own = _assigned(assignment, context)
        event = event_id(context.event.received_at, OWN.id, own.message_id)
        row = {"ticket": assignment.ticket.id, "member": assignment.member, "event": event}
        self.rows[assignment.ticket.id] = self.new[assignment.ticket.id] = row | {"at": context.event.received_at}
        self.gone.discard(assignment.ticket.id)
        return own

    def _drop(self, ticket: UUID) -> None:
        del self.rows[ticket]
        self.new.pop(ticket, None)
        self.gone.add(ticket)

    def write(self, tx: Transaction) -> None:
        if self.gone:
            tx.run(queries.drop_reservations, tickets=sorted(self.gone))
        if self.new:
            tx.run(queries.add_reservations, rows=msgspec.json.encode(list(self.new.values())).decode())


def _news(news: News, context: Context) -> Own:
    return _own(news.name, news.key, news.properties, context, news.anchor)


def _assigned(one: Assignment, context: Context) -> Own:
    ticket = one.ticket
    waited = max(0, round((context.event.received_at - ticket.queued_at).total_seconds()))
    said = {
        ticket.kind: str(ticket.id),
        "member": str(one.member),
        "team": one.team,
        "reason": one.why,
        "waited": waited,
        "by": ROUTER,
    }
    return _own(f"{ticket.kind}.assigned", f"route-{ticket.id}-{context.event.id}", said, context, ticket.anchor)


def _taken_from(ticket: Ticket, context: Context) -> Own:
    said = {ticket.kind: str(ticket.id), "member": None, "team": ticket.team, "reason": {"away": str(ticket.member)}}
    key = f"away-{ticket.id}-{context.event.id}"
    return _own(f"{ticket.kind}.assigned", key, said | {"by": ROUTER}, context, ticket.anchor)


def _with(member: UUID, board: Board) -> Sequence[Ticket]:
    mine = (one for one in board.tickets.values() if one.member == member and one.state == "served" and one.active)
    return sorted(mine, key=lambda one: (one.waiting_since, one.id.hex))


def _own(name: str, key: str, said: dict[str, Any], context: Context, anchor: UUID | None) -> Own:
    event = context.event
    return Own(
        name=name,
        at=event.received_at,
        message_id=key,
        identities=about(anchor),
        properties=said,
        context={"decider": said.get("by", "cases")},
        caused_by=event.id,
        depth=event.depth + 1,
    )
