"""Asking rules about one event: what is known of the person behind it, and of the conversation, message or case at hand."""

from typing import Any

from hark.cases.case import facts as case_facts
from hark.cases.declared import Declarations, Promise, rule
from hark.cases.work import Case
from hark.conditions import Known
from hark.kit.clock import milliseconds
from hark.model import Context, Conversation, Message, Profile


def holds(condition: str, known: Known, context: Context) -> bool:
    return not condition or rule(condition).holds(known, milliseconds(context.event.received_at))


def known(context: Context, case: Case | None = None) -> Known:
    event = context.event
    about: dict[str, dict[str, Any]] = {
        "event": {**event.properties, "name": event.name, "channel": event.channel, "source": event.source}
    }
    if context.conversation is not None:
        about["conversation"] = conversation_facts(context.conversation)
    if context.message is not None:
        about["message"] = message_facts(context.message)
    if case is not None:
        about["case"] = case_facts(case)
    return person(context.profile, about)


def person(profile: Profile | None, about: dict[str, dict[str, Any]]) -> Known:
    """What a rule may ask of a person: their profile; windows of days are kept by segments."""
    if profile is None:
        return Known(about=about)
    seen = {name: profile.counts.get(name, 0) for name in {*profile.counts, *profile.firsts, *profile.lasts}}
    traits = profile.traits
    return Known(
        traits=traits,
        computed=profile.computed,
        counts={name: [n, profile.firsts.get(name, 0), profile.lasts.get(name, 0)] for name, n in seen.items()},
        consents=profile.consents,
        segments=set(profile.segments),
        phase=profile.phase,
        language=_text(traits.get("language") or traits.get("locale")),
        time_zone=_text(traits.get("time_zone") or traits.get("timezone")),
        about=about,
        first_seen=milliseconds(profile.first_seen) if profile.first_seen else None,
        last_seen=milliseconds(profile.last_seen) if profile.last_seen else None,
    )


def conversation_facts(one: Conversation) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "status": one.status,
        "language": one.language,
        "team": one.team,
        "member": str(one.member) if one.member else None,
        "priority": one.priority,
        "tags": list(one.tags),
        "subject": one.subject,
        "source": one.source,
        "waiting": one.waiting_since is not None,
    }


def message_facts(one: Message) -> dict[str, Any]:
    return {
        "text": one.text,
        "subject": one.subject,
        "direction": one.direction,
        "author": one.author,
        "language": one.language,
        "channel": one.channel,
    }


def promise_for(declared: Declarations, about: str, asked: Known, context: Context) -> tuple[str, Promise] | None:
    """The first promise whose condition holds."""
    for name, one in declared.promises():
        if one.about == about and holds(one.condition, asked, context):
            return name, one
    return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
