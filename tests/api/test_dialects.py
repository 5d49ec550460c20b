"""Each dialect at the one door: where its key stands, what it is answered, whose a shared path is."""

import asyncio
import base64
import gzip
from typing import Any

import msgspec
import pytest

from hark.api import collect
from hark.config import Config
from hark.kit import clock
from hark.registry import find
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own

TRACK = {"type": "track", "event": "Viewed", "userId": "u1", "messageId": "m1"}
POSTHOG = {"event": "Viewed", "distinct_id": "u1", "uuid": "p1"}
TP2 = "/com.snowplowanalytics.snowplow/tp2"


def send(house: House, path: str, body: Any, **headers: str) -> Any:
    """With these headers and no others."""
    return house.ask("POST", path, _bytes(body), {"authorization": "", **headers})


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else msgspec.json.encode(body)


def heard(house: House) -> list[tuple[str, str]]:
    house.settle()
    return [
        (row["plugin"], row["message_id"])
        for row in house.query(
            "select raw.plugin, message_id from event join raw on raw.id = event.raw order by position"
        )
    ]


@pytest.mark.parametrize("place", ["basic", "basic without colon", "header", "body", "bearer with body"])
def test_segments_key_stands_in_many_places(house: House, place: str):
    key = house.source.write_key
    basic = base64.b64encode(f"{key}:".encode()).decode()
    headers, body = {
        "basic": ({"authorization": f"Basic {basic}"}, TRACK),
        "basic without colon": ({"authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}, TRACK),
        "header": ({"x-write-key": key}, TRACK),
        "body": ({}, TRACK | {"writeKey": key}),
        "bearer with body": ({"authorization": "Bearer token"}, TRACK | {"writeKey": key}),
    }[place]

    reply = send(house, "/v1/track", body, **headers)

    assert (reply.status_code, reply.json()) == (200, {"success": True})
    assert heard(house) == [("segment", "m1")]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/batch/", "/batch", "/batch/", "/v1/b", "/v1/import"])
def test_a_batch_is_heard_on_all_its_paths(house: House, path: str):
    reply = house.post(path, {"batch": [TRACK]})

    assert reply.json() == {"success": True}
    assert heard(house) == [("segment", "m1")]


@pytest.mark.parametrize("path", ["/batch", "/batch/"])
def test_a_shared_path_is_posthogs_where_the_key_is(house: House, path: str):
    reply = send(house, path, {"api_key": house.source.write_key, "batch": [POSTHOG]})

    assert reply.json() == {"status": 1}
    assert heard(house) == [("posthog", "p1")]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/batch", {"batch": [TRACK], "writeKey": "wrong"}),
        ("/v1/track", TRACK),
        ("/beacon/v1/batch?writeKey=wrong", {"batch": [TRACK]}),
        ("/batch/", {"api_key": "wrong", "batch": [POSTHOG]}),
        ("/e/", POSTHOG | {"api_key": "wrong"}),
        ("/flags/?v=2", {"token": "wrong"}),
        (TP2, {"data": [{"e": "pv", "aid": "wrong"}]}),
        ("/api/s/track", TRACK | {"writeKey": "a:b"}),
        ("/v1/events", {"events": [], "writeKey": "wrong"}),
    ],
)
def test_an_unknown_key_gets_401_in_words_that_every_family_reads(house: House, path: str, body: Any):
    reply = send(house, path, body)

    assert reply.status_code == 401
    refusal = reply.json()
    assert refusal["code"] == "invalid_write_key"
    assert refusal["msg"] == "invalid write key"
    assert refusal["message"] == refusal["detail"]
    assert house.query("select id from raw") == []


