"""What an event says about a conversation: its properties read into plain facts, each within its limit. Pure."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from hark.conversations.tokens import Token, read
from hark.events.sources import OWN
from hark.kit.clock import instant
from hark.kit.ids import derived
from hark.kit.text import clean
from hark.model import SAID_BY_CHANNELS, Declared, Event, File, Identity

LONGEST = 100_000  # letters of a message; the recorded request keeps all of it
LONGEST_HTML = 400_000
MOST_FILES, MOST_REFERENCES, MOST_TAGS = 100, 100, 50
AHEAD = timedelta(minutes=5)  # a sender's clock may run ahead of ours
CUT = "\n[…]"

RECEIVED, WRITTEN, WITHDRAWN = "message.received", "message.written", "message.withdrawn"
DELIVERY, READ = "message.delivery", "message.read"
LIFTED = "address.lifted"
MERGED, SPLIT, RESTORED = "conversation.merged", "conversation.split", "conversation.restored"
# What a channel may say; everything else about conversations is said by our own events only.
FROM_CHANNELS = SAID_BY_CHANNELS
BY_HAND = frozenset(
    {
        WRITTEN,
        WITHDRAWN,
        LIFTED,
        "conversation.assigned",
        "conversation.closed",
        "conversation.reopened",
        "conversation.snoozed",
        "conversation.tagged",
        "conversation.prioritised",
        "conversation.titled",
        MERGED,
        SPLIT,
        RESTORED,
    }
)
PARTING = frozenset({"person.split", "merge.reverted"})
SNOOZE = "conversation.snooze"


def concerns(event: Event) -> bool:
    if event.name in FROM_CHANNELS:
        return True
    if event.source != OWN.id:
        return False
    return event.name in BY_HAND or event.name in PARTING or wakes(event) is not None


def wakes(event: Event) -> UUID | None:
    """The snoozed conversation whose moment has come."""
    if event.name == "timer.due" and event.properties.get("timer") == SNOOZE:
        return id_of(event.properties.get("conversation"))
    return None


def moment(event: Event) -> datetime:
    return min(event.at, event.received_at + AHEAD)


def id_of(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def ids(value: Any, most: int = 10_000) -> list[UUID]:
    listed = value if isinstance(value, list) else [value]
    return [id for item in listed[:most] if (id := id_of(item))]


def conversation(event: Event) -> UUID | None:
    return id_of(event.properties.get("conversation"))


def message(event: Event) -> UUID | None:
    return id_of(event.properties.get("message"))


def text(event: Event, name: str, most: int = LONGEST) -> str:
    value = event.properties.get(name)
    if not isinstance(value, str):
        return ""
    return value if len(value) <= most else value[: most - len(CUT)] + CUT


def word(event: Event, name: str, most: int = 500) -> str | None:
    value = event.properties.get(name)
    return clean(value).strip()[:most] or None if isinstance(value, str) else None


def address(value: Any) -> tuple[Identity | None, str | None]:
    """{kind, value, name} as an identity and what they call themselves."""
    if not isinstance(value, dict):
        return None, None
    kind, pointer, name = value.get("kind"), value.get("value"), value.get("name")
    called = clean(name).strip()[:200] or None if isinstance(name, str) else None
    if not isinstance(kind, str) or not isinstance(pointer, str) or not kind or not pointer.strip():
        return None, called
    return Identity(kind[:100], clean(pointer).strip()[:500]), called


def addressed(event: Event, name: str = "to") -> list[Identity]:
    """Everybody whom the message is addressed to."""
    listed = event.properties.get(name)
    listed = listed if isinstance(listed, list) else [listed]
    return [who for item in listed[:MOST_REFERENCES] if (who := address(item)[0])]


def identity_id(who: Identity | None, declared: Declared) -> UUID | None:
    """The id that the room `people` gives this identity; None where it points to nobody."""
    if who is None:
        return None
    known = declared.kinds.get(who.kind)
    spelled = known.normalise(who.value) if known else who.value
    return derived(who.kind, spelled, salt=declared.salt) if spelled else None


def says_something(event: Event) -> bool:
    said = event.properties
    return any(said.get(name) for name in ("text", "html", "whole", "subject", "external_id", "from")) or bool(
        files(event)
    )


def files(event: Event) -> list[dict[str, Any]]:
    listed = event.properties.get("files")
    if not isinstance(listed, list):
        return []
    read = []
    for item in listed[:MOST_FILES]:
        try:
            read.append(msgspec.to_builtins(msgspec.convert(item, File)))
        except msgspec.ValidationError:
            continue  # the event keeps what it is
    return read


def buttons(event: Event) -> list[list[str]]:
    listed = event.properties.get("buttons")
    listed = listed[:MOST_TAGS] if isinstance(listed, list) else []
    pairs = [one for one in listed if isinstance(one, list) and len(one) == 2 and all(isinstance(w, str) for w in one)]
    return [[title[:200], value[:500]] for title, value in pairs]


def _thread(event: Event, name: str) -> list[str]:
    thread = event.properties.get("thread")
    listed = thread.get(name) if isinstance(thread, dict) else None
    return [item for item in listed[-MOST_REFERENCES:] if isinstance(item, str)] if isinstance(listed, list) else []


def tokens(event: Event) -> list[Token]:
    """What the message claims to answer, the newest first."""
    return [token for item in reversed(_thread(event, "tokens")) if (token := read(item))]


def references(event: Event) -> list[str]:
    """The channel's own ids of earlier messages, the newest first."""
    return [item[:500] for item in reversed(_thread(event, "references"))]


def trust(event: Event) -> str:
    said = event.properties.get("trust")
    return said if said in ("verified", "unverified") else "claimed"


def automatic(event: Event) -> bool:
    return event.properties.get("automatic") is True


def until(event: Event) -> datetime | None:
    return instant(event.properties.get("until"))


def tags(event: Event, which: str) -> list[str]:
    said = event.properties.get("tags")
    listed = said.get(which) if isinstance(said, dict) else None
    if not isinstance(listed, list):
        return []
    return [clean(tag).strip()[:100] for tag in listed[:MOST_TAGS] if isinstance(tag, str) and tag.strip()]
