"""REST: cases with their notes and tasks."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.acts import Ask, answered, by, waited
from hark.api.declaring import declared_routes
from hark.api.routes import Accepted, creates, does, reads
from hark.cases import act, reading, wall
from hark.cases.reading import Filters
from hark.cases.steps import Subject
from hark.cases.work import Case, Note, PromiseClock, Task
from hark.conversations import reading as conversations
from hark.errors import Rejected
from hark.kit.clock import Clock, instant
from hark.model import Identity
from hark.store import Database
from hark.web.rights import Right

Text = Annotated[str, Meta(min_length=1, max_length=500)]
Long = Annotated[str, Meta(max_length=20_000)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)]
Priority = Annotated[int, Meta(ge=-1, le=2)]
Page = Annotated[int, Parameter(ge=1, le=200)]
Values = dict[str, str | int | float | bool | None]
UNSET = msgspec.UNSET
Moment = Annotated[str, Meta(max_length=40, description="As ISO 8601: 2026-12-24T09:00:00Z.")]


class Cases(Struct, frozen=True, kw_only=True):
    cases: list[Case]
    next: str | None


class CaseWhole(Struct, frozen=True, kw_only=True):
    """A case with its notes, its tasks and what was promised about it."""

    case: Case
    notes: list[Note]
    tasks: list[Task]
    promises: list[PromiseClock]


class NewCase(Struct, frozen=True, kw_only=True):
    """Whose it is: `identity` as kind and value, or that of the conversation. priority: -1 low, 0, 1 high, 2 urgent."""

    subject: Text
    about: Long = ""
    identity: tuple[Annotated[str, Meta(max_length=100)], Annotated[str, Meta(max_length=500)]] | None = None
    conversation: UUID | None = None
    device: Annotated[str, Meta(max_length=200)] | None = None
    order: Annotated[str, Meta(max_length=200)] | None = None
    priority: Priority = 0
    team: Annotated[str, Meta(max_length=63)] | None = None
    member: UUID | None = None
    due_at: Moment | None = None
    tags: Tags = []
    fields: Values = {}


class TagChange(Struct, frozen=True, kw_only=True):
    add: Tags = []
    remove: Tags = []


class CaseChange(Struct, frozen=True, kw_only=True):
    """What is not sent stays; null takes it away where that makes sense."""

    subject: Text | msgspec.UnsetType = UNSET
    about: Long | msgspec.UnsetType = UNSET
    status: Literal["open", "waiting"] | msgspec.UnsetType = UNSET
    priority: Priority | msgspec.UnsetType = UNSET
    due_at: Moment | msgspec.UnsetType | None = UNSET
    tags: TagChange | msgspec.UnsetType = UNSET
    fields: Values | msgspec.UnsetType = UNSET
    conversation: UUID | msgspec.UnsetType | None = UNSET
    device: Annotated[str, Meta(max_length=200)] | msgspec.UnsetType | None = UNSET
    order: Annotated[str, Meta(max_length=200)] | msgspec.UnsetType | None = UNSET


class CaseAssignment(Struct, frozen=True, kw_only=True):
    member: UUID | None = None
    team: Annotated[str, Meta(max_length=63)] | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


class Closing(Struct, frozen=True, kw_only=True):
    resolution: Annotated[str, Meta(max_length=5000)] = ""


class Snoozing(Struct, frozen=True, kw_only=True):
    until: Moment


class NewNote(Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    mentions: Annotated[list[UUID], Meta(max_length=50)] = []


class NewTask(Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    member: UUID | None = None
    due_at: Moment | None = None


class TaskState(Struct, frozen=True, kw_only=True):
    undone: bool = False


class MacroUse(Struct, frozen=True, kw_only=True):
    """Either of the two."""

    conversation: UUID | None = None
    case: UUID | None = None
    language: Annotated[str, Meta(max_length=20)] | None = None


@reads("/cases", Right.CASES_READ, 422)
def list_cases(
    database: Database,
    clock: Clock,
    status: Literal["open", "waiting", "snoozed", "closed"] | None = None,
    member: UUID | None = None,
    unassigned: bool = False,
    team: Annotated[str, Parameter(max_length=63)] = "",
    tag: Annotated[str, Parameter(max_length=60)] = "",
    conversation: UUID | None = None,
    order: Annotated[str, Parameter(max_length=200)] = "",
    overdue: bool = False,
    search: Annotated[str, Parameter(max_length=200)] = "",
    limit: Page = 50,
    before: Annotated[str, Parameter(max_length=100)] | None = None,
) -> Cases:
    """Cases, those that changed last first."""
    filters = Filters(
        status=(status,) if status else (),
        member=member,
        unassigned=unassigned,
        team=_word(team),
        tag=_word(tag),
        conversation=conversation,
        order=_word(order),
        overdue_at=clock() if overdue else None,
        search=_word(search),
    )
    with database.transaction() as tx:
        found, following = reading.cases(tx, filters, limit=limit, before=before)
    return Cases(cases=found, next=following)


@creates("/cases", Right.CASES_WRITE, 404)
def open_case(request: Ask, data: NewCase, database: Database) -> Response[Accepted]:
    """Open a case by hand; `id` is the case's."""
    said = msgspec.to_builtins(data)
    identity = said.pop("identity")
    if said["due_at"] is not None:
        said["due_at"] = _moment(said["due_at"])
    with database.transaction() as tx:
        if data.conversation is not None:
            conversations.conversation(tx, data.conversation)
        who = (Identity(*identity),) if identity else ()
        event = act.open_case(tx, said.pop("subject"), by=by(request), identities=who, **said)
    return Response(waited(request, database, event, event), status_code=201)


