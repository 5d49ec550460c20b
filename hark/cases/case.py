"""One case as the events about it tell it. Pure: what it was, and what one event makes of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from hark.cases.work import Case, Note, Task
from hark.kit.clock import instant
from hark.kit.text import clean
from hark.model import Context, Event

CASE_EVENTS = frozenset(
    ("case.opened", "case.changed", "case.assigned", "case.closed", "case.reopened", "case.snoozed", "case.noted")
)
MOST_TAGS = 50
_LINKS = ("conversation", "device", "order")


def opened(context: Context) -> Case:
    """The case that an event opens; its id is the event's."""
    event, said = context.event, context.event.properties
    case = Case(
        id=event.id,
        number=event.position,
        anchor=context.anchor,
        subject=text(said.get("subject"), 500) or "…",
        about=text(said.get("about"), 20_000) or "",
        opened_at=event.at,
        opened_by=str(said.get("by") or event.source)[:200],
        changed_at=event.at,
        position=event.position,
    )
    _change(case, {**said, "subject": case.subject})
    _assign(case, said)
    return case


def changed(case: Case, event: Event) -> None:
    """Bring a case up to one of its events."""
    said = event.properties
    if event.name == "case.changed":
        _change(case, said)
    elif event.name == "case.assigned":
        _assign(case, said)
    elif event.name == "case.closed":
        case.status, case.closed_at, case.snoozed_until = "closed", event.at, None
        case.resolution = text(said.get("resolution"), 5000)
    elif event.name == "case.reopened":
        _reopen(case)
    elif event.name == "case.snoozed":
        case.status, case.snoozed_until = "snoozed", instant(said.get("until"))
    case.changed_at = max(case.changed_at, event.at)
    case.position = event.position


def wake(case: Case, event: Event) -> bool:
    """A snooze is over: whether this timer means it."""
    if case.status != "snoozed" or case.snoozed_until is None or case.snoozed_until > event.at:
        return False
    case.status, case.snoozed_until = "open", None
    case.changed_at, case.position = event.at, event.position
    return True


def noted(event: Event, case: UUID) -> Note:
    said = event.properties
    return Note(
        id=event.id,
        work_case=case,
        at=event.at,
        author=str(said.get("by") or "hark")[:200],
        text=text(said.get("text"), 20_000) or "",
        mentions=tuple(ids(said.get("mentions"))),
        position=event.position,
    )


def task(event: Event, case: UUID) -> Task:
    said = event.properties
    return Task(
        id=event.id,
        work_case=case,
        text=text(said.get("text"), 2000) or "…",
        member=id_of(said.get("member")),
        due_at=instant(said.get("due_at")),
        position=event.position,
    )


def done(task: Task, event: Event) -> None:
    undone = event.properties.get("undone") is True
    task.done_at = None if undone else event.at
    task.done_by = None if undone else str(event.properties.get("by") or "hark")[:200]
    task.position = event.position


def _change(case: Case, said: dict[str, Any]) -> None:
    if subject := text(said.get("subject"), 500):
        case.subject = subject
    if "about" in said:
        case.about = text(said["about"], 20_000) or ""
    if said.get("status") in ("open", "waiting") and case.status != "closed":
        case.status, case.snoozed_until = said["status"], None
    if isinstance(said.get("priority"), int):
        case.priority = max(-1, min(2, said["priority"]))
    if "due_at" in said:
        case.due_at = instant(said["due_at"])
    if isinstance(tags := said.get("tags"), dict | list):
        case.tags = retagged(case.tags, tags)
    if isinstance(fields := said.get("fields"), dict):
        case.fields = {name: value for name, value in {**case.fields, **fields}.items() if value is not None}
    _link(case, said)


def _link(case: Case, said: dict[str, Any]) -> None:
    if "conversation" in said:
        case.conversation = id_of(said["conversation"])
    if "device" in said:
        case.device = text(said["device"], 200)
    if "order" in said:
        case.order_number = text(said["order"], 200)


def _assign(case: Case, said: dict[str, Any]) -> None:
    if "member" in said:
        case.member = id_of(said["member"])
    if "team" in said:
        case.team = text(said["team"], 63)


def _reopen(case: Case) -> None:
    if case.status == "closed":
        case.reopened += 1
    case.status, case.closed_at, case.resolution, case.snoozed_until = "open", None, None, None


def retagged(tags: list[str], said: dict[str, Any] | list[Any]) -> list[str]:
    """{"add": […], "remove": […]}, or a whole new list; sorted, each once."""
    if isinstance(said, list):
        said = {"add": said, "remove": tags}
    kept = set(tags) - set(_words(said.get("remove"))) | set(_words(said.get("add")))
    return sorted(kept)[:MOST_TAGS]


def _words(value: Any) -> list[str]:
    return [word for one in value if (word := text(one, 60))] if isinstance(value, list) else []


def text(value: Any, longest: int) -> str | None:
    return clean(value).strip()[:longest] or None if isinstance(value, str) else None


def id_of(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def ids(value: Any) -> list[UUID]:
    found = (id_of(one) for one in value) if isinstance(value, list) else ()
    return list(dict.fromkeys(one for one in found if one is not None))[:50]


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def facts(case: Case) -> dict[str, Any]:
    """What a rule may ask of a case."""
    found: dict[str, Any] = msgspec.to_builtins(case)
    return {name: found[name] for name in ("subject", "status", "team", "member", "priority", "tags", "reopened")}
