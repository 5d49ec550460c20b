"""The tracking plan on screen: what each source sends under each name, freezing and enforcing it, what breaks it."""

from typing import Any
from urllib.parse import urlencode

import msgspec

from hark.errors import Rejected
from hark.events import plans
from hark.events import sources as rooms
from hark.events.check import compile_check
from hark.events.plan import ANY, ENFORCED, FROZEN, LEARNING
from hark.events.record import own, record_own, wait_for
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

PATIENCE = 3.0  # seconds that a click waits for its effect
SAID = {
    LEARNING: "It is only learned again; nothing is a violation.",
    FROZEN: "It is frozen: what breaks it is shown.",
    ENFORCED: "It is enforced: what breaks it is refused, and kept with its reason.",
}


@shows("/plan", right=Right.PLAN_READ)
def plan(request: Ask, form: Form, database: Database) -> Answer:
    return _list(request, form, database)


@shows("/plan/event", right=Right.PLAN_READ)
def planned(request: Ask, form: Form, database: Database) -> Answer:
    return _show(request, form, database) if form.text("name") else _list(request, form, database)


def _list(request: Ask, form: Form, database: Database) -> Answer:
    chosen, state = form.text("source", most=100), form.text("state")
    with database.transaction() as tx:
        everyone = rooms.all_sources(tx)
        found, following = plans.listed(tx, 300, chosen or None, form.text("after", most=600) or None)
    rows = [row for row in found if row.type != ANY and (not state or _fits(row, state))]
    whole = next((row.state for row in found if row.type == ANY), LEARNING) if chosen else LEARNING
    after = "/plan?" + urlencode({"source": chosen, "state": state, "after": following}) if following else ""
    return page(
        request,
        "control/plan.html",
        rows=rows,
        chosen=chosen,
        state=state,
        whole=whole,
        after=after,
        sources=[(source.id, source.name) for source in everyone],
    )


@does("/plan/event", right=Right.PLAN_WRITE)
def change_plan(request: Ask, form: Form, database: Database) -> Answer:
    """`state` and perhaps a schema of one's own; without it, what was learned is asked for."""
    state = form.text("state")
    if state not in plans.WORD_OF:
        raise Rejected(f"a plan cannot be {state!r}")
    source, kind, name = _where(form)
    properties: dict[str, Any] = {"source": source, "type": kind, "name": name}
    if state != LEARNING:
        with database.transaction() as tx:
            schema = _schema(form) if form.text("schema") else plans.wanted(tx, source, kind, name)
        if form.errors:
            return _show(request, form, database, status=422)
        properties["schema"] = schema
    _record(request, database, plans.WORD_OF[state], properties)
    return go(request, _path(source, kind, name), SAID[state])


@does("/plan/source", right=Right.PLAN_WRITE)
def change_source_plan(request: Ask, form: Form, database: Database) -> Answer:
    """The whole source: every name that it has, and that new names are violations."""
    state, source = form.text("state"), form.text("source", most=100)
    if state not in plans.WORD_OF:
        raise Rejected(f"a plan cannot be {state!r}")
    with database.transaction() as tx:
        rooms.source_by_id(tx, source)
    _record(request, database, plans.WORD_OF[state], {"source": source})
    return go(request, f"/plan?source={source}", SAID[state])


def _show(request: Ask, form: Form, database: Database, status: int = 200) -> Answer:
    source, kind, name = _where(form)
    with database.transaction() as tx:
        seen = plans.shown(tx, source, kind, name)
        broken = plans.broken(tx, source, kind, name)
        latest = plans.violations(tx, source, kind, name, 10)
        source_name = _name_of(tx, source)
    asked = seen.asked
    return page(
        request,
        "control/planned.html",
        status=status,
        plan=seen,
        source_name=source_name,
        lines=plans.properties(seen.learned, asked),
        broken=broken,
        latest=latest,
        text=form.text("schema", most=200_000) or _pretty(asked or plans.closed(seen.learned)),
        errors=form.errors,
        path=_path(source, kind, name),
    )


def _where(form: Form) -> tuple[str, str, str]:
    return form.text("source", most=100), form.text("type", "track", most=20), form.text("name", most=300)


def _path(source: str, kind: str, name: str) -> str:
    return "/plan/event?" + urlencode({"source": source, "type": kind, "name": name})


def _schema(form: Form) -> dict[str, Any]:
    try:
        schema = msgspec.json.decode(form.text("schema", most=200_000), type=dict[str, Any])
        compile_check(schema)
        return schema
    except (msgspec.DecodeError, Rejected) as error:
        form.refuse("schema", str(error))
        return {}


def _record(request: Ask, database: Database, word: str, properties: dict[str, Any]) -> None:
    visitor = shown(request).visitor
    with database.transaction() as tx:
        by = f"member:{visitor.member}" if visitor else ""
        [event] = record_own(tx, [own(word, by=by, properties=properties)])
    wait_for(database, event, PATIENCE)


def _name_of(tx: Transaction, source: str) -> str:
    return next((one.name for one in rooms.all_sources(tx) if one.id == source), source)


def _fits(row: plans.PlannedName, state: str) -> bool:
    return row.violations > 0 if state == "broken" else row.state == state


def _pretty(schema: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()


HANDLERS = [plan, planned, change_plan, change_source_plan]
