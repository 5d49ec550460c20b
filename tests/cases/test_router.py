"""The router's choices, as stories of who gets whom."""

import pytest

from hark.testing.house import House
from tests.cases.floor import ADA, BO, CY, Floor

STEP = {"after": 60}


@pytest.fixture
def floor(house: House) -> Floor:
    return Floor(house)


def team(floor: Floor, *members, **more):
    floor.declare("team", "care", members=[str(member) for member in members], **more)


def skilled(floor: Floor, member, **said):
    floor.do("agent.skilled", None, member=str(member), **said)


def test_who_has_the_skill_serves_and_the_expert_is_kept_for_what_needs_them(floor: Floor):
    team(floor, BO, ADA)
    floor.declare("route", "washers", condition='message.text contains "washer"', skills={"washers": 3})
    skilled(floor, ADA, skills={"washers": 5})
    floor.online(ADA, BO)

    floor.chats("natalie", "my washer leaks")
    floor.chats("cleo", "where is my parcel?")

    assert floor.member_of("natalie") == ADA
    assert floor.member_of("cleo") == BO


def test_a_skill_gives_way_as_somebody_waits(floor: Floor):
    team(floor, BO, relax=[{"after": 60, "levels": 1}, {"after": 120, "levels": 3}])
    floor.declare("route", "washers", condition='message.text contains "washer"', skills={"washers": 3})
    skilled(floor, BO, skills={"washers": 1})
    floor.online(BO, minute=1)
    floor.chats("natalie", "my washer leaks", 2)

    floor.wait(3.5)
    assert floor.member_of("natalie") is None

    floor.wait(4.5)
    assert floor.member_of("natalie") == BO


def test_the_language_gives_way_too(floor: Floor):
    team(floor, BO, ADA, relax=[{"after": 300, "language": True}])
    skilled(floor, BO, languages={"en": 5})
    skilled(floor, ADA, languages={"de": 3, "en": 4})
    floor.online(BO, ADA, minute=1)

    floor.chats("natalie", "meine Maschine leckt", 2, language="de-AT")
    floor.chats("jun", "洗濯機が動きません", 3, language="ja")

    assert floor.member_of("natalie") == ADA
    assert floor.member_of("jun") is None
    floor.wait(9)
    assert floor.member_of("jun") is not None


def test_another_team_helps_after_a_while(floor: Floor):
    floor.declare("team", "sales", members=[str(CY)])
    team(floor, BO, overflow=[{"after": 120, "team": "sales"}])
    floor.declare("route", "all", team="care")
    floor.online(CY, minute=1)
    floor.chats("natalie", minute=2)
    assert floor.member_of("natalie") is None

    floor.wait(4.5)

    assert floor.member_of("natalie") == CY
    assert floor.told("conversation.assigned")[-1]["reason"]["overflow_from"] == "care"


def test_whoever_served_somebody_before_serves_them_again(floor: Floor):
    team(floor, BO, ADA)
    floor.online(ADA)
    natalie = floor.chats("natalie")
    floor.answers(natalie.id, ADA)
    floor.closes(natalie.id)
    floor.online(BO)

    floor.chats("natalie", "me again")

    assert floor.member_of("natalie") == ADA


def test_a_full_last_member_is_waited_for_as_long_as_the_team_says(floor: Floor):
    team(floor, BO, ADA, hold=120)
    skilled(floor, ADA, capacity={"chat": 1})
    floor.online(ADA, minute=1)
    natalie = floor.chats("natalie", minute=2)
    floor.closes(natalie.id, 3)
    floor.chats("cleo", minute=4)
    floor.online(BO, minute=5)

    floor.chats("natalie", "me again", 6)
    assert floor.member_of("natalie") is None

    floor.wait(8.5)
    assert floor.member_of("natalie") == BO


def test_who_matters_more_goes_first_as_if_they_had_come_earlier(floor: Floor):
    team(floor, BO)
    floor.declare("route", "vip", condition='event.plan = "gold"', boost=600)
    floor.chats("cleo", minute=1)
    floor.chats("natalie", minute=5, plan="gold")
    floor.chats("jun", minute=6)
    skilled(floor, BO, capacity={"chat": 1})

    floor.online(BO, minute=7)

    assert floor.member_of("natalie") == BO
    assert [floor.place(floor.conversation(who).id).place for who in ("cleo", "jun")] == [1, 2]


def test_work_of_who_goes_away_goes_to_others_and_keeps_its_place(floor: Floor):
    team(floor, BO, ADA)
    floor.online(BO, minute=1)
    natalie = floor.chats("natalie", minute=2)
    floor.do("agent.state", 3, member=str(BO), state="away")
    floor.chats("cleo", minute=4)

    assert floor.member_of("natalie") is None
    assert floor.place(natalie.id).place == 1

    floor.online(ADA, minute=5)

    assert floor.member_of("natalie") == ADA


def test_a_short_absence_takes_nothing_away(floor: Floor):
    team(floor, BO, ADA, reassign=600)
    floor.online(BO, ADA, minute=1)
    floor.do("agent.state", 1.5, member=str(ADA), state="away")
    floor.chats("natalie", minute=2)
    floor.do("agent.state", 3, member=str(BO), state="away")
    floor.online(BO, minute=6)
    floor.wait(20)

    assert floor.member_of("natalie") == BO


def test_a_long_absence_does(floor: Floor):
    team(floor, BO, ADA, reassign=600)
    floor.online(BO, minute=1)
    floor.chats("natalie", minute=2)
    floor.do("agent.state", 3, member=str(BO), state="away")
    floor.online(ADA, minute=4)

    floor.wait(14)

    assert floor.member_of("natalie") == ADA


def test_who_pulls_is_given_nothing_until_they_ask(floor: Floor):
    team(floor, BO, mode="pull")
    floor.online(BO, minute=1)
    floor.chats("natalie", minute=2)
    assert floor.member_of("natalie") is None

    floor.do("agent.asked", 3, member=str(BO))

    assert floor.member_of("natalie") == BO


def test_a_member_assigned_by_hand_is_not_argued_with(floor: Floor):
    team(floor, BO, ADA)
    natalie = floor.chats("natalie", minute=1)
    floor.do("conversation.assigned", 2, conversation=str(natalie.id), member=str(CY))

    floor.online(BO, ADA, minute=3)

    assert floor.member_of("natalie") == CY


def test_an_open_case_of_a_team_is_given_out_like_anything_else(floor: Floor):
    team(floor, BO)
    floor.online(BO)

    case = floor.do("case.opened", None, subject="call the courier", team="care", by="member:ada")

    assert floor.case(case).member == BO
