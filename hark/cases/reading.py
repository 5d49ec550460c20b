"""Asking about cases and what is declared. Whose a case is: its anchor, which the front joins with people. The queue,
promises and figures are asked for in `wall.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.cases.declared import Automation, CaseField, Macro, Promise, Route, Team
from hark.cases.work import Case, Note, Task, Ticket
from hark.errors import NotFound, Rejected
from hark.model import Identity
from hark.store import Queries, Transaction

queries = Queries(__file__, "reading.sql")


class Filters(Struct, frozen=True, kw_only=True):
    """What a list of cases is narrowed to; what is empty narrows nothing. `search`: in the subject."""

    status: tuple[str, ...] = ()
    member: UUID | None = None
    unassigned: bool = False
    team: str = ""
    tag: str = ""
    conversation: UUID | None = None
    order: str = ""
    device: str = ""
    person: UUID | None = None
    overdue_at: datetime | None = None
    search: str = ""


class Whole(Struct, frozen=True, kw_only=True):
    """A case with what belongs to it."""

    case: Case
    notes: list[Note]
    tasks: list[Task]


class Counts(Struct, frozen=True, kw_only=True):
    mine: int
    unassigned: int
    open: int
    overdue: int
    tasks: int


class Declared(Struct, frozen=True, kw_only=True):
    """`body` has the fields of its kind (declared.py)."""

    kind: str
    name: str
    label: str
    body: dict[str, Any]
    defined_at: datetime
    defined_by: str


def case(tx: Transaction, id: UUID) -> Case:
    row = tx.one(queries.case, id=id)
    if row is None:
        raise NotFound(f"there is no case {id}")
    return msgspec.convert(row, Case)


def by_number(tx: Transaction, number: int) -> Case:
    row = tx.one(queries.case_by_number, number=number)
    if row is None:
        raise NotFound(f"there is no case number {number}")
    return msgspec.convert(row, Case)


def whole(tx: Transaction, id: UUID) -> Whole:
    notes = [msgspec.convert(row, Note) for row in tx.all(queries.notes, case=id)]
    tasks = [msgspec.convert(row, Task) for row in tx.all(queries.tasks, case=id)]
    return Whole(case=case(tx, id), notes=notes, tasks=tasks)


def cases(
    tx: Transaction, filters: Filters, *, limit: int = 50, before: str | None = None
) -> tuple[list[Case], str | None]:
    """Those that changed last first, and what to say as `before` for the next page."""
    at, number = _place(before)
    values = msgspec.structs.asdict(filters) | {"status": list(filters.status)}
    rows = tx.all(queries.cases, **values, before_at=at, before_number=number, limit=limit + 1)
    found = [msgspec.convert(row, Case) for row in rows[:limit]]
    more = len(rows) > limit
    return found, f"{found[-1].changed_at.isoformat()}~{found[-1].number}" if more else None


def of_person(tx: Transaction, person: UUID, limit: int = 50) -> list[Case]:
    """The open ones first, then the newest."""
    return [msgspec.convert(row, Case) for row in tx.all(queries.cases_of_person, person=person, limit=limit)]


def of_conversation(tx: Transaction, conversation: UUID) -> list[Case]:
    return [msgspec.convert(row, Case) for row in tx.all(queries.cases_of_conversation, conversation=conversation)]


def counts(tx: Transaction, member: UUID | None, now: datetime) -> Counts:
    return Counts(**(tx.one(queries.case_counts, member=member, now=now) or {}))


def task(tx: Transaction, id: UUID) -> Task:
    row = tx.one(queries.task, id=id)
    if row is None:
        raise NotFound(f"there is no task {id}")
    return msgspec.convert(row, Task)


def tasks_of(tx: Transaction, member: UUID, limit: int = 100) -> list[Task]:
    """What somebody has to do, the most urgent first."""
    return [msgspec.convert(row, Task) for row in tx.all(queries.tasks_of, member=member, limit=limit)]


def mentions_of(tx: Transaction, member: UUID, limit: int = 100) -> list[Note]:
    return [msgspec.convert(row, Note) for row in tx.all(queries.mentions_of, member=member, limit=limit)]


def ticket(tx: Transaction, id: UUID) -> Ticket:
    row = tx.one(queries.ticket, id=id)
    if row is None:
        raise NotFound(f"nothing called {id} waits or has waited")
    return msgspec.convert(row, Ticket)


def declarations(tx: Transaction, kind: str) -> list[Declared]:
    """In the order in which they are asked."""
    return [Declared(**row) for row in tx.all(queries.declarations, kind=kind)]


def declaration(tx: Transaction, kind: str, name: str) -> Declared:
    row = tx.one(queries.declaration, kind=kind, name=name)
    if row is None:
        raise NotFound(f"there is no {kind} {name[:100]!r}")
    return Declared(**row)


def fields(tx: Transaction) -> dict[str, CaseField]:
    return {one.name: msgspec.convert(one.body, CaseField) for one in declarations(tx, "field")}


def missing_fields(tx: Transaction, id: UUID) -> list[str]:
    """Labels of required fields that a case does not have."""
    has = case(tx, id).fields
    return [one.label or name for name, one in fields(tx).items() if one.required and has.get(name) in (None, "")]


def who_of(tx: Transaction, conversation: UUID) -> tuple[Identity, ...]:
    """Whose a conversation is, as events of ours say it."""
    anchor = tx.value(queries.anchor_of, conversation=conversation)
    return (Identity("id", str(anchor)),) if anchor else ()


def check_names(tx: Transaction, said: Any) -> None:
    """Rejected where a declaration names a team or a calendar that is not there."""
    teams, calendars = _named(said)
    for kind, names in (("team", teams), ("calendar", calendars)):
        known = {one.name for one in declarations(tx, kind)} if names else set()
        for name in names:
            if name not in known:
                raise Rejected(f"there is no {kind} {name!r} yet")


def _named(said: Any) -> tuple[Sequence[str], Sequence[str]]:
    if isinstance(said, Team):
        return [one.team for one in said.overflow], [said.calendar] if said.calendar else []
    if isinstance(said, Route):
        return [said.team] if said.team else [], []
    if isinstance(said, Promise):
        return [], [said.calendar] if said.calendar else []
    if isinstance(said, Automation | Macro):
        return [step.team for step in said.steps if step.team], []
    return [], []


def _place(before: str | None) -> tuple[datetime | None, int]:
    if before is None:
        return None, 0
    at, _, number = before.partition("~")
    try:
        return datetime.fromisoformat(at), int(number)
    except ValueError:
        raise Rejected("`before` is not what a list gave as `next`", status=400) from None
