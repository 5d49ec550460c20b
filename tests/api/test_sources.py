"""REST: sources and their keys, what was refused and why, the raw body corrected and sent again; the tracking plan."""

from typing import Any

import msgspec
import pytest

from hark.testing.house import House, Reply

ASYNC = {"prefer": "respond-async"}


def ask(house: House, method: str, path: str, body: Any = None) -> Reply:
    reply = house.ask(method, f"/api/v1{path}", b"" if body is None else msgspec.json.encode(body), ASYNC)
    house.settle()
    return reply


def track(house: House, name: str, number: int = 0, **properties: Any) -> None:
    house.post("/v1/track", {"event": name, "userId": "nat", "messageId": f"m{number}", "properties": properties})
    house.settle()


def test_a_source_is_added_renamed_and_its_key_rotated(house: House):
    added = ask(house, "POST", "/sources", {"name": "shop", "channel": "shop"})
    assert added.status_code == 201
    source = added.json()

    assert ask(house, "POST", "/sources", {"name": "shop"}).status_code == 409
    assert ask(house, "PATCH", f"/sources/{source['id']}", {"name": "web shop"}).json()["name"] == "web shop"
    fresh = ask(house, "POST", f"/sources/{source['id']}/rotate").json()["write_key"]
    assert fresh != source["write_key"]
    assert house.post("/v1/track", {"event": "A", "userId": "u"}, key=source["write_key"]).status_code == 401
    assert house.post("/v1/track", {"event": "A", "userId": "u"}, key=fresh).status_code == 200


def test_what_a_paused_source_sends_waits(house: House):
    ask(house, "PATCH", f"/sources/{house.source.id}", {"paused": True})
    track(house, "Order Completed")
    assert ask(house, "GET", "/events").json()["events"] == []

    ask(house, "PATCH", f"/sources/{house.source.id}", {"paused": False})
    assert [event["name"] for event in ask(house, "GET", "/events").json()["events"]] == ["Order Completed"]


def test_a_refused_request_is_shown_corrected_and_comes_in(house: House):
    house.post("/v1/track", {"event": "Order Completed"})
    house.settle()

    [refusal] = ask(house, "GET", "/refusals").json()["refusals"]
    assert "userId" in refusal["reason"] or "anonymousId" in refusal["reason"]
    request = ask(house, "GET", f"/requests/{refusal['raw']}").json()
    assert request["state"] == "refused"
    assert request["path"] == "/v1/track"
    assert house.source.write_key not in str(request["headers"])

    right = request["body"].replace('"event"', '"userId":"nat","event"')
    assert ask(house, "POST", f"/requests/{refusal['raw']}/correct", {"body": right}).status_code == 201

    assert house.person("user_id:nat")["counts"]["Order Completed"] == 1
    assert ask(house, "GET", "/refusals?open=true").json()["refusals"] == []
    assert ask(house, "GET", f"/requests/{refusal['raw']}").json()["body"] == request["body"]


def test_arrivals_are_counted_by_hour(house: House):
    track(house, "A", 1)
    track(house, "A", 1)

    [hour] = ask(house, "GET", f"/arrivals?source={house.source.id}").json()["hours"]
    assert (hour["accepted"], hour["duplicate"], hour["refused"]) == (1, 1, 0)


def test_a_plan_is_learned_enforced_and_what_it_refused_comes_in_once_it_is_thawed(house: House):
    for number in range(3):
        track(house, "Order Completed", number, total=9.5)
    where = {"source": house.source.id, "name": "Order Completed"}
    learned = ask(house, "GET", f"/plan?source={house.source.id}&name=Order%20Completed").json()
    assert learned["learned"]["properties"]["total"]["type"] == "number"

    ask(house, "POST", "/plan", {**where, "state": "enforced"})
    track(house, "Order Completed", 9, total="much")
    [refusal] = ask(house, "GET", "/refusals").json()["refusals"]
    assert "/total: type, expected number" in refusal["reason"]
    broken = ask(house, "GET", f"/plan/violations?source={house.source.id}&name=Order%20Completed").json()
    assert [(place["path"], place["refused"]) for place in broken["counts"]] == [("/total", 1)]
    assert house.person("user_id:nat")["counts"]["Order Completed"] == 3

    ask(house, "POST", "/plan", {**where, "state": "learning"})
    assert ask(house, "POST", "/refusals/replay", {"refusals": [refusal["id"]]}).json() == {"requests": 1}
    assert house.person("user_id:nat")["counts"]["Order Completed"] == 4


@pytest.mark.parametrize(
    ("schema", "status"), [({"type": "objekt"}, 422), ({"$ref": "http://example.com"}, 422), ({"type": "object"}, 202)]
)
def test_only_a_json_schema_that_stands_alone_becomes_a_plan(house: House, schema: dict[str, Any], status: int):
    change = {"source": house.source.id, "name": "New", "state": "frozen", "schema": schema}

    assert ask(house, "POST", "/plan", change).status_code == status


def test_one_event_is_shown_with_what_broke_its_plan(house: House):
    ask(house, "POST", "/plan", {"source": house.source.id, "state": "frozen"})
    track(house, "Never Planned")

    [event, _] = ask(house, "GET", "/events").json()["events"]
    whole = ask(house, "GET", f"/events/{event['id']}").json()
    assert whole["processed"]
    assert [fault[1] for fault in whole["faults"]] == ["name"]


def test_a_token_gives_no_more_than_it_has(house: House):
    reader = house.add_token("setter", "settings:write")
    body = msgspec.json.encode({"name": "x", "scopes": ["admin"]})

    reply = house.ask("POST", "/api/v1/tokens", body, {"authorization": f"Bearer {reader}"})
    assert reply.status_code == 403

    made = ask(house, "POST", "/tokens", {"name": "x", "scopes": ["people:read"]}).json()
    assert made["secret"].startswith("hark_")
    assert ask(house, "DELETE", f"/tokens/{made['token']['id']}").status_code == 204
    assert ask(house, "DELETE", f"/tokens/{made['token']['id']}").status_code == 404
