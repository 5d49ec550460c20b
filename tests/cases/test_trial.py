"""A dry run says what an automation would have done; REST does what the screens will."""

import msgspec
import pytest

from hark.testing.house import House
from tests.cases.floor import ADA, BO, Floor


@pytest.fixture
def floor(house: House) -> Floor:
    return Floor(house)


def call(house: House, method: str, path: str, body=None):
    content = b"" if body is None else msgspec.json.encode(body)
    headers = {"content-type": "application/json", "prefer": "respond-async"}
    reply = house.ask(method, f"/api/v1{path}", content, headers)
    house.settle()
    return reply


def test_a_dry_run_names_the_events_and_what_would_have_been_done(floor: Floor):
    floor.chats("natalie", "my washer leaks", 1)
    floor.chats("cleo", "where is my parcel?", 2)
    rule = {
        "on": ["message.received"],
        "condition": 'message.text contains "washer" and conversation.channel = "chat"',
        "steps": [{"do": "tag", "add": ["washer"]}],
    }

    body = {"automation": rule, "days": 366}
    found = call(floor.house, "POST", "/automations/dry-run", body).json()

    assert (found["looked"], found["held"], found["whole"]) == (2, 1, True)
    [would] = found["would"]
    assert would["subject"] == str(floor.conversation("natalie").id)
    assert would["effects"][0]["name"] == "conversation.tagged"
    assert floor.told("conversation.tagged") == []


def test_a_case_lives_over_rest(floor: Floor):
    house = floor.house
    assert call(house, "PUT", "/case-fields/serial", {"label": "Serial number", "required": True}).status_code == 202
    opened = call(house, "POST", "/cases", {"subject": "Drain blocked", "identity": ["email", "n@example.com"]})
    case = opened.json()["id"]

    refused = call(house, "POST", f"/cases/{case}/close", {})
    call(
        house,
        "POST",
        f"/cases/{case}/change",
        {"fields": {"serial": "W-17"}, "tags": {"add": ["drain"]}, "priority": 2},
    )
    call(house, "POST", f"/cases/{case}/notes", {"text": "look", "mentions": [str(BO)]})
    task = call(house, "POST", f"/cases/{case}/tasks", {"text": "order a pump"}).json()["id"]
    call(house, "POST", f"/case-tasks/{task}/done", {})
    call(house, "POST", f"/cases/{case}/close", {"resolution": "new pump"})

    shown = call(house, "GET", f"/cases/{case}").json()
    assert refused.status_code == 422
    assert (shown["case"]["status"], shown["case"]["tags"], shown["case"]["priority"]) == ("closed", ["drain"], 2)
    assert [note["text"] for note in shown["notes"]] == ["look"]
    assert shown["tasks"][0]["done_at"] is not None
    assert call(house, "GET", "/cases?status=closed").json()["cases"][0]["id"] == case


def test_what_names_something_that_is_not_there_is_refused(floor: Floor):
    wrong = [
        ("/routing/routes/washers", {"team": "nobody"}),
        ("/promises/usual", {"calendar": "nowhere", "first_answer": 60}),
        ("/calendars/office", {"zone": "Europe/Atlantis", "hours": {"mon": [["09:00", "17:00"]]}}),
        ("/automations/x", {"on": ["a"], "steps": [{"do": "note"}]}),
        ("/automations/x", {"on": ["a"], "condition": "conversation.colour = 'red'", "steps": [{"do": "close"}]}),
    ]

    assert [call(floor.house, "PUT", path, body).status_code for path, body in wrong] == [422] * len(wrong)


def test_the_queue_and_the_agents_over_rest(floor: Floor):
    house = floor.house
    call(house, "PUT", "/teams/care", {"members": [str(BO), str(ADA)]})
    natalie = floor.chats("natalie")
    assert call(house, "GET", f"/routing/places/{natalie.id}").json()["place"] == 1
    assert len(call(house, "GET", "/routing/queue").json()["waiting"]) == 1

    call(house, "PUT", f"/routing/agents/{BO}/skills", {"capacity": {"chat": 2}})
    call(house, "PUT", f"/routing/agents/{BO}/state", {"state": "online"})

    bo = next(
        one for one in call(house, "GET", "/routing/agents").json()["agents"] if one["agent"]["member"] == str(BO)
    )
    assert (bo["load"], bo["room"]["chat"]) == ({"chat": 1}, 1)
    assert call(house, "GET", "/routing/waits?days=366").status_code == 200


def test_a_macro_does_its_steps_and_gives_back_what_it_would_say(floor: Floor):
    house = floor.house
    steps = [{"do": "answer", "text": "Sorry!", "texts": {"de": "Entschuldigung!"}}, {"do": "tag", "add": ["sorry"]}]
    call(house, "PUT", "/macros/sorry", {"label": "Say sorry", "steps": steps})
    natalie = floor.chats("natalie")

    ran = call(house, "POST", "/macros/sorry/use", {"conversation": str(natalie.id), "language": "de"}).json()

    assert ran["answers"] == ["Entschuldigung!"]
    assert floor.conversation("natalie").tags == ("sorry",)
