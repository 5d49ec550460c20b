"""What is always so: any size of batch leaves the same rows, a replay finds them, repeats and other orders make no second
message and no second conversation, and nothing forged leads into somebody's thread."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from hark import flow
from hark.conversations import tokens
from hark.kit.ids import derived, event_id
from hark.model import Event, Identity
from hark.testing.house import House
from tests.conversations.talk import NOON, TABLES, Talk, chat, mail, told

# A failing day is told by its seed; to look for a shorter one would take longer than to look at it.
SLOW = settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SALT = b"salt of the tests"


class Script:
    """A random day of a few people who write, and of us who do everything that can be done with conversations."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.name = f"s{seed}"
        self.events: list[Event] = []
        self.minute = 0.0
        for _ in range(40):
            self.minute += self.chance.choice([1, 30, 60 * 24 * 4])
            self.events.append(self._one())

    def _one(self) -> Event:
        return self.chance.choice(
            [self._mail, self._mail, self._chat, self._by_hand, self._by_hand, self._move, self._told]
        )()

    def _mail(self) -> Event:
        who = f"{self.chance.choice('abc')}-{self.name}@example.com"
        more: dict[str, Any] = {}
        if self.chance.random() < 0.5 and (said := self._said()):
            more["thread"] = {"references": [said.properties.get("external_id", "none")]}
        return mail(who, f"m{len(self.events)}", self.minute, automatic=self.chance.random() < 0.2, **more)

    def _chat(self) -> Event:
        event = chat(f"v-{self.chance.choice('ab')}-{self.name}", f"m{len(self.events)}", self.minute)
        if self.chance.random() < 0.3:
            # The visitor signs in: their chat joins the person.
            who = f"{self.chance.choice('abc')}-{self.name}@example.com"
            return msgspec.structs.replace(event, identities=(Identity("email", who), *event.identities))
        return event

    def _by_hand(self) -> Event:
        name, more = self.chance.choice(
            [
                (
                    "message.written",
                    {"text": "answer", "to": [{"kind": "email", "value": f"a-{self.name}@example.com"}]},
                ),
                ("message.written", {"text": "note", "note": True}),
                ("conversation.closed", {}),
                ("conversation.reopened", {}),
                ("conversation.snoozed", {"until": (NOON + timedelta(days=900)).isoformat()}),
                ("conversation.tagged", {"tags": {"add": ["x", "y"], "remove": ["z"]}}),
                ("message.read", {"until": 10**6, "by": "person"}),
                ("message.read", {"until": 10**6, "by": "member:bo"}),
                ("conversation.assigned", {"team": "care"}),
            ]
        )
        return self._own(name, conversation=str(self._conversation()), **more)

    def _move(self) -> Event:
        into, other, said = self._conversation(), self._conversation(), self._said()
        changes = [one.id for one in self.events if one.name in ("conversation.merged", "conversation.split")]
        return self.chance.choice(
            [
                lambda: self._own("conversation.merged", conversation=str(into), **{"from": [str(other)]}),
                lambda: self._own(
                    "conversation.split", conversation=str(into), messages=[str(said.id) if said else ""]
                ),
                lambda: self._own("message.withdrawn", message=str(said.id if said else into)),
                lambda: self._own("conversation.restored", change=str(self.chance.choice(changes or [into]))),
            ]
        )()

    def _told(self) -> Event:
        written = [one for one in self.events if one.name == "message.written"]
        if not written or self.chance.random() < 0.3:
            return told("message.delivery", self.minute, external_id=f"x{self.chance.randint(0, 3)}", state="delivered")
        message = self.chance.choice(written)
        state = self.chance.choice(["sent", "delivered", "read", "failed", "unknown"])
        number = f"x{self.chance.randint(0, 3)}"
        return self._own("message.delivery", message=str(message.id), state=state, source="mail", external_id=number)

    def _own(self, name: str, **said: Any) -> Event:
        at = NOON + timedelta(minutes=self.minute)
        number = f"{self.name}-{len(self.events)}"
        return Event(
            id=event_id(at, "hark", number),
            type="track",
            name=name,
            at=at,
            received_at=at,
            source="hark",
            message_id=number,
            properties=said,
        )

    def _said(self) -> Event | None:
        said = [one for one in self.events if one.name in ("message.received", "message.written")]
        return self.chance.choice(said) if said else None

    def _conversation(self) -> UUID:
        opened = [derived("conversation", str(one.id)) for one in self.events if one.name == "message.received"]
        return self.chance.choice(opened or [UUID(int=0)])


