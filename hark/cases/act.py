"""What is done with work by hand, by rules and by programs: each an event of our own that goes down the one path.

`by` says who: "member:<id>", "rule:<name>", "finding:<id>", "token:<name>". What these functions return is the event's id;
that of `case.opened`, `task.added` and `callback.asked` is also the id of what it makes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from hark.cases import reading, steps
from hark.cases.declared import NAME, Macro, check_fields, read
from hark.cases.steps import Subject
from hark.cases.work import about as history_of
from hark.errors import NotFound, Rejected
from hark.events.record import own, record_own
from hark.kit import clock
from hark.model import Identity
from hark.store import Transaction

State = Literal["online", "away", "offline"]
Result = Literal["reached", "no_answer", "busy", "wrong_number", "failed"]


def open_case(
    tx: Transaction,
    subject: str,
    *,
    by: str,
    about: str = "",
    identities: Sequence[Identity] = (),
    conversation: UUID | None = None,
    fields: Mapping[str, Any] | None = None,
    **more: Any,
) -> UUID:
    """The id of the case. `more`: priority, team, member, tags, due_at, device, order. Whose it is: an identity of theirs; a
    case about a conversation is its person's."""
    said = {"subject": subject, "about": about, "conversation": conversation, **more}
    if fields:
        said["fields"] = _fields(tx, fields)
    if conversation is not None and not identities:
        identities = reading.who_of(tx, conversation)
    if not subject.strip():
        raise Rejected("a case needs a subject")
    return _record(tx, "case.opened", by, _given(said), identities)


def change_case(tx: Transaction, case: UUID, *, by: str, **said: Any) -> UUID:
    """subject, about, status (open, waiting), priority, due_at, tags {add, remove}, fields, conversation, device, order."""
    if fields := said.get("fields"):
        said["fields"] = _fields(tx, fields)
    return _on(tx, case, "case.changed", by, said)


def assign_case(
    tx: Transaction, case: UUID, *, by: str, member: UUID | None, team: str | None, reason: str = ""
) -> UUID:
    return _on(tx, case, "case.assigned", by, {"member": member, "team": team, "reason": reason})


def close_case(tx: Transaction, case: UUID, *, by: str, resolution: str = "") -> UUID:
    missing = reading.missing_fields(tx, case)
    if missing:
        raise Rejected(f"before it can be closed, this is needed: {', '.join(missing)}")
    return _on(tx, case, "case.closed", by, {"resolution": resolution})


def reopen_case(tx: Transaction, case: UUID, *, by: str, reason: str = "") -> UUID:
    return _on(tx, case, "case.reopened", by, {"reason": reason})


def snooze_case(tx: Transaction, case: UUID, until: datetime, *, by: str) -> UUID:
    if until <= clock.now():
        raise Rejected("that moment is past already")
    return _on(tx, case, "case.snoozed", by, {"until": until})


def note(tx: Transaction, case: UUID, text: str, *, by: str, mentions: Sequence[UUID] = ()) -> UUID:
    """For ourselves only; who is mentioned is told."""
    if not text.strip():
        raise Rejected("a note needs a text")
    return _on(tx, case, "case.noted", by, {"text": text, "mentions": list(mentions)})


def add_task(
    tx: Transaction, case: UUID, text: str, *, by: str, member: UUID | None = None, due_at: datetime | None = None
) -> UUID:
    if not text.strip():
        raise Rejected("a task needs a text")
    return _on(tx, case, "task.added", by, {"text": text, "member": member, "due_at": due_at})


def do_task(tx: Transaction, task: UUID, *, by: str, undone: bool = False) -> UUID:
    found = reading.task(tx, task)
    return _on(tx, found.work_case, "task.done", by, {"task": task, "undone": undone})


def declare(tx: Transaction, kind: str, name: str, body: Mapping[str, Any], *, by: str) -> UUID:
    """A team, route, calendar, promise, automation, macro or field; replaces what had this name. Rejected says why not."""
    if not NAME.fullmatch(name):
        raise Rejected("a name starts with a small letter and has small letters, digits and _")
    found = read(kind, dict(body))
    reading.check_names(tx, found)
    return _record(tx, f"{kind}.defined", by, {"name": name, **msgspec.to_builtins(found)}, ())


