"""Builders for stories in conversations: what arrives by channels stands in the log as plug-ins would put it there."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hark import flow
from hark.conversations import reading
from hark.events.load import _line
from hark.events.record import Own, own, queries
from hark.kit.ids import event_id
from hark.model import Conversation, Event, Identity, Message
from hark.testing.house import House

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TABLES = (
    "conversation",
    "conversation_message",
    "conversation_seen",
    "conversation_receipt",
    "conversation_change",
    "conversation_returned",
)


def mail(
    sender: str, text: str, minute: float = 0, *, source: str = "mail", id: str | None = None, **properties: Any
) -> Event:
    """A letter from an address at so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    number = id or f"{sender}-{minute}-{text}"
    said = {
        "text": text,
        "from": {"kind": "email", "value": sender, "name": sender.split("@")[0].title()},
        "to": [{"kind": "email", "value": "care@shop.example"}],
        "external_id": f"<{number}>",
        **properties,
    }
    identities = () if said.get("trust") == "unverified" else (Identity("email", sender),)
    return _event("message.received", number, at, source, "email", identities, said)


def chat(visitor: str, text: str, minute: float = 0, **properties: Any) -> Event:
    at = NOON + timedelta(minutes=minute)
    said = {"text": text, "from": {"kind": "anonymous_id", "value": visitor}, **properties}
    number = f"{visitor}-{minute}-{text}"
    return _event("message.received", number, at, "site", "chat", (Identity("anonymous_id", visitor),), said)


def told(name: str, minute: float, source: str = "mail", who: str = "", **properties: Any) -> Event:
    """What else a channel says."""
    at = NOON + timedelta(minutes=minute)
    identities = (Identity("email", who),) if who else ()
    return _event(name, f"{name}-{minute}-{properties}", at, source, "email", identities, properties)


def hand(name: str, minute: float, **properties: Any) -> Own:
    """An event of our own."""
    at = NOON + timedelta(minutes=minute)
    return own(name, at=at, message_id=f"{name}-{minute}-{sorted(properties.items())}", properties=properties)


def _event(
    name: str,
    number: str,
    at: datetime,
    source: str,
    channel: str,
    identities: tuple[Identity, ...],
    properties: dict[str, Any],
) -> Event:
    return Event(
        id=event_id(at, source, number),
        type="track",
        name=name,
        at=at,
        received_at=at,
        source=source,
        message_id=number,
        identities=identities,
        properties=properties,
        channel=channel,
    )


class Talk:
    def __init__(self, house: House) -> None:
        self.house = house

    def hear(self, *events: Event | Own) -> None:
        """Each is known before the next arrives."""
        for event in events:
            if isinstance(event, Own):
                self.house.say(event, received_at=event.at)
            else:
                self.log([event])
                self.house.settle()

    def log(self, events: Sequence[Event]) -> None:
        with self.house.database.transaction() as tx:
            tx.copy(queries.copy_events, (_line(event, 0) for event in events))

    def conversations(self) -> list[Conversation]:
        rows = self.house.query("select id from conversation where merged_into is null order by opened_at, id")
        with self.house.database.transaction() as tx:
            return [reading.conversation(tx, row["id"]) for row in rows]

    def thread(self, conversation: UUID | None = None) -> list[Message]:
        with self.house.database.transaction() as tx:
            return reading.thread(tx, conversation or self.conversations()[0].id, 500)[0]

    def texts(self, conversation: UUID | None = None) -> list[str]:
        return [message.text for message in self.thread(conversation)]

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return {table: self.house.query(f"select * from {table} t order by t::text") for table in TABLES}

    def replay(self) -> None:
        flow.start_replay(self.house.hark.engines())
        self.house.settle()
