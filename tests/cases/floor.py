"""Builders for stories on the floor of a care centre: who writes, who works, and time that passes only when told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from hark import flow
from hark.cases import reading, wall
from hark.cases.work import Case, Ticket
from hark.events import timers
from hark.events.record import Own, own
from hark.model import Conversation, Event
from hark.testing.house import House
from tests.conversations.talk import NOON, Talk, chat

SEED = UUID("6f1f0c6e-0000-4000-8000-000000000000")
BO, ADA, CY = (uuid5(SEED, name) for name in ("bo", "ada", "cy"))
TABLES = (
    *("declaration", "work_case", "case_note", "case_task", "agent", "ticket", "queue_pace", "wait_told"),
    *("promise_clock", "effort"),
)


class Floor:
    """Minutes are counted from noon."""

    def __init__(self, house: House) -> None:
        self.house, self.talk = house, Talk(house)
        self.minute = -1.0

    def declare(self, kind: str, name: str, /, **body: Any) -> None:
        self.do(f"{kind}.defined", None, name=name, **body)

    def do(self, event: str, minute: float | None = None, /, **said: Any) -> UUID:
        """Something by hand; its id."""
        self._go(minute)
        number = f"{event}-{self.minute}-{sorted(said.items(), key=str)}"
        self.talk.hear(own(event, at=self.at(self.minute), message_id=number, properties=said))
        return self.house.query("select id from event where message_id = %s", number)[0]["id"]

    def online(self, *members: UUID, minute: float | None = None) -> None:
        for member in members:
            self.do("agent.state", minute, member=str(member), state="online")

    def chats(self, visitor: str, text: str = "hello", minute: float | None = None, **said: Any) -> Conversation:
        self._go(minute)
        self.talk.hear(chat(visitor, text, self.minute, **said))
        return self.conversation(visitor)

    def hears(self, *events: Event | Own) -> None:
        self.talk.hear(*events)

    def answers(self, conversation: UUID, member: UUID, text: str = "hi", minute: float | None = None) -> None:
        said = {"conversation": str(conversation), "text": text, "author": f"member:{member}"}
        self.do("message.written", minute, **said)

    def closes(self, conversation: UUID, minute: float | None = None) -> None:
        self.do("conversation.closed", minute, conversation=str(conversation))

    def wait(self, minute: float) -> None:
        """Time goes by: what comes due is said in its order."""
        while due := self.house.query("select min(due_at) as at from timer where due_at <= %s", self.at(minute)):
            if due[0]["at"] is None:
                break
            with self.house.database.transaction() as tx:
                timers.come_due(tx, due[0]["at"])
            self.house.settle()
        self._go(minute)

    def at(self, minute: float) -> datetime:
        return NOON + timedelta(minutes=minute)

    def conversation(self, visitor: str) -> Conversation:
        found = [one for one in self.talk.conversations() if one.to and one.to.value == visitor]
        return found[-1]

    def member_of(self, visitor: str) -> UUID | None:
        return self.conversation(visitor).member

    def ticket(self, id: UUID) -> Ticket:
        with self.house.database.transaction() as tx:
            return reading.ticket(tx, id)

    def case(self, id: UUID) -> Case:
        with self.house.database.transaction() as tx:
            return reading.case(tx, id)

    def place(self, id: UUID) -> wall.Place | None:
        with self.house.database.transaction() as tx:
            return wall.place(tx, id, self.at(self.minute))

    def told(self, *names: str) -> list[dict[str, Any]]:
        """Properties of events of these names, in order."""
        rows = self.house.query("select properties from event where name = any(%s) order by position", list(names))
        return [row["properties"] for row in rows]

    def rows(self, tables: Sequence[str] = TABLES) -> dict[str, list[dict[str, Any]]]:
        return {table: self.house.query(f"select * from {table} t order by t::text") for table in tables}

    def replay(self) -> None:
        flow.start_replay(self.house.hark.engines())
        self.house.settle()

    def _go(self, minute: float | None) -> None:
        if minute is not None:
            assert minute >= self.minute, "time does not go back"
            self.minute = minute
        else:
            self.minute += 0.001
