"""A rating that was asked for becomes a decision to ask: one for each event that says so."""

from uuid import UUID

from hark.events.decisions import proposed
from hark.model import Action, Context, Declared
from hark.store import Transaction

ACTION = "rating.ask"
LONGEST = 20_000  # letters of the words that a rule asks with


def decide(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    for context in contexts:
        event = context.event
        if event.source != "hark" or event.name != "rating.asked":
            continue
        if conversation := _id(event.properties.get("conversation")):
            text = event.properties.get("text")
            words = {"text": text[:LONGEST]} if isinstance(text, str) and text.strip() else {}
            action = Action(name=ACTION, parameters={"conversation": conversation, **words})
            context.decisions = (*context.decisions, proposed(context, "surveys", action))
    return contexts


def _id(value: object) -> str | None:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None
