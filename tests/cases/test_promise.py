"""Promises of time: warned before, breached when it is, paused while it is the person's turn."""

import pytest

from hark.cases import wall
from hark.testing.house import House
from tests.cases.floor import BO, Floor

OFFICE = {"zone": "Europe/Berlin", "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}


@pytest.fixture
def floor(house: House) -> Floor:
    """Noon is Monday, 2 November 2026, 12:00 UTC: 13:00 in Berlin."""
    floor = Floor(house)
    floor.declare("calendar", "office", **OFFICE)
    return floor


def clocks(floor: Floor, subject) -> dict:
    with floor.house.database.transaction() as tx:
        return {clock.target: clock for clock in wall.of_subject(tx, subject)}


def test_it_is_said_before_time_runs_out_and_when_it_has(floor: Floor):
    floor.declare("promise", "usual", calendar="office", first_answer=3600, warn=600)
    natalie = floor.chats("natalie", minute=1)

    floor.wait(52)
    assert [one["target"] for one in floor.told("promise.warned")] == ["first_answer"]
    assert floor.told("promise.breached") == []

    floor.wait(62)
    [breach] = floor.told("promise.breached")
    assert breach["conversation"] == str(natalie.id)


def test_an_answer_in_time_keeps_it(floor: Floor):
    floor.declare("promise", "usual", calendar="office", first_answer=3600, next_answer=1800, warn=600)
    natalie = floor.chats("natalie", minute=1)
    floor.answers(natalie.id, BO, minute=30)
    floor.chats("natalie", "and now?", 40)
    floor.answers(natalie.id, BO, minute=60)
    floor.wait(300)

    assert floor.told("promise.warned", "promise.breached") == []
    assert {target: clock.state for target, clock in clocks(floor, natalie.id).items()} == {
        "first_answer": "met",
        "next_answer": "met",
    }


def test_what_comes_in_the_evening_is_due_in_the_morning(floor: Floor):
    floor.declare("promise", "usual", calendar="office", first_answer=3600)
    natalie = floor.chats("natalie", minute=5 * 60)  # 18:00 in Berlin

    assert clocks(floor, natalie.id)["first_answer"].due_at == floor.at(21 * 60)  # 10:00 on Tuesday


def test_the_clock_of_the_resolution_stands_while_it_is_their_turn(floor: Floor):
    floor.declare("promise", "usual", resolution=7200)
    natalie = floor.chats("natalie", minute=0)
    floor.answers(natalie.id, BO, minute=30)
    assert clocks(floor, natalie.id)["resolution"].state == "paused"

    floor.chats("natalie", "here it is", 300)

    assert clocks(floor, natalie.id)["resolution"].due_at == floor.at(390)
    floor.wait(380)
    assert floor.told("promise.breached") == []
    floor.wait(391)
    assert len(floor.told("promise.breached")) == 1


def test_a_snooze_pauses_too(floor: Floor):
    floor.declare("promise", "usual", first_answer=3600)
    natalie = floor.chats("natalie", minute=0)
    floor.do("conversation.snoozed", 30, conversation=str(natalie.id), until=floor.at(600).isoformat())
    floor.wait(601)

    assert clocks(floor, natalie.id)["first_answer"].due_at == floor.at(630)


def test_an_answer_that_is_late_is_a_breach_though_no_timer_came(floor: Floor):
    floor.declare("promise", "usual", first_answer=600)
    natalie = floor.chats("natalie", minute=0)

    floor.answers(natalie.id, BO, minute=20)
    floor.wait(30)

    assert len(floor.told("promise.breached")) == 1
    assert clocks(floor, natalie.id)["first_answer"].met_at is not None


def test_the_first_promise_that_holds_is_the_one_and_priority_brings_another(floor: Floor):
    floor.declare("promise", "urgent", condition="conversation.priority >= 2", first_answer=900, place=1)
    floor.declare("promise", "usual", first_answer=3600, place=2)
    natalie = floor.chats("natalie", minute=0)
    assert clocks(floor, natalie.id)["first_answer"].promise == "usual"

    floor.do("conversation.prioritised", 5, conversation=str(natalie.id), priority=2)

    clock = clocks(floor, natalie.id)["first_answer"]
    assert (clock.promise, clock.due_at) == ("urgent", floor.at(15))


def test_a_promise_about_cases(floor: Floor):
    floor.declare("promise", "repair", about="case", resolution=3600)
    case = floor.do("case.opened", 0, subject="send a technician")
    floor.do("case.changed", 30, case=str(case), status="waiting")
    floor.do("case.changed", 90, case=str(case), status="open")
    floor.wait(119)
    assert floor.told("promise.breached") == []

    floor.wait(121)

    assert floor.told("promise.breached")[0]["case"] == str(case)


def test_the_night_when_the_clocks_change(floor: Floor):
    """Over the night to 28 March 2027 the hour from 2 to 3 is skipped."""
    floor.declare("calendar", "nights", zone="Europe/Berlin", hours={"sat": [["22:00", "06:00"]]})
    floor.declare("promise", "usual", calendar="nights", first_answer=7 * 3600)
    saturday = (145 * 24 + 9) * 60  # 27 March 2027, 21:00 UTC: 22:00 in Berlin
    natalie = floor.chats("natalie", minute=saturday)

    assert clocks(floor, natalie.id)["first_answer"].due_at == floor.at(saturday + 7 * 60)


def test_a_replay_makes_the_same_clocks(floor: Floor):
    floor.declare("promise", "usual", calendar="office", first_answer=3600, next_answer=1800, resolution=7200, warn=600)
    natalie = floor.chats("natalie", minute=1)
    floor.wait(70)
    floor.answers(natalie.id, BO, minute=75)
    floor.chats("natalie", "and?", 80)
    floor.wait(120)
    floor.closes(natalie.id, 130)
    before = floor.rows()

    floor.replay()

    assert floor.rows() == before
