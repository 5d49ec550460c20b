"""Cases: the lists of those who finish them, one case with everything that belongs to it, and opening one by hand."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from hark.cases import act, reading, wall
from hark.cases.declared import CaseField
from hark.cases.reading import Filters
from hark.conversations import reading as conversations
from hark.desk import looking
from hark.desk.joining import PATIENCE, by
from hark.desk.looking import me
from hark.desk.naps import naps, read_local
from hark.errors import NotFound, Rejected
from hark.events.record import wait_for
from hark.kit.clock import Clock
from hark.people import glance
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows
from hark.web.wording import time_zone

PAGE = 40
OPEN = ("open", "waiting", "snoozed")
LISTS = ("mine", "unassigned", "overdue", "open", "closed")


@shows("/cases", right=Right.CASES_READ)
def cases(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    chosen = form.text("list") if form.text("list") in LISTS else "mine"
    words, team, tag = form.text("q", most=100), form.text("team"), form.text("tag")
    filters = msgspec.structs.replace(_list(chosen, me(request), clock()), search=words, team=team, tag=tag)
    with database.transaction() as tx:
        rows, before = reading.cases(tx, filters, limit=PAGE, before=form.text("before") or None)
        counts = reading.counts(tx, me(request), clock())
        members = looking.names_of_members(tx, clock())
        names = glance.names_of(tx, [row.anchor for row in rows if row.anchor])
        clocks = wall.nearest(tx, [row.id for row in rows])
        tasks = reading.tasks_of(tx, me(request)) if chosen == "mine" else []
        teams = reading.declarations(tx, "team")
    link = urlencode({k: v for k, v in {"list": chosen, "q": words, "team": team, "tag": tag}.items() if v})
    return page(
        request,
        "desk/cases.html",
        rows=rows,
        chosen=chosen,
        counts={"mine": counts.mine, "unassigned": counts.unassigned, "overdue": counts.overdue, "open": counts.open},
        members=members,
        names=names,
        clocks=clocks,
        tasks=tasks,
        teams=teams,
        words=words,
        team=team,
        after=f"/cases?{link}&{urlencode({'before': before})}" if before else "",
    )


@shows("/cases/new", right=Right.CASES_WRITE)
def new(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """From a conversation, a person or nothing."""
    with database.transaction() as tx:
        about = _conversation(tx, form.text("conversation"))
        values = _choices(tx, clock())
    return page(
        request, "desk/case_new.html", about=about, subject=about.subject or "" if about else "", errors={}, **values
    )


@does("/cases/new", right=Right.CASES_WRITE)
def open_case(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    if not form.text("subject"):
        form.refuse("subject", "say in a few words what is to be done")
        with database.transaction() as tx:
            about, values = _conversation(tx, form.text("conversation")), _choices(tx, clock())
        return page(request, "desk/case_new.html", status=422, about=about, subject="", errors=form.errors, **values)
    said = work_of(form, request)
    with database.transaction() as tx:
        about = _conversation(tx, form.text("conversation"))
        case = act.open_case(
            tx,
            form.text("subject"),
            by=by(request),
            about=form.text("about", most=20_000),
            conversation=about.id if about else None,
            **said,
        )
    wait_for(database, case, PATIENCE)
    return go(request, f"/cases/{case}", "The case is open.")


@shows("/cases/{case:uuid}", right=Right.CASES_READ)
def show_case(request: Ask, case: UUID, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        whole = reading.whole(tx, case)
        one = whole.case
        values = _choices(tx, clock())
        person = glance.names_of(tx, [one.anchor]).get(one.anchor) if one.anchor else None
        talk = _conversation(tx, str(one.conversation or ""))
        clocks = wall.of_subject(tx, case)
        fields = reading.fields(tx)
    zone = time_zone(shown(request).time_zone)
    return page(
        request,
        "desk/case.html",
        case=one,
        whole=whole,
        person=person,
        talk=talk,
        clocks=clocks,
        fields=fields,
        naps=list(naps(clock(), zone)),
        me=me(request),
        **values,
    )


def work_of(form: Form, request: Ask) -> dict[str, Any]:
    """What a form says of who does it, by when and how urgent."""
    zone = time_zone(shown(request).time_zone)
    said: dict[str, Any] = {}
    if form.text("priority") in ("-1", "0", "1", "2"):
        said["priority"] = int(form.text("priority"))
    if "due" in form:
        due = read_local(form.text("due"), zone) if form.text("due") else None
        if form.text("due") and due is None:
            raise Rejected("write the due time as a date and a time")
        said["due_at"] = due
    if form.text("member"):
        said["member"] = _id(form.text("member"))
    if form.text("team"):
        said["team"] = form.text("team")
    return said


def value_of(field: CaseField, text: str) -> Any:
    """What was typed into a field of ours, as its type says; nothing takes the value away."""
    if field.type == "truth":
        return text.lower() in ("1", "on", "true", "yes")
    if not text:
        return None
    if field.type == "number":
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise Rejected(f"{field.label}: write a number") from None
    return text


def _list(chosen: str, reader: UUID, now: datetime) -> Filters:
    return {
        "mine": Filters(status=OPEN, member=reader),
        "unassigned": Filters(status=OPEN, unassigned=True),
        "overdue": Filters(status=OPEN, overdue_at=now),
        "open": Filters(status=OPEN),
        "closed": Filters(status=("closed",)),
    }[chosen]


def _choices(tx: Transaction, now: datetime) -> dict[str, Any]:
    return {"members": looking.names_of_members(tx, now), "teams": reading.declarations(tx, "team")}


def _conversation(tx: Transaction, text: str) -> Any:
    try:
        return conversations.conversation(tx, UUID(text)) if text else None
    except (ValueError, NotFound):
        return None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("there is no such member") from None


HANDLERS = [cases, new, open_case, show_case]
