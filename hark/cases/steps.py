"""What a step of an automation or a macro does: the name and properties of the event that says it. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.cases.declared import Step

Made = tuple[str, dict[str, Any]]
ANSWER = "conversation.answer"


class Subject(Struct, frozen=True):
    """What steps are done to. `conversation` is the one that a case is linked with."""

    kind: str  # conversation | case
    id: UUID
    conversation: UUID | None = None
    anchor: UUID | None = None


def effect(step: Step, subject: Subject | None, now: datetime, *, by: str, language: str | None = None) -> Made | None:
    """None where the step makes no sense here, such as answering where there is no conversation."""
    made = _MAKE[step.do](step, subject, now, language)
    if made is None:
        return None
    name, said = made
    return name, {**said, "by": by}


def _on(subject: Subject, what: str, case: str, said: dict[str, Any], of_case: dict[str, Any] | None = None) -> Made:
    if subject.kind == "case":
        return case, {"case": str(subject.id), **(said if of_case is None else of_case)}
    return what, {"conversation": str(subject.id), **said}


def _assign(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    """A team alone takes it back from whoever has it: the team's members are asked anew."""
    said: dict[str, Any] = {"member": str(step.member) if step.member else None}
    if step.team is not None:
        said["team"] = step.team
    return _on(subject, "conversation.assigned", "case.assigned", said) if subject else None


def _prioritise(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    said = {"priority": step.priority}
    return _on(subject, "conversation.prioritised", "case.changed", said) if subject else None


def _tag(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    said = {"tags": {"add": list(step.add), "remove": list(step.remove)}}
    return _on(subject, "conversation.tagged", "case.changed", said) if subject else None


def _close(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    said = {"reason": step.text}
    return _on(subject, "conversation.closed", "case.closed", said, {"resolution": step.text}) if subject else None


def _reopen(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    return _on(subject, "conversation.reopened", "case.reopened", {}) if subject else None


def _snooze(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    said = {"until": (now + timedelta(seconds=step.seconds or 0)).isoformat()}
    return _on(subject, "conversation.snoozed", "case.snoozed", said) if subject else None


def _note(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    said = {"text": step.text, "mentions": [str(one) for one in step.mentions]}
    of_conversation = {**said, "note": True, "author": "hark"}
    return _on(subject, "message.written", "case.noted", of_conversation, said) if subject else None


def _open_case(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    if subject is not None and subject.kind == "case":
        return None
    said: dict[str, Any] = {"subject": step.subject, "about": step.text, "tags": {"add": list(step.add)}}
    said |= {"team": step.team, "member": str(step.member) if step.member else None, "priority": step.priority or 0}
    return "case.opened", said | ({"conversation": str(subject.id)} if subject else {})


def _add_task(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    if subject is None or subject.kind != "case":
        return None
    due = (now + timedelta(seconds=step.seconds)).isoformat() if step.seconds else None
    member = str(step.member) if step.member else None
    return "task.added", {"case": str(subject.id), "text": step.text, "member": member, "due_at": due}


def _answer(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    """In the language of the conversation where the text is there in it."""
    if subject is None or subject.conversation is None:
        return None
    return ANSWER, {"conversation": str(subject.conversation), "text": _words(step, language), "language": language}


def _words(step: Step, language: str | None) -> str:
    return step.texts.get(language or "") or step.text or next(iter(step.texts.values()), "")


def _ask_rating(step: Step, subject: Subject | None, now: datetime, language: str | None) -> Made | None:
    """Ask how it was: the chat by its own form, other channels by a link. With a text the link comes with these words."""
    if subject is None or subject.conversation is None:
        return None
    words = _words(step, language)
    return "rating.asked", {"conversation": str(subject.conversation)} | ({"text": words} if words else {})


_MAKE: dict[str, Callable[[Step, Subject | None, datetime, str | None], Made | None]] = {
    "assign": _assign,
    "prioritise": _prioritise,
    "tag": _tag,
    "close": _close,
    "reopen": _reopen,
    "snooze": _snooze,
    "note": _note,
    "open_case": _open_case,
    "add_task": _add_task,
    "answer": _answer,
    "ask_rating": _ask_rating,
}
