"""Promises of time: by when somebody answers and when it is done, for whom, on which calendar; and how they were kept."""

from datetime import timedelta
from typing import Any

from hark.cases import reading as cases
from hark.cases import wall
from hark.control import declaring
from hark.control.declaring import seconds, written
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

TARGETS = ("first_answer", "next_answer", "resolution")
DAYS = timedelta(days=30)


@shows("/promises", right=Right.ROUTING_READ)
def promises(request: Ask, database: Database, clock: Clock) -> Answer:
    now = clock()
    with database.transaction() as tx:
        kept: dict[str, list[Any]] = {}
        for one in wall.kept(tx, now - DAYS, now):
            kept.setdefault(one.promise, []).append(one)
        rows = cases.declarations(tx, "promise")
        calendars = {one.name: one.label or one.name for one in cases.declarations(tx, "calendar")}
    return page(
        request, "control/promises.html", rows=rows, kept=kept, calendars=calendars, written=written, targets=TARGETS
    )


@shows("/promises/new", right=Right.ROUTING_WRITE)
def new(request: Ask, form: Form, database: Database) -> Answer:
    return _page(request, form, database, "", {"first_answer": 3600, "resolution": 86_400, "warn": 900})


@shows("/promises/{name:str}", right=Right.ROUTING_READ)
def promise(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        body = cases.declaration(tx, "promise", name).body
    return _page(request, form, database, name, body)


@does("/promises/new", right=Right.ROUTING_WRITE)
def make(request: Ask, form: Form, database: Database) -> Answer:
    return _take(request, form, database, "")


@does("/promises/{name:str}", right=Right.ROUTING_WRITE)
def change(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        cases.declaration(tx, "promise", name)
    return _take(request, form, database, name)


@does("/promises/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "promise", name, "/promises")


def _take(request: Ask, form: Form, database: Database, name: str) -> Answer:
    body: dict[str, Any] = {
        "label": form.text("label", most=100),
        "about": form.text("about") or "conversation",
        "condition": form.text("condition", most=5000),
        "calendar": form.text("calendar") or None,
        **{target: seconds(form, target) for target in TARGETS},
        "warn": seconds(form, "warn") or 0,
        "pause_waiting": form.flag("pause_waiting"),
        "pause_snoozed": form.flag("pause_snoozed"),
        "place": form.number("place", 0),
    }
    if not any(body[target] for target in TARGETS):
        form.refuse("first_answer", "Promise at least one of the three.")
    if declaring.save(request, form, database, "promise", name, body):
        return go(request, "/promises", "%(name)s is saved.", name=body["label"])
    return _page(request, form, database, name, body, status=422)


def _page(request: Ask, form: Form, database: Database, name: str, body: dict[str, Any], status: int = 200) -> Answer:
    with database.transaction() as tx:
        calendars = [("", "Day and night")] + [
            (one.name, one.label or one.name) for one in cases.declarations(tx, "calendar")
        ]
    body = {"label": "", "about": "conversation", "condition": "", "calendar": "", "place": 0, **body}
    times = {target: form.text(target) or written(body.get(target)) for target in (*TARGETS, "warn")}
    return page(
        request,
        "control/promise.html",
        status=status,
        name=name,
        body=body,
        times=times,
        calendars=calendars,
        errors=form.errors,
    )


HANDLERS = [promises, new, make, promise, change, remove]
