"""What live screens are told: whoever adds the changes since to what they had knows what somebody who looks now knows."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from hark import flow
from hark.conversations import live, reading
from hark.conversations.live import feed
from hark.testing.house import House
from tests.conversations.talk import TABLES, Talk, hand, mail
from tests.conversations.test_always import SLOW, Script

Known = dict[str, dict[str, Any]]


def snapshot(talk: Talk) -> Known:
    """Every conversation and message, as a screen would read them now."""
    known: Known = {}
    with talk.house.database.transaction() as tx:
        for row in talk.house.query("select id from conversation where merged_into is null"):
            one = reading.conversation(tx, row["id"])
            known[f"conversation {one.id}"] = msgspec.to_builtins(one)
            for said in reading.thread(tx, one.id, 500)[0]:
                known[f"message {said.id}"] = msgspec.to_builtins(said) | {"html": said.html is not None}
    return known


def follow(known: Known, talk: Talk, after: int, until: int, topics: frozenset[str] | None = None) -> Known:
    """What a client makes of what it is told."""
    with talk.house.database.transaction() as tx:
        for change in feed(tx, after, until, topics, 10_000):
            if change.kind == "conversation":
                one = change.data["conversation"]
                known[f"conversation {one['id']}"] = one
                if one["merged_into"] is not None:
                    del known[f"conversation {one['id']}"]
            elif change.kind == "left":
                for id in change.data["messages"]:
                    known.pop(f"message {id}", None)
            else:
                known[f"message {change.data['message']['id']}"] = change.data["message"]
    return known


@SLOW
@given(some.integers(0, 10**6), some.integers(1, 39))
def test_a_snapshot_and_what_came_since_is_a_fresh_snapshot(house: House, seed: int, cut: int) -> None:
    talk = Talk(house)
    for table in ("event", "identity", "edge", "cut", *TABLES):
        house.query(f"with gone as (delete from {table} returning 1) select 1")
    events = Script(seed).events
    talk.log(events[:cut])
    house.settle()
    before, after = snapshot(talk), _position(house)
    talk.log(events[cut:])
    while flow.advance(msgspec.structs.replace(house.hark.engines(), batch=7)):
        pass

    assert follow(before, talk, after, _position(house)) == snapshot(talk)


def test_who_watches_one_conversation_is_told_of_that_one_alone(house: House) -> None:
    talk = Talk(house)
    talk.hear(mail("ann@example.com", "It leaks"), mail("bob@example.com", "Mine too", 5))
    ann = talk.conversations()[0]
    topic = f"conversation:{ann.id}"
    with house.database.transaction() as tx:
        told = list(feed(tx, 0, 10**6, frozenset({topic}), 100))
        inbox = list(feed(tx, 0, 10**6, frozenset({live.INBOX}), 100))

    assert [(change.topic, change.kind) for change in told] == [(topic, "conversation"), (topic, "message")]
    assert {change.topic for change in inbox} == {"inbox"}
    assert len(inbox) == 2


def test_what_is_moved_leaves_the_screens_of_where_it_was(house: House) -> None:
    talk = Talk(house)
    talk.hear(mail("ann@example.com", "It leaks"), mail("bob@example.com", "Mine too", 5))
    one, other = talk.conversations()
    after = _position(house)
    talk.hear(hand("conversation.merged", 9, conversation=str(one.id), **{"from": [str(other.id)]}))
    with house.database.transaction() as tx:
        topics = frozenset({f"conversation:{other.id}"})
        told = [(change.kind, change.data) for change in feed(tx, after, 10**6, topics, 100)]

    assert told[0][0] == "left"
    assert told[0][1]["to"] == str(one.id)
    assert told[1][1]["conversation"]["merged_into"] == str(one.id)


def _position(house: House) -> int:
    position: int = house.query("select position from cursor where name = 'process'")[0]["position"]
    return position