def replayed(talk: Talk, batch: int) -> dict[str, list[dict[str, Any]]]:
    engines = msgspec.structs.replace(talk.house.hark.engines(), batch=batch)
    flow.start_replay(engines)
    while flow.advance(engines):
        pass
    return talk.rows()


@SLOW
@given(some.integers(0, 10**6))
def test_any_batch_size_leaves_the_same_rows(house: House, seed: int) -> None:
    talk = Talk(house)
    for table in ("event", "identity", "edge", "cut", *TABLES):
        house.query(f"with gone as (delete from {table} returning 1) select 1")
    talk.log(Script(seed).events)
    house.settle()
    settled = talk.rows()

    assert house.query("select error from parked") == []
    assert settled["conversation_message"]
    for batch in (1, 7):
        assert replayed(talk, batch) == settled


@SLOW
@given(some.randoms(use_true_random=False))
def test_repeats_and_any_order_leave_one_message_and_one_conversation(post_house: House, chance: random.Random) -> None:
    key = f"o{chance.randint(0, 10**9)}"
    house, who = post_house, f"{key}@example.com"
    known = house.query("select id, write_key from source where plugin = 'postbox'")
    source = known[0]["id"] if known else house.add_source("letters", plugin="postbox").id
    letters = [{"id": f"{key}-{n}", "from": who, "text": f"t{n}"} for n in range(5)]
    sent = [*letters, *chance.choices(letters, k=5)]
    chance.shuffle(sent)
    for letter in sent:
        _record(house, source, letter)
        if chance.random() < 0.3:
            house.settle()
    house.settle()
    rows = house.query(
        "select text, conversation from conversation_message where address_value = %s order by text", who
    )

    assert [row["text"] for row in rows] == [f"t{n}" for n in range(5)]
    assert len({row["conversation"] for row in rows}) == 1


def _record(house: House, source: str, letter: dict[str, Any]) -> None:
    from hark.events.record import Recording, head_of, record
    from hark.model import Request

    with house.database.transaction() as tx:
        recording = Recording(
            received_at=house.now(),
            source=source,
            plugin="postbox",
            head=head_of(Request(method="LISTEN", path="")),
            body=msgspec.json.encode(letter),
        )
        record(tx, [recording])


@given(some.uuids(), some.uuids(), some.uuids(), some.integers(0, 41), some.characters(codec="ascii"))
def test_a_token_is_ours_as_it_is_or_it_is_none(one: UUID, message: UUID, other: UUID, place: int, letter: str) -> None:
    text = tokens.sign(SALT, one, message)
    read = tokens.read(text)
    changed = tokens.read(text[:place] + letter + text[place + 1 :])

    assert read is not None
    assert tokens.signed(read, SALT, one)
    assert tokens.read(text.upper()) == read
    assert one == other or not tokens.signed(read, SALT, other)
    assert not tokens.signed(read, b"another salt", one)
    if changed is not None and changed != read:
        assert not tokens.signed(changed, SALT, one)


@given(some.text(max_size=60))
def test_what_is_no_token_is_no_token(text: str) -> None:
    read = tokens.read(text)

    assert read is None or not tokens.signed(read, SALT, UUID(int=1))


@pytest.mark.parametrize("text", ["", "a" * 42, "é" * 42, "=" * 42, "a" * 41, "A" * 10_000])
def test_odd_texts_are_read_without_harm(text: str) -> None:
    read = tokens.read(text)

    assert read is None or not tokens.signed(read, SALT, UUID(int=1))
