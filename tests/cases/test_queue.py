"""Who waits, who serves: one queue for all channels, told as stories."""

import pytest

from hark.testing.house import House
from tests.cases.floor import ADA, BO, Floor


@pytest.fixture
def floor(house: House) -> Floor:
    floor = Floor(house)
    floor.declare("team", "care", members=[str(BO), str(ADA)])
    return floor


def test_a_chat_goes_to_whoever_is_there(floor: Floor):
    floor.online(BO)

    floor.chats("natalie", "my washer leaks")

    assert floor.member_of("natalie") == BO


def test_who_comes_while_nobody_is_there_is_served_in_turn(floor: Floor):
    first, second = floor.chats("natalie", minute=1), floor.chats("cleo", minute=2)
    assert floor.place(second.id).place == 2

    floor.do("agent.skilled", 3, member=str(BO), capacity={"chat": 1})
    floor.online(BO)

    assert floor.member_of("natalie") == BO
    assert floor.member_of("cleo") is None
    assert floor.place(second.id).place == 1
    assert floor.place(first.id) is None


def test_a_member_gets_no_more_than_they_can_take(floor: Floor):
    floor.do("agent.skilled", member=str(BO), capacity={"chat": 2})
    floor.online(BO)

    for visitor in ("a", "b", "c"):
        floor.chats(visitor)

    assert [floor.member_of(visitor) for visitor in ("a", "b", "c")] == [BO, BO, None]

    floor.closes(floor.conversation("a").id)

    assert floor.member_of("c") == BO


def test_a_replay_makes_the_same_rows(floor: Floor):
    floor.online(BO)
    natalie = floor.chats("natalie", "hello", 1)
    floor.answers(natalie.id, BO, minute=2)
    floor.closes(natalie.id, 3)
    floor.chats("natalie", "again", 4)
    before = floor.rows()

    floor.replay()

    assert floor.rows() == before
