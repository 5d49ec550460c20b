"""What is done with a case on the way: how far it is, its tasks, its notes."""

from typing import Any
from uuid import UUID

import msgspec

from hark.cases import act as cases
from hark.cases import reading
from hark.cases.work import Case, about
from hark.errors import Rejected
from hark.events.record import own, record_own
from hark.handheld import book
from hark.handheld.book import Act, Conflict
from hark.store import Transaction

STEPS = ("accepted", "en_route", "on_site", "done", "incomplete")
# Fields of cases that the way of a technician fills; declared when the first of them sets out.
FIELDS: dict[str, dict[str, Any]] = {
    "progress": {"label": "How far it is", "type": "choice", "choices": list(STEPS), "place": 900},
    "progress_reason": {"label": "Why it could not be finished", "type": "text", "place": 901},
}


def progress(tx: Transaction, act: Act, by: str, member: UUID) -> UUID:
    """Done closes the case, all else leaves it open. What somebody else moved on since is a conflict."""
    case, to = reading.case(tx, act.about), act.data.get("to")
    if to not in STEPS:
        raise Rejected(f"how far it is is one of {', '.join(STEPS)}")
    if not act.force and case.position > act.seen:
        _look_again(case, act)
    reason = str(act.data.get("reason") or "")[:2000] or None
    _declare(tx, by)
    event = _change(tx, case, {"progress": to, "progress_reason": reason}, by)
    return cases.close_case(tx, case.id, by=by, resolution="done") if to == "done" else event


def note(tx: Transaction, act: Act, by: str, member: UUID) -> UUID:
    """Files of a note stand in its text by name; the bytes are kept with the case's conversation where it has one."""
    text = str(act.data.get("text") or "")[:20_000]
    files = book.files_of(tx, member, act.files)
    if files:
        text = f"{text}\n[{', '.join(file.name for file in files)}]".strip()
    return cases.note(tx, act.about, text, by=by)


def task(tx: Transaction, act: Act, by: str, member: UUID) -> UUID:
    try:
        number = UUID(str(act.data.get("task")))
    except ValueError:
        raise Rejected("which task?") from None
    return cases.do_task(tx, number, by=by, undone=act.data.get("done") is not True)


def take(tx: Transaction, act: Act, by: str, member: UUID) -> UUID | None:
    case = reading.case(tx, act.about)
    if case.member == member:
        return None
    if not act.force and case.member is not None and case.position > act.seen:
        raise Conflict("taken")
    return cases.assign_case(tx, case.id, by=by, member=member, team=case.team, reason="phone")


def _look_again(case: Case, act: Act) -> None:
    if case.status == "closed":
        raise Conflict("closed")
    if case.fields.get("progress") != act.data.get("from"):
        raise Conflict("moved")


def _declare(tx: Transaction, by: str) -> None:
    known = reading.fields(tx)
    for name, field in FIELDS.items():
        if name not in known:
            cases.declare(tx, "field", name, field, by=by)


def _change(tx: Transaction, case: Case, fields: dict[str, Any], by: str) -> UUID:
    # Not through `change_case`: the fields may have been declared in this very transaction.
    event = own(
        "case.changed", by=by, identities=about(case.anchor), properties={"case": str(case.id), "fields": fields}
    )
    return record_own(tx, [msgspec.structs.replace(event, properties=msgspec.to_builtins(event.properties))])[0]
