"""Search over everything: people, what was said, conversations and cases, with filters; and what the command bar finds."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup, escape
from msgspec import Struct

from hark.cases import reading as cases
from hark.conversations import search
from hark.conversations.search import Wanted
from hark.desk.looking import STATUSES
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import glance
from hark.people import reading as people
from hark.people.glance import Listed
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, page, shown, shows

PAGE = 25
FEW = 5  # people and cases beside messages
IN_BAR = 6
KINDS = ("", "people", "messages", "cases")
CHANNELS = ("chat", "email", "messaging", "social", "phone", "web")
SINCE = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}


class Asked(Struct, frozen=True, kw_only=True):
    """What is looked for. `kind` is one of KINDS; what is empty narrows nothing."""

    words: str
    kind: str = ""
    status: str = ""
    channel: str = ""
    direction: str = ""
    since: str = ""
    files: bool = False
    person: UUID | None = None

    @property
    def link(self) -> str:
        named = {"q": self.words, "kind": self.kind, "status": self.status, "channel": self.channel}
        named |= {"direction": self.direction, "since": self.since, "files": "1" if self.files else ""}
        named |= {"person": str(self.person or "")}
        return urlencode({name: value for name, value in named.items() if value})


@shows("/find", right=Right.CONVERSATIONS_READ)
def find(request: Ask, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    asked = _asked(form)
    found: dict[str, Any] = {"people": [], "hits": [], "cases": [], "before": None}
    with database.transaction() as tx:
        if asked.words:
            found = _found(tx, asked, request, declared, clock(), form.text("before") or None)
        about = glance.glance(tx, asked.person) if asked.person else None
    return page(
        request,
        "desk/find.html",
        asked=asked,
        about=about,
        marked=marked,
        statuses=STATUSES,
        channels=CHANNELS,
        **found,
    )


@shows("/search", right=Right.PEOPLE_READ)
def in_the_bar(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    """The few lines that the command bar shows while one types."""
    words, reading = form.text("q", most=200), shown(request)
    hits: list[search.Hit] = []
    work: list[Any] = []
    with database.transaction() as tx:
        rows = persons(tx, words, declared, IN_BAR)
        if reading.may(Right.CONVERSATIONS_READ) and len(words) > 2:
            hits, _ = search.search(tx, words, limit=IN_BAR)
        if reading.may(Right.CASES_READ) and len(words) > 2:
            work, _ = cases.cases(tx, cases.Filters(search=words), limit=3)
    return page(request, "desk/found.html", rows=rows, hits=hits, cases=work, words=words, marked=marked)


def persons(tx: Transaction, words: str, declared: Declared, limit: int) -> list[Listed]:
    found = people.search(tx, words, limit, declared)
    phases = glance.phases_of(tx, [one.id for one in found])
    return [
        glance.listed(
            id=one.id,
            traits=one.traits,
            segments=one.segments,
            phase=phases.get(one.id),
            events=one.events,
            first_seen=one.first_seen,
            last_seen=one.last_seen,
        )
        for one in found
    ]


def marked(excerpt: str) -> Markup:
    """The words that were looked for, marked; everything else is text."""
    return Markup(str(escape(excerpt)).replace("\x02", "<mark>").replace("\x03", "</mark>"))


def _asked(form: Form) -> Asked:
    try:
        person = UUID(form.text("person")) if form.text("person") else None
    except ValueError:
        person = None
    return Asked(
        words=form.text("q", most=200),
        kind=form.text("kind") if form.text("kind") in KINDS else "",
        status=form.text("status") if form.text("status") in STATUSES else "",
        channel=form.text("channel") if form.text("channel") in CHANNELS else "",
        direction=form.text("direction") if form.text("direction") in ("in", "out", "note") else "",
        since=form.text("since") if form.text("since") in SINCE else "",
        files=form.flag("files"),
        person=person,
    )


def _found(
    tx: Transaction, asked: Asked, request: Ask, declared: Declared, now: datetime, before: str | None
) -> dict[str, Any]:
    found: dict[str, Any] = {"people": [], "hits": [], "cases": [], "before": None}
    alone = asked.kind
    if alone in ("", "people") and not asked.person and not before:
        found["people"] = persons(tx, asked.words, declared, PAGE if alone else FEW)
    if alone in ("", "cases") and not before and shown(request).may(Right.CASES_READ):
        narrowed = cases.Filters(
            search=asked.words, status=(asked.status,) if asked.status else (), person=asked.person
        )
        found["cases"], _ = cases.cases(tx, narrowed, limit=PAGE if alone else FEW)
    if alone in ("", "messages"):
        wanted = Wanted(
            person=asked.person,
            status=asked.status or None,
            channel=asked.channel or None,
            direction=asked.direction or None,
            since=now - SINCE[asked.since] if asked.since else None,
            files=asked.files,
        )
        found["hits"], found["before"] = search.search(tx, asked.words, wanted, limit=PAGE, before=before)
    return found


HANDLERS = [find, in_the_bar]