@reads("/cases/{case:uuid}", Right.CASES_READ, 404)
def show_case(case: UUID, database: Database) -> CaseWhole:
    """One case with its notes, tasks and promises."""
    with database.transaction() as tx:
        whole = reading.whole(tx, case)
        promises = wall.of_subject(tx, case)
    return CaseWhole(case=whole.case, notes=whole.notes, tasks=whole.tasks, promises=promises)


@does("/cases/{case:uuid}/change", Right.CASES_WRITE, 404)
def change_case(request: Ask, case: UUID, data: CaseChange, database: Database) -> Response[Accepted]:
    """Change what a case says of itself."""
    said: dict[str, Any] = msgspec.to_builtins(data)
    if said.get("due_at") is not None:
        said["due_at"] = _moment(said["due_at"])
    with database.transaction() as tx:
        event = act.change_case(tx, case, by=by(request), **said)
    return answered(waited(request, database, event))


@does("/cases/{case:uuid}/assign", Right.CASES_WRITE, 404)
def assign_case(request: Ask, case: UUID, data: CaseAssignment, database: Database) -> Response[Accepted]:
    """Give a case to a member, or to a team whose router then gives it out."""
    with database.transaction() as tx:
        event = act.assign_case(tx, case, by=by(request), member=data.member, team=data.team, reason=data.reason)
    return answered(waited(request, database, event))


@does("/cases/{case:uuid}/close", Right.CASES_WRITE, 404)
def close_case(request: Ask, case: UUID, data: Closing, database: Database) -> Response[Accepted]:
    """Close a case; 422 where a required field is still empty."""
    with database.transaction() as tx:
        event = act.close_case(tx, case, by=by(request), resolution=data.resolution)
    return answered(waited(request, database, event))


@does("/cases/{case:uuid}/reopen", Right.CASES_WRITE, 404)
def reopen_case(request: Ask, case: UUID, database: Database) -> Response[Accepted]:
    """Open a closed or snoozed case again."""
    with database.transaction() as tx:
        event = act.reopen_case(tx, case, by=by(request))
    return answered(waited(request, database, event))


@does("/cases/{case:uuid}/snooze", Right.CASES_WRITE, 404)
def snooze_case(request: Ask, case: UUID, data: Snoozing, database: Database) -> Response[Accepted]:
    """Put a case out of sight until a moment."""
    until = _moment(data.until)
    with database.transaction() as tx:
        event = act.snooze_case(tx, case, until, by=by(request))
    return answered(waited(request, database, event))


@creates("/cases/{case:uuid}/notes", Right.CASES_WRITE, 404)
def add_case_note(request: Ask, case: UUID, data: NewNote, database: Database) -> Response[Accepted]:
    """Write a note for ourselves; who is mentioned is told."""
    with database.transaction() as tx:
        event = act.note(tx, case, data.text, by=by(request), mentions=data.mentions)
    return Response(waited(request, database, event, event), status_code=201)


@creates("/cases/{case:uuid}/tasks", Right.CASES_WRITE, 404)
def add_case_task(request: Ask, case: UUID, data: NewTask, database: Database) -> Response[Accepted]:
    """Add something to be done; `id` is the task's."""
    due = _moment(data.due_at) if data.due_at is not None else None
    with database.transaction() as tx:
        event = act.add_task(tx, case, data.text, by=by(request), member=data.member, due_at=due)
    return Response(waited(request, database, event, event), status_code=201)


@does("/case-tasks/{task:uuid}/done", Right.CASES_WRITE, 404)
def do_case_task(request: Ask, task: UUID, data: TaskState, database: Database) -> Response[Accepted]:
    """A task is done; or is not after all."""
    with database.transaction() as tx:
        event = act.do_task(tx, task, by=by(request), undone=data.undone)
    return answered(waited(request, database, event))


@does("/macros/{name:str}/use", Right.CASES_WRITE, 404)
def use_macro(
    request: Ask,
    name: Annotated[str, Parameter(pattern=r"^[a-z][a-z0-9_]{0,62}$")],
    data: MacroUse,
    database: Database,
) -> act.Ran:
    """Take a macro's steps on a conversation or a case. `answers` are texts that it would say: send them as an answer."""
    with database.transaction() as tx:
        subject = _subject(tx, data)
        return act.run_macro(tx, name, subject, by=by(request), language=data.language)


def _subject(tx: Any, data: MacroUse) -> Subject:
    if data.case is not None:
        case = reading.case(tx, data.case)
        return Subject("case", case.id, case.conversation, case.anchor)
    if data.conversation is None:
        raise Rejected("name a conversation or a case")
    found = conversations.conversation(tx, data.conversation)
    return Subject("conversation", found.id, found.id, found.anchor)


def _moment(text: str) -> datetime:
    found = instant(text)
    if found is None:
        raise Rejected(f"{text[:40]!r} is no time; write it as 2026-12-24T09:00:00Z")
    return found


def _word(text: str) -> str:
    return text.replace("\0", "\ufffd")


CASES = Router(
    path="/",
    tags=["cases"],
    route_handlers=[
        list_cases,
        open_case,
        show_case,
        change_case,
        assign_case,
        close_case,
        reopen_case,
        snooze_case,
        add_case_note,
        add_case_task,
        do_case_task,
        use_macro,
        *declared_routes("macro", "field"),
    ],
)
