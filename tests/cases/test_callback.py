"""Forty customers queue; one of them would rather be called, and is served in her place."""

import pytest

from hark.testing.house import House
from tests.cases.floor import ADA, BO, CY, Floor
from tests.conversations.talk import told


@pytest.fixture
def floor(house: House) -> Floor:
    floor = Floor(house)
    floor.declare("team", "care", members=[str(BO), str(ADA)])
    return floor


def test_forty_customers_queue_and_one_chooses_to_be_called_in_her_place(floor: Floor):
    floor.declare("route", "washers", condition='message.text contains "washer"', skills={"washers": 3})
    floor.do("agent.skilled", None, member=str(BO), capacity={"chat": 1}, skills={"washers": 4})
    floor.do("agent.skilled", None, member=str(ADA), capacity={"chat": 1})
    visitors = [f"visitor{number:02}" for number in range(40)]
    for number, visitor in enumerate(visitors):
        text = "my washer leaks" if number % 4 == 0 else "where is my parcel?"
        floor.chats(visitor, text, minute=number * 0.1)
    natalie = floor.conversation("visitor20")
    assert floor.place(natalie.id).place == 21

    callback = floor.do("callback.asked", 5, conversation=str(natalie.id), phone="+43 660 1", time_zone="Europe/Vienna")

    place = floor.place(natalie.id)
    assert (place.ticket, place.place, place.of, place.callback) == (callback, 21, 40, True)

    floor.online(BO, ADA, minute=6)
    served = _work_through(floor, visitors)

    washers = [visitor for number, visitor in enumerate(visitors) if number % 4 == 0]
    by_bo = [one["visitor"] for one in served if one["member"] == BO]
    assert {one["visitor"] for one in served} == set(visitors)
    assert set(washers) <= set(by_bo)
    # Between those who came before her and those who came after, with the member who knows her machine.
    order = [one["visitor"] for one in served]
    assert order.index("visitor16") < order.index("visitor20") < order.index("visitor24")
    assert next(one for one in served if one["visitor"] == "visitor20")["channel"] == "phone"


def _work_through(floor: Floor, visitors: list[str]) -> list[dict]:
    """Each member serves what they have been given and takes the next; in the order in which they were given."""
    served, done = [], set()
    who = {str(one.id): one.to.value for one in floor.talk.conversations()}
    for _ in range(200):
        rows = floor.house.query("select * from ticket where state = 'served' order by served_at, id")
        rows = [row for row in rows if row["id"] not in done]
        if not rows:
            break
        for row in rows:
            done.add(row["id"])
            visitor = who[str(row["conversation"])]
            served.append({"visitor": visitor, "member": row["member"], "channel": row["channel"]})
            if row["kind"] == "callback":
                floor.do("callback.tried", None, callback=str(row["id"]), result="reached")
            else:
                floor.closes(row["conversation"])
    return served


def test_nobody_answers_so_it_is_tried_again_within_the_hours_of_their_day(floor: Floor):
    natalie = floor.chats("natalie", minute=7 * 60 - 10)  # 18:50 UTC, 19:50 in Vienna
    callback = floor.do("callback.asked", None, conversation=str(natalie.id), phone="+43 1", time_zone="Europe/Vienna")
    floor.online(BO, minute=7 * 60 - 5)
    assert floor.ticket(callback).member == BO

    floor.do("callback.tried", 7 * 60 - 3, callback=str(callback), result="no_answer")

    ticket = floor.ticket(callback)
    assert (ticket.state, ticket.tries) == ("resting", 1)
    assert ticket.next_at == floor.at(20 * 60)  # 9:00 in Vienna, not 20:02

    floor.wait(20 * 60 + 1)
    assert floor.ticket(callback).member == BO


def test_after_three_tries_it_is_said_that_nobody_was_reached(floor: Floor):
    natalie = floor.chats("natalie", minute=1)
    callback = floor.do("callback.asked", 2, conversation=str(natalie.id), phone="+43 1")
    floor.online(BO, minute=3)

    floor.do("callback.tried", 4, callback=str(callback), result="no_answer")
    floor.wait(9.1)
    floor.do("callback.tried", 10, callback=str(callback), result="busy")
    floor.wait(40.1)
    floor.do("callback.tried", 41, callback=str(callback), result="no_answer")

    assert floor.ticket(callback).outcome == "given_up"
    assert floor.told("callback.given_up")[0]["tries"] == 3


def test_a_stranger_cannot_ask_for_a_call_in_somebody_elses_place(floor: Floor):
    natalie = floor.chats("natalie", minute=1)

    floor.chats("mallory", minute=2)
    floor.hears(told("callback.asked", 3, "site", who="mallory@x.example", conversation=str(natalie.id), phone="666"))

    assert floor.house.query("select * from ticket where kind = 'callback'") == []


def test_what_is_asked_twice_is_one_call(floor: Floor):
    natalie = floor.chats("natalie", minute=1)
    floor.do("callback.asked", 2, conversation=str(natalie.id), phone="+43 1")
    floor.do("callback.asked", 3, conversation=str(natalie.id), phone="+43 1")

    assert len(floor.house.query("select * from ticket where kind = 'callback'")) == 1


def test_a_message_while_they_wait_to_be_called_does_not_put_them_in_the_line_twice(floor: Floor):
    natalie = floor.chats("natalie", minute=1)
    floor.do("callback.asked", 2, conversation=str(natalie.id), phone="+43 1")

    floor.chats("natalie", "please after five", 3)

    assert [row["kind"] for row in floor.house.query("select kind from ticket where state = 'waiting'")] == ["callback"]


def test_a_replay_keeps_every_place(floor: Floor):
    for number in range(5):
        floor.chats(f"visitor{number}", minute=number + 1)
    middle = floor.conversation("visitor2")
    floor.do("callback.asked", 10, conversation=str(middle.id), phone="+43 1")
    floor.do("agent.skilled", 11, member=str(CY), capacity={"chat": 1})
    floor.online(ADA, minute=12)
    before = floor.rows()

    floor.replay()

    assert floor.rows() == before
