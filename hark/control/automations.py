"""Automations and macros: what is done by itself when something happens, and by one click; tried on past events first."""

from datetime import timedelta
from typing import Any

from hark.cases import act, trial
from hark.cases import reading as cases
from hark.conditions import Misread
from hark.control import declaring
from hark.control.declaring import finish, seconds, written
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.reports import figures
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

MOST_STEPS = 6
STEPS = (
    *("assign", "prioritise", "tag", "close", "reopen", "snooze", "note"),
    *("open_case", "add_task", "answer", "ask_rating"),
)
# What usually sets something off; others are typed.
EVENTS = (
    *(
        "message.received",
        "conversation.assigned",
        "conversation.closed",
        "conversation.reopened",
        "conversation.rated",
    ),
    *("promise.warned", "promise.breached", "case.opened", "case.closed", "case.overdue", "segment.entered"),
)
TRIED = timedelta(days=30)
# What a form shows where nothing was said.
EMPTY: dict[str, Any] = {"label": "", "on": [], "condition": "", "after": 0, "steps": [], "most": 5, "place": 0}
EMPTY |= {"chained": False, "enabled": False}
NOTHING: dict[str, Any] = {"do": "", "team": "", "member": "", "priority": 1, "add": [], "remove": [], "seconds": None}
NOTHING |= {"text": "", "subject": ""}
HOMES = {"automation": "/automations", "macro": "/macros"}


