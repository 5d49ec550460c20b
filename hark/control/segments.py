"""Segments: the list, the builder with its live count, one segment with its members and who came and went."""

import re
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from hark.conditions import Misread, parse, write
from hark.control import builder
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import consent, defining, glance
from hark.people.phases import PHASES
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

DAYS = 60
SHOWN = 20


@shows("/segments", right=Right.SEGMENTS_READ)
def segments(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        return page(request, "control/segments.html", rows=defining.listed(tx, "segment"))


@shows("/segments/new", right=Right.SEGMENTS_WRITE)
def new(request: Ask, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    text = form.text("text", most=10_000)
    return _show(_Work(request, form, database, declared, clock), _draft(text) if text else builder.empty(), text)


@does("/segments/new", right=Right.SEGMENTS_WRITE)
def make(request: Ask, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    return _take(_Work(request, form, database, declared, clock))


@shows("/segments/{name:str}", right=Right.SEGMENTS_READ)
def segment(request: Ask, name: str, form: Form, database: Database, clock: Clock) -> Answer:
    today = clock().date()
    with database.transaction() as tx:
        found = defining.find(tx, "segment", name)
        members, after = glance.everybody(tx, SHOWN, form.text("before") or None, segment=name)
        days = defining.days(tx, name, today - timedelta(days=DAYS - 1))
    by_day = {one.day: one for one in days}
    dates = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return page(
        request,
        "control/segment.html",
        found=found,
        members=members,
        after=f"/segments/{name}?before={after}" if after else "",
        dates=[_label(one) for one in dates],
        entered=[by_day[one].entered if one in by_day else 0 for one in dates],
        gone=[by_day[one].gone if one in by_day else 0 for one in dates],
    )


@shows("/segments/{name:str}/change", right=Right.SEGMENTS_WRITE)
def change(request: Ask, name: str, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    found = _found(database, name)
    work = _Work(request, form, database, declared, clock, found)
    return _show(work, _draft(found.expression), found.expression)


@does("/segments/{name:str}/change", right=Right.SEGMENTS_WRITE)
def changed(request: Ask, name: str, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    return _take(_Work(request, form, database, declared, clock, _found(database, name)))


@does("/segments/{name:str}/remove", right=Right.SEGMENTS_WRITE)
def remove(request: Ask, name: str, database: Database) -> Answer:
    found = _found(database, name)
    with database.transaction() as tx:
        event = defining.remove(tx, "segment", name, by=by(request))
    wait_for(database, event)
    again = urlencode({"label": found.label, "about": found.about, "text": found.expression})
    return go(request, "/segments", f"{found.label} is removed.", undo=f"/segments/{name}/restore?{again}")


@does("/segments/{name:str}/restore", right=Right.SEGMENTS_WRITE)
def restore(request: Ask, name: str, database: Database) -> Answer:
    """Take a removal back: what was defined travels in the address."""
    said = {key: request.query_params.get(key, "") for key in ("label", "about", "text")}
    with database.transaction() as tx:
        event = defining.define(
            tx, "segment", name, said["text"], label=said["label"], about=said["about"], by=by(request)
        )
    wait_for(database, event)
    return go(request, f"/segments/{name}")


class _Work(NamedTuple):
    """One visit to the builder; `found` is the segment that is changed, None for a new one."""

    request: Ask
    form: Form
    database: Database
    declared: Declared
    clock: Clock
    found: defining.Defined | None = None


def _take(work: _Work) -> Answer:
    """What a press of a button in the builder asks for: save, or show the form again as it is now."""
    form, act = work.form, work.form.text("act")
    draft = None if form.text("form") == "text" else builder.read_form(form)
    text = form.text("text", most=10_000)
    try:
        text = write(parse(text) if draft is None else builder.condition_of(draft))
    except Misread as error:
        form.refuse("condition", str(error))
    if act == "save":
        return _save(work, draft, text)
    if not form.errors and act in ("rows", "text"):
        draft = _draft(text) if act == "rows" else None
    return _show(work, draft, text)


def _save(work: _Work, draft: builder.Draft | None, text: str) -> Answer:
    form, label = work.form, work.form.text("label", most=100)
    name = work.found.name if work.found else _name(label)
    if not label:
        form.refuse("label", "Give it a name that your colleagues understand.")
    if not form.errors:
        try:
            event = _define(work, name, label, text)
        except Rejected as error:
            form.refuse("condition", str(error))
        else:
            wait_for(work.database, event)
            return go(work.request, f"/segments/{name}", f"{label} is defined.")
    return _show(work, draft, text, status=422)


def _define(work: _Work, name: str, label: str, text: str) -> UUID:
    about = work.form.text("about", most=1000)
    with work.database.transaction() as tx:
        if work.found is None and any(one.name == name for one in defining.listed(tx, "segment")):
            raise Rejected("there is a segment of this name already")
        return defining.define(tx, "segment", name, text, label=label, about=about, by=by(work.request))


def _show(work: _Work, draft: builder.Draft | None, text: str, status: int = 200) -> Answer:
    form, found = work.form, work.found
    with work.database.transaction() as tx:
        count = _count(work, tx, draft, text)
        words = _words(work, tx)
    return page(
        work.request,
        "control/segment_builder.html",
        status=status,
        draft=draft,
        text=text,
        count=count,
        errors=form.errors,
        found=found,
        label=form.text("label", found.label if found else "", most=100),
        about=form.text("about", found.about if found else "", most=1000),
        words=words,
        kinds=builder.KINDS,
        operators=builder.OPERATORS,
    )


def _words(work: _Work, tx: Transaction) -> dict[str, list[str]]:
    """Names to choose from."""
    own = work.found.name if work.found else None
    return {
        **defining.words(tx),
        "segments": [one.name for one in defining.listed(tx, "segment") if one.name != own],
        "computed": [one.name for one in defining.listed(tx, "trait")],
        "phases": list(PHASES),
        "purposes": sorted(consent.declared_purposes(work.declared.purposes)),
    }


def _count(work: _Work, tx: Transaction, draft: builder.Draft | None, text: str) -> defining.Count | None:
    """The live count; None, with the reason in the form's errors, while the condition is not finished."""
    try:
        expression = parse(text if draft is None else write(builder.condition_of(draft)))
    except Misread as error:
        if work.form.text("act"):
            work.form.refuse("condition", str(error))
        return None
    return defining.count(tx, expression, work.clock(), work.declared)


def _found(database: Database, name: str) -> defining.Defined:
    with database.transaction() as tx:
        return defining.find(tx, "segment", name)


def _draft(text: str) -> builder.Draft | None:
    try:
        return builder.draft_of(parse(text))
    except Misread:
        return None


def _name(label: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"s_{name}".rstrip("_")


def _label(day: date) -> str:
    return f"{day.day}.{day.month}."


def by(request: Ask) -> str:
    visitor = shown(request).visitor
    return f"member:{visitor.member}" if visitor else ""


HANDLERS = [segments, new, make, segment, change, changed, remove, restore]
