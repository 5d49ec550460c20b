"""Probable duplicates: pairs that wait for a decision, with what speaks for and against each, side by side."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hark.desk.joining import PATIENCE, by
from hark.errors import Rejected
from hark.events.record import wait_for
from hark.model import Declared
from hark.people import glance, matching
from hark.people.matching import Candidate, Choice
from hark.people.records import FIELDS
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

PAGE = 20
HERE = "/duplicates"
STRONGEST = 14  # bits at which a bar is full: sixteen thousand to one
# What may be chosen, as the form sends it.
REVIEW = ("0.5", "0.8", "0.9", "0.95", "0.99")
JOIN = ("", "0.99", "0.999", "0.9999")


@shows(HERE, right=Right.PEOPLE_READ)
def duplicates(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        candidates = matching.review(tx, PAGE)
        waiting = matching.waiting(tx)
        learnt = matching.learnt(tx)
        choice = matching.chosen(tx)
        how_many = glance.how_many(tx)
    return page(
        request,
        "desk/duplicates.html",
        pairs=[_pair(candidate) for candidate in candidates],
        waiting=waiting,
        learnt=learnt,
        how_many=how_many,
        review=f"{choice.review_above:g}",
        join=f"{choice.join_above:g}" if choice.join_above else "",
        review_choices=REVIEW,
        join_choices=JOIN,
    )


@does(f"{HERE}/merge", right=Right.PEOPLE_WRITE)
def merge(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    a, b = _ids(form)
    with database.transaction() as tx:
        done = matching.join_by_hand(tx, a, b, declared, by=by(request))
    undo = f"/merges/{done.id}/revert?" + urlencode({"back": HERE})
    if not wait_for(database, done.event, PATIENCE):
        return go(request, HERE, "The merge is recorded and takes effect in a moment.", undo=undo)
    return go(request, HERE, "They are one person now.", undo=undo)


@does(f"{HERE}/dismiss", right=Right.PEOPLE_WRITE)
def dismiss(request: Ask, form: Form, database: Database) -> Answer:
    a, b = _ids(form)
    with database.transaction() as tx:
        matching.dismiss(tx, a, b, by=by(request))
    undo = f"{HERE}/reopen?" + urlencode({"a": a, "b": b})
    return go(request, HERE, "They stay two, and are not shown here again.", undo=undo)


@does(f"{HERE}/reopen", right=Right.PEOPLE_WRITE)
def reopen(request: Ask, form: Form, database: Database) -> Answer:
    a, b = _ids(form)
    with database.transaction() as tx:
        matching.reopen(tx, a, b, by=by(request))
    return go(request, HERE, "They wait for a decision again.")


@does(f"{HERE}/choose", right=Right.SETTINGS_WRITE)
def choose(request: Ask, form: Form, database: Database) -> Answer:
    review, join = form.text("review"), form.text("join")
    if review not in REVIEW or join not in JOIN:
        raise Rejected("choose from the list")
    with database.transaction() as tx:
        choice = Choice(review_above=float(review), join_above=float(join) if join else None)
        matching.choose(tx, choice, by=by(request))
    return go(request, HERE, "Kept; the next run goes by it.")


def _pair(candidate: Candidate) -> dict[str, Any]:
    """What is compared in rows: both values, how alike, and how much it speaks for one person (below zero: against)."""
    alike = {field.name: field for field in candidate.fields}
    a, b = candidate.a.record, candidate.b.record
    rows = []
    for name in FIELDS:
        if name not in a and name not in b:
            continue
        field = alike.get(name)
        rows.append(
            {
                "name": name,
                "a": _written(name, a.get(name)),
                "b": _written(name, b.get(name)),
                "same": field is not None and field.alike == "same",
                "alike": field.alike if field else "",
                "weight": round(field.weight, 1) if field else 0.0,
                "bar": min(abs(field.weight), STRONGEST) if field else 0.0,
            }
        )
    return {"candidate": candidate, "rows": rows, "names": (_name(a), _name(b)), "full": STRONGEST}


def _written(name: str, value: str | None) -> str | None:
    if name == "birthday" and value and len(value) == 8 and value.isdigit():
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return value


def _name(record: dict[str, str | None]) -> str:
    return " ".join(part for part in (record.get("first_name"), record.get("last_name")) if part) or (
        record.get("email") or ""
    )


def _ids(form: Form) -> tuple[UUID, UUID]:
    try:
        return UUID(form.text("a")), UUID(form.text("b"))
    except ValueError:
        raise Rejected("choose a pair first") from None


HANDLERS = [duplicates, merge, dismiss, reopen, choose]