def remove(tx: Transaction, kind: str, name: str, *, by: str) -> UUID:
    reading.declaration(tx, kind, name)
    return _record(tx, f"{kind}.removed", by, {"name": name}, ())


def stand(tx: Transaction, member: UUID, state: State, *, by: str) -> UUID:
    """Whether somebody is there: who is online is given work, who goes away has it taken back as their team says."""
    return _record(tx, "agent.state", by, {"member": member, "state": state}, ())


def skill(
    tx: Transaction,
    member: UUID,
    *,
    by: str,
    skills: Mapping[str, int] | None = None,
    languages: Mapping[str, int] | None = None,
    capacity: Mapping[str, int] | None = None,
) -> UUID:
    """What somebody can do (levels 1 to 5) and how much at once, by channel. What is not given stays."""
    said = {"member": member, "skills": skills, "languages": languages, "capacity": capacity}
    return _record(tx, "agent.skilled", by, _given(said), ())


def ask_next(tx: Transaction, member: UUID, *, by: str) -> UUID:
    """Pull: the router gives them the next that suits them, if there is any."""
    return _record(tx, "agent.asked", by, {"member": member}, ())


def ask_callback(
    tx: Transaction,
    *,
    by: str,
    phone: str,
    conversation: UUID | None = None,
    identities: Sequence[Identity] = (),
    time_zone: str | None = None,
    team: str | None = None,
) -> UUID:
    """The id of the call-back. Who waits in a conversation keeps their place."""
    if not phone.strip():
        raise Rejected("a call-back needs a number")
    who = tuple(identities) or (reading.who_of(tx, conversation) if conversation else ())
    said = {"conversation": conversation, "phone": phone, "time_zone": time_zone, "team": team}
    return _record(tx, "callback.asked", by, _given(said), who)


def call_tried(tx: Transaction, callback: UUID, result: Result, *, by: str) -> UUID:
    return _on_callback(tx, callback, "callback.tried", by, {"result": result})


def cancel_callback(tx: Transaction, callback: UUID, *, by: str) -> UUID:
    return _on_callback(tx, callback, "callback.cancelled", by, {})


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a macro did; `answers` are texts that it would say, for whoever sends answers."""

    events: list[UUID]
    answers: list[str]


def run_macro(tx: Transaction, name: str, subject: Subject, *, by: str, language: str | None = None) -> Ran:
    macro = msgspec.convert(reading.declaration(tx, "macro", name).body, Macro)
    events, answers = [], []
    for step in macro.steps:
        made = steps.effect(step, subject, clock.now(), by=by, language=language)
        if made is None:
            continue
        event, said = made
        if event == steps.ANSWER:
            answers.append(said["text"])
        else:
            events.append(_record(tx, event, by, {**said, "macro": name}, history_of(subject.anchor)))
    return Ran(events=events, answers=answers)


def _on(tx: Transaction, case: UUID, name: str, by: str, said: Mapping[str, Any]) -> UUID:
    found = reading.case(tx, case)
    return _record(tx, name, by, {"case": case, **said}, history_of(found.anchor))


def _on_callback(tx: Transaction, callback: UUID, name: str, by: str, said: Mapping[str, Any]) -> UUID:
    found = reading.ticket(tx, callback)
    if found.kind != "callback":
        raise NotFound(f"there is no call-back {callback}")
    if found.state == "left":
        raise Rejected(f"this call-back is over: {found.outcome}", status=409)
    return _record(tx, name, by, {"callback": callback, **said}, history_of(found.anchor))


def _record(tx: Transaction, name: str, by: str, said: Mapping[str, Any], who: Sequence[Identity]) -> UUID:
    event = own(name, by=by, identities=tuple(who))
    plain = msgspec.to_builtins({**event.properties, **said})
    return record_own(tx, [msgspec.structs.replace(event, properties=plain)])[0]


def _fields(tx: Transaction, said: Mapping[str, Any]) -> dict[str, Any]:
    return check_fields(reading.fields(tx), dict(said))


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}