def test_gzip_is_known_by_header_or_by_its_first_bytes(house: House):
    key = house.source.write_key
    packed = gzip.compress(_bytes({"batch": [TRACK], "writeKey": key}))

    form = send(
        house, "/v1/batch", packed, **{"content-encoding": "gzip", "content-type": "application/x-www-form-urlencoded"}
    )
    unsaid = send(house, "/e/", gzip.compress(_bytes(POSTHOG | {"api_key": key})), **{"content-type": "text/plain"})

    assert (form.json(), unsaid.json()) == ({"success": True}, {"status": 1})
    assert heard(house) == [("segment", "m1"), ("posthog", "p1")]


def test_documents_name_the_host_that_was_asked(house: House):
    key = house.source.write_key
    settings = house.ask("GET", f"/v1/projects/{key}/settings", headers={"host": "cx.example"}).json()
    source = house.ask("GET", f"/sourceConfig/?writeKey={key}").json()["source"]
    config = house.ask("GET", f"/array/{key}/config").json()

    assert settings["integrations"]["Segment.io"]["apiHost"] == "cx.example/v1"
    assert (source["enabled"], source["destinations"], source["name"]) == (True, [], "web")
    assert config["token"] == key


def test_documents_name_the_public_address_where_there_is_one(database_url: str):
    house = House(database_url, public_url="https://cx.example/hark/")
    settings = house.ask("GET", f"/v1/projects/{house.source.write_key}/settings").json()
    house.close()

    assert settings["integrations"]["Segment.io"]["apiHost"] == "cx.example/hark/v1"
    assert settings["integrations"]["Segment.io"]["protocol"] == "https"


def test_the_browser_library_says_how_to_get_it(house: House):
    reply = house.ask("GET", f"/analytics.js/v1/{house.source.write_key}/analytics.min.js")

    assert reply.status_code == 404
    assert "npm install @segment/analytics-next" in reply.json()["message"]


def test_a_batch_over_the_limit_is_refused_whole_and_kept(house: House):
    calls = [TRACK | {"messageId": f"m{number}"} for number in range(house.config.max_batch + 1)]

    reply = house.post("/v1/batch", {"batch": calls})

    assert reply.status_code == 413
    assert heard(house) == []
    assert "at most" in house.query("select reason from refusal")[0]["reason"]


def test_what_cannot_be_an_event_is_shown_and_does_not_spoil_its_batch(house: House):
    reply = house.post("/v1/batch", {"batch": [{"type": "track"}, TRACK]})

    assert reply.json() == {"success": True}
    assert heard(house) == [("segment", "m1")]
    assert [row["item_index"] for row in house.query("select item_index from refusal")] == [0]


def door() -> collect.Door:
    nobody: Any = None  # without a key nothing is looked up or recorded
    return collect.Door(find(), nobody, nobody, Config(), clock.now)


async def knock(door: collect.Door, receive: Any) -> tuple[int, str]:
    """One request whose body comes from `receive`: the status and the code of its answer."""
    scope = {"type": "http", "method": "POST", "path": "/v1/batch", "query_string": b"", "headers": []}
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    found = door.find(scope)
    assert found is not None
    await door.answer(found, scope, receive, send)
    return said[0]["status"], msgspec.json.decode(said[1]["body"])["code"]


async def never() -> Any:
    await asyncio.sleep(60)


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(collect, "SLOW", 0.05)

    assert in_a_loop_of_its_own(knock(door(), never)) == (408, "timeout")


def test_no_more_is_held_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(collect, "ARRIVING", 5_000_000)
    monkeypatch.setattr(collect, "SLOW", 0.3)
    narrow = door()

    def slowly() -> Any:
        pieces = iter([b" " * 1_000_000] * 3)

        async def receive() -> Any:
            if piece := next(pieces, None):
                return {"type": "http.request", "body": piece, "more_body": True}
            return await never()

        return receive

    async def several() -> list[tuple[int, str]]:
        first = await asyncio.gather(*(knock(narrow, slowly()) for _ in range(3)))
        return [*first, await knock(narrow, slowly())]

    assert sorted(in_a_loop_of_its_own(several())) == [
        (408, "timeout"),
        (408, "timeout"),
        (503, "unavailable"),
        (503, "unavailable"),
    ]
