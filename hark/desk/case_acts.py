"""What is done with a case: change what it is about, give it to somebody, note, tasks, close, open again, put to sleep."""

from uuid import UUID

from hark.cases import act, reading
from hark.desk import looking
from hark.desk.cases import value_of, work_of
from hark.desk.joining import PATIENCE, by
from hark.desk.naps import read_local
from hark.desk.writing import called_in
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.kit.clock import Clock, instant
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, shown
from hark.web.wording import time_zone

WRITE = Right.CASES_WRITE


@does("/cases/{case:uuid}/change", right=WRITE)
def change(request: Ask, case: UUID, form: Form, database: Database) -> Answer:
    """Subject, text, priority, due time, tags and fields: those that the form has."""
    said = {name: value for name, value in work_of(form, request).items() if name not in ("member", "team")}
    for name in ("subject", "about", "order", "device"):
        if name in form:
            said[name] = form.text(name, most=20_000)
    if "tags" in form:
        said["tags"] = sorted({tag.strip()[:60] for tag in form.text("tags", most=2000).split(",") if tag.strip()})
    with database.transaction() as tx:
        fields = reading.fields(tx)
        named = {name: value_of(field, _typed(form, name)) for name, field in fields.items() if f"field-{name}" in form}
        if named:
            said["fields"] = named
        event = act.change_case(tx, case, by=by(request), **said)
    return _back(request, database, case, event, "Kept.")


@does("/cases/{case:uuid}/assign", right=WRITE)
def assign(request: Ask, case: UUID, form: Form, database: Database) -> Answer:
    said = work_of(form, request)
    with database.transaction() as tx:
        event = act.assign_case(tx, case, by=by(request), member=said.get("member"), team=said.get("team"))
    return _back(request, database, case, event, "Assigned." if said else "Given back to everybody.")


@does("/cases/{case:uuid}/close", right=WRITE)
def close(request: Ask, case: UUID, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        event = act.close_case(tx, case, by=by(request), resolution=form.text("resolution", most=5000))
    return _back(request, database, case, event, "Closed.", undo=f"/cases/{case}/reopen")


@does("/cases/{case:uuid}/reopen", right=WRITE)
def reopen(request: Ask, case: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        event = act.reopen_case(tx, case, by=by(request))
    return _back(request, database, case, event, "Open again.")


@does("/cases/{case:uuid}/snooze", right=WRITE)
def snooze(request: Ask, case: UUID, form: Form, database: Database) -> Answer:
    until = instant(form.text("until")) or read_local(form.text("local"), time_zone(shown(request).time_zone))
    if until is None:
        raise Rejected("choose when it shall come back")
    with database.transaction() as tx:
        event = act.snooze_case(tx, case, until, by=by(request))
    return _back(request, database, case, event, "It sleeps.", undo=f"/cases/{case}/reopen")


@does("/cases/{case:uuid}/note", right=WRITE)
def note(request: Ask, case: UUID, form: Form, database: Database, clock: Clock) -> Answer:
    text = form.text("text", most=20_000)
    with database.transaction() as tx:
        calls = called_in(text, looking.names_of_members(tx, clock()))
        event = act.note(tx, case, text, by=by(request), mentions=calls)
    return _back(request, database, case, event)


@does("/cases/{case:uuid}/tasks", right=WRITE)
def add_task(request: Ask, case: UUID, form: Form, database: Database) -> Answer:
    said = work_of(form, request)
    with database.transaction() as tx:
        event = act.add_task(
            tx, case, form.text("text", most=2000), by=by(request), member=said.get("member"), due_at=said.get("due_at")
        )
    return _back(request, database, case, event)


@does("/tasks/{task:uuid}/done", right=WRITE)
def do_task(request: Ask, task: UUID, form: Form, database: Database) -> Answer:
    undone = form.flag("undone")
    with database.transaction() as tx:
        case = reading.task(tx, task).work_case
        event = act.do_task(tx, task, by=by(request), undone=undone)
    return _back(request, database, case, event)


def _typed(form: Form, name: str) -> str:
    """The last one counts: a box that is not ticked sends nothing but the empty value before it."""
    return form.texts(f"field-{name}", most=2000)[-1]


def _back(
    request: Ask, database: Database, case: UUID, event: UUID, notice: str | None = None, undo: str | None = None
) -> Answer:
    wait_for(database, event, PATIENCE)
    return go(request, f"/cases/{case}", notice, undo=undo)


HANDLERS = [change, assign, close, reopen, snooze, note, add_task, do_task]
