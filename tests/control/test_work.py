"""The screens of those who run the work: queue, wall, routing, calendars, promises, automations."""

from typing import Any

import pytest

from hark.cases import reading
from hark.cases.declared import Hours
from hark.control import declaring
from hark.control.calendars import bars, shifts
from hark.errors import Rejected
from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web import Form
from tests.conversations.talk import Talk, chat


def declared(house: House, kind: str) -> dict[str, Any]:
    house.settle()
    with house.database.transaction() as tx:
        return {one.name: one.body for one in reading.declarations(tx, kind)}


@pytest.mark.parametrize("path", ["/wall", "/queue", "/routing", "/calendars", "/promises", "/automations"])
def test_an_empty_place_says_what_will_be_there(bo: Desk, path: str) -> None:
    assert bo.get(path).status_code == 200


def test_a_calendar_is_written_as_people_write_hours(house: House, bo: Desk) -> None:
    week = {"mon": "9-12, 13:30-18", "fri": "22-6", "tue": "", "wed": "", "thu": "", "sat": "", "sun": ""}
    said = {"label": "Werkstatt Köln", "zone": "Europe/Berlin", "holidays": "12-25 Christmas\n2026-12-24 Eve", **week}

    bo.post("/calendars/new", said)

    found = declared(house, "calendar")["werkstatt_koln"]
    assert found["hours"] == {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "fri": [["22:00", "06:00"]]}
    assert found["holidays"][0] == {"day": "12-25", "name": "Christmas", "hours": []}
    assert "Werkstatt Köln" in words(bo.get("/calendars"))


def test_what_is_wrong_is_said_at_its_field(bo: Desk) -> None:
    reply = bo.post("/calendars/new", {"label": "x", "zone": "Europe/Berlin", "mon": "nine to five"})

    assert reply.status_code == 422
    assert "Write hours like" in words(reply)


def test_a_night_is_drawn_on_both_days() -> None:
    week = bars(Hours(hours={"sun": (("22:00", "06:00"),)}))

    assert [len(day) for day in week] == [1, 0, 0, 0, 0, 0, 1]
    assert week[0][0][:2] == (0.0, 0.25)


@pytest.mark.parametrize("text", ["9", "25-26", "9-12-15", "a-b"])
def test_no_hours_are_refused(text: str) -> None:
    with pytest.raises(Rejected):
        shifts(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("15 min", 900), ("2 h", 7200), ("1.5 h", 5400), ("2 d", 172_800), ("30", 1800), ("", None)],
)
def test_times_are_written_as_people_write_them(text: str, found: int | None) -> None:
    assert declaring.seconds(Form({"x": [text]}), "x") == found


def test_a_promise_a_team_a_route_and_a_member_are_declared(house: House, bo: Desk) -> None:
    me = str(house.query("select id from member")[0]["id"])
    bo.post("/promises/new", {"label": "Quick", "about": "conversation", "first_answer": "15 min", "warn": "5 min"})
    bo.post(
        "/routing/teams/new",
        {"label": "Washers", "member": me, "reassign": "5 min", "relax.0": "2 min"},
    )
    house.settle()
    bo.post("/routing/routes/new", {"label": "Smoke", "condition": 'message.text contains "smoke"', "team": "washers"})
    bo.post(f"/routing/members/{me}", {"skills": "washers 4", "languages": "de 5", "capacity.chat": "2"})

    assert declared(house, "promise")["quick"]["first_answer"] == 900
    assert declared(house, "team")["washers"]["members"] == [me]
    assert declared(house, "route")["smoke"]["team"] == "washers"
    assert "washers" in words(bo.get("/routing"))


def test_an_automation_is_tried_on_the_past_before_it_is_saved(house: House, bo: Desk) -> None:
    house.post(
        "/v1/track", {"anonymousId": "v1", "event": "message.received", "properties": {"text": "there is smoke"}}
    )
    house.settle()
    said = {"label": "Smoke", "on": "message.received", "condition": 'message.text contains "smoke"', "enabled": "1"}
    steps = {"do.0": "prioritise", "priority.0": "2", "do.1": "tag", "add.1": "danger"}

    tried = bo.post("/automations/new", {**said, **steps, "act": "try"})

    assert "What it would have done" in words(tried)
    assert declared(house, "automation") == {}

    bo.post("/automations/new", {**said, **steps, "act": "save"})
    assert [step["do"] for step in declared(house, "automation")["smoke"]["steps"]] == ["prioritise", "tag"]


def test_who_waits_is_on_the_wall_and_in_the_queue(house: House, bo: Desk) -> None:
    Talk(house).hear(chat("v-1", "hello?"))

    assert "Somebody new" in words(bo.get("/wall"))
    assert "Somebody new" in words(bo.get("/queue"))
