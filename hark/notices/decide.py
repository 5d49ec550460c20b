"""Which events somebody is told of: one decision `member.notify` for each, with those to tell and why."""

from collections.abc import Iterator
from uuid import UUID

from hark.events.decisions import proposed
from hark.model import Action, Context, Declared
from hark.store import Transaction

ACTION = "member.notify"
DECIDER = "notices"
# Own events that make a case or a conversation somebody's, and the kind of notice that this is.
_ASSIGNED = {"conversation.assigned": "assigned", "case.assigned": "case"}


def decide(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    for context in contexts:
        told = dict(_told(context))
        if told:
            parameters = {"members": told, **_about(context)}
            decision = proposed(context, DECIDER, Action(name=ACTION, parameters=parameters))
            context.decisions = (*context.decisions, decision)
    return contexts


def _told(context: Context) -> Iterator[tuple[str, str]]:
    """Whom, and of what kind; nobody is told of what they did themselves."""
    event, said = context.event, context.event.properties
    by = str(said.get("by") or said.get("author") or "").removeprefix("member:")
    own = event.source == "hark"
    if own and event.name in _ASSIGNED and (member := _id(said.get("member"))) and member != by:
        yield member, _ASSIGNED[event.name]
    if own and event.name == "promise.warned" and (member := _id(said.get("member"))):
        yield member, "promise"
    message, conversation = context.message, context.conversation
    if message and conversation and message.direction == "in" and conversation.member:
        yield str(conversation.member), "answered"
    if own and event.name in ("message.written", "case.noted"):
        mentions = said.get("mentions")
        for mentioned in mentions if isinstance(mentions, list) else ():
            if (member := _id(mentioned)) and member != by:
                yield member, "mentioned"


def _about(context: Context) -> dict[str, str]:
    """What the notice opens, and an excerpt of what was written. The event itself stays in the log."""
    about: dict[str, str] = {}
    said = context.event.properties
    if conversation := context.conversation.id if context.conversation else _id(said.get("conversation")):
        about["conversation"] = str(conversation)
    if case := _id(said.get("case")):
        about["case"] = case
    if text := context.message.text if context.message else str(said.get("text") or said.get("subject") or ""):
        about["text"] = text[:300]
    return about


def _id(value: object) -> str | None:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None