@shows("/automations", right=Right.ROUTING_READ)
def automations(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        rows, macros = cases.declarations(tx, "automation"), cases.declarations(tx, "macro")
    return page(request, "control/automations.html", rows=rows, macros=macros, written=written)


@shows("/automations/new", right=Right.ROUTING_WRITE)
def new(request: Ask, form: Form, database: Database) -> Answer:
    return _page(request, form, database, "automation", "", {"on": ["message.received"], "steps": [{"do": "tag"}]})


@shows("/macros/new", right=Right.ROUTING_WRITE)
def new_macro(request: Ask, form: Form, database: Database) -> Answer:
    return _page(request, form, database, "macro", "", {"steps": [{"do": "tag"}]})


@shows("/automations/{name:str}", right=Right.ROUTING_READ)
def automation(request: Ask, name: str, form: Form, database: Database) -> Answer:
    return _open(request, form, database, "automation", name)


@shows("/macros/{name:str}", right=Right.ROUTING_READ)
def macro(request: Ask, name: str, form: Form, database: Database) -> Answer:
    return _open(request, form, database, "macro", name)


@does("/automations/new", right=Right.ROUTING_WRITE)
def make(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    return _take(request, form, database, clock, "automation", "")


@does("/macros/new", right=Right.ROUTING_WRITE)
def make_macro(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    return _take(request, form, database, clock, "macro", "")


@does("/automations/{name:str}", right=Right.ROUTING_WRITE)
def change(request: Ask, name: str, form: Form, database: Database, clock: Clock) -> Answer:
    return _change(request, form, database, clock, "automation", name)


@does("/macros/{name:str}", right=Right.ROUTING_WRITE)
def change_macro(request: Ask, name: str, form: Form, database: Database, clock: Clock) -> Answer:
    return _change(request, form, database, clock, "macro", name)


@does("/automations/{name:str}/switch", right=Right.ROUTING_WRITE)
def switch(request: Ask, name: str, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        found = cases.declaration(tx, "automation", name)
        body = {**found.body, "enabled": form.flag("on")}
        event = act.declare(tx, "automation", name, body, by=declaring.by(request))
    notice = "%(name)s is on." if form.flag("on") else "%(name)s is off."
    return finish(request, database, event, "/automations", notice, name=found.label or name)


@does("/automations/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "automation", name, "/automations")


@does("/macros/{name:str}/remove", right=Right.ROUTING_WRITE)
def remove_macro(request: Ask, name: str, database: Database) -> Answer:
    return declaring.remove(request, database, "macro", name, "/automations")


def _open(request: Ask, form: Form, database: Database, kind: str, name: str) -> Answer:
    with database.transaction() as tx:
        body = cases.declaration(tx, kind, name).body
    return _page(request, form, database, kind, name, body)


def _change(request: Ask, form: Form, database: Database, clock: Clock, kind: str, name: str) -> Answer:
    with database.transaction() as tx:
        cases.declaration(tx, kind, name)
    return _take(request, form, database, clock, kind, name)


def _take(request: Ask, form: Form, database: Database, clock: Clock, kind: str, name: str) -> Answer:
    body = _read(form, kind)
    if form.text("act") == "try":
        return _try(request, form, database, clock, name, body)
    if declaring.save(request, form, database, kind, name, body):
        return go(request, "/automations", "%(name)s is saved.", name=body["label"])
    return _page(request, form, database, kind, name, body, status=422)


def _try(request: Ask, form: Form, database: Database, clock: Clock, name: str, body: dict[str, Any]) -> Answer:
    """A dry run: nothing is recorded, nothing is sent."""
    now, tried = clock(), None
    try:
        with database.transaction() as tx:
            tried = trial.try_out(tx, body, now - TRIED, now, most=50)
    except (Rejected, Misread) as error:
        form.refuse("condition", str(error))
    return _page(request, form, database, "automation", name, body, tried=tried)


def _read(form: Form, kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "label": form.text("label", most=100),
        "condition": form.text("condition", most=5000),
        "steps": [step for n in range(MOST_STEPS) if (step := _step(form, n))],
        "place": form.number("place", 0),
    }
    if not body["steps"]:
        form.refuse("do.0", "Say at least one thing that is to be done.")
    if kind == "macro":
        return body
    others = [one.strip() for one in form.text("others").split(",") if one.strip()]
    on = [*[one for one in form.texts("on") if one in EVENTS], *others]
    if not on:
        form.refuse("others", "Say what sets it off.")
    more = {
        "on": on,
        "after": seconds(form, "after") or 0,
        "most": form.number("most", 5),
        "chained": form.flag("chained"),
    }
    return {**body, **more, "enabled": form.flag("enabled")}


def _step(form: Form, n: int) -> dict[str, Any] | None:
    do = form.text(f"do.{n}")
    if do not in STEPS:
        return None
    step: dict[str, Any] = {"do": do}
    if do == "assign":
        step |= {"team": form.text(f"team.{n}") or None, "member": form.text(f"member.{n}") or None}
    elif do == "prioritise":
        step["priority"] = form.number(f"priority.{n}", 1)
    elif do == "tag":
        step |= {"add": _words(form, f"add.{n}"), "remove": _words(form, f"remove.{n}")}
    elif do == "snooze":
        step["seconds"] = seconds(form, f"seconds.{n}")
    elif do in ("note", "add_task", "answer", "ask_rating"):
        step["text"] = form.text(f"text.{n}", most=20_000)
    elif do == "open_case":
        step["subject"] = form.text(f"text.{n}", most=200)
    return {name: value for name, value in step.items() if value is not None}


def _words(form: Form, name: str) -> list[str]:
    return [word.strip() for word in form.text(name).split(",") if word.strip()]


def _page(
    request: Ask,
    form: Form,
    database: Database,
    kind: str,
    name: str,
    body: dict[str, Any],
    *,
    tried: trial.Trial | None = None,
    status: int = 200,
) -> Answer:
    with database.transaction() as tx:
        teams = [("", "–")] + [(one.name, one.label or one.name) for one in cases.declarations(tx, "team")]
        members = [("", "–")] + [(str(row["id"]), row["name"]) for row in figures.members(tx)]
    body = {**EMPTY, **body}
    steps = [{**NOTHING, **one} for one in [*body["steps"], *[{}] * MOST_STEPS][:MOST_STEPS]]
    return page(
        request,
        "control/automation.html",
        status=status,
        kind=kind,
        home=HOMES[kind],
        name=name,
        body=body,
        steps=steps,
        kinds=STEPS,
        events=EVENTS,
        others=", ".join(one for one in body["on"] if one not in EVENTS),
        teams=teams,
        members=members,
        tried=tried,
        written=written,
        errors=form.errors,
    )


HANDLERS = [
    *(automations, new, automation, make, change, switch, remove),
    *(new_macro, macro, make_macro, change_macro, remove_macro),
]
