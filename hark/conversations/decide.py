"""What we propose to do because of a batch: confirm that a new conversation has come in, where its channel is to."""

from typing import Any

from hark.conversations.by_rule import ACTION
from hark.events.sources import all_sources
from hark.kit.ids import derived
from hark.model import Action, Context, Decision, Declared
from hark.store import Transaction

DECIDER = "confirmation"


def decide(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    begun = [context for context in contexts if _deserves(context)]
    if not begun:
        return contexts
    texts = {source.id: _text(source.settings) for source in all_sources(tx)}
    for context in begun:
        if text := texts.get(context.event.source):
            context.decisions = (*context.decisions, _confirmation(context, text))
    return contexts


def _deserves(context: Context) -> bool:
    """A person has begun; whether they are answered is looked at again when it is sent."""
    message = context.message
    if not context.opened or message is None or message.direction != "in" or context.event.historical:
        return False
    return not message.automatic and message.trust != "unverified"


def _confirmation(context: Context, text: str) -> Decision:
    message = context.message
    assert message
    return Decision(
        id=derived(str(context.event.id), DECIDER, ACTION, "0"),
        event=context.event.id,
        decider=DECIDER,
        action=Action(name=ACTION, parameters={"conversation": str(message.conversation), "text": text}),
        person=context.person.id if context.person else None,
    )


def _text(settings: dict[str, Any]) -> str:
    said = settings.get("acknowledge")
    return said.strip() if isinstance(said, str) else ""
