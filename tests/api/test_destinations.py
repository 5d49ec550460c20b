"""Destinations by the REST API: what the screens do, with secrets kept."""

from typing import Any

import msgspec
import pytest

from hark.testing.house import House, Reply

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = {"name": "Shop", "plugin": "webhook", "settings": {"url": "https://example.com/hook", "secret": SECRET}}


class Api:
    def __init__(self, house: House) -> None:
        self.house = house

    def __call__(self, method: str, path: str, body: Any = None) -> Reply:
        content = msgspec.json.encode(body) if body is not None else b""
        return self.house.ask(method, f"/api/v1{path}", content, {"content-type": "application/json"})


@pytest.fixture
def api(house: House) -> Api:
    return Api(house)


def test_kinds_say_what_they_need(api: Api) -> None:
    kinds = {kind["plugin"]: kind for kind in api("GET", "/destination-kinds").json()["kinds"]}

    assert {"webhook", "files", "postgres_table"} <= kinds.keys()
    assert "url" in str(kinds["webhook"]["settings"])


def test_a_destination_is_added_changed_and_removed_and_its_secret_never_shown(api: Api) -> None:
    added = api("POST", "/destinations", HOOK)
    assert added.status_code == 201
    path = f"/destinations/{added.json()['id']}"
    changed = api("PATCH", path, {"settings": {"batch": 9}, "events": ["Order Completed"], "paused": True}).json()
    assert (changed["settings"]["batch"], changed["events"], changed["state"]) == (9, ["Order Completed"], "paused")
    assert changed["settings"]["url"] == "https://example.com/hook"
    shown = api("GET", path).text + api("GET", "/destinations").text + added.text
    assert SECRET not in shown
    (row,) = api.house.query("select settings from destination")
    assert row["settings"]["secret"] == SECRET
    assert api("GET", f"{path}/health").json()["behind"] == 0
    assert api("GET", f"{path}/attempts").json() == {"attempts": []}
    assert api("GET", "/dead-letters").json() == {"letters": []}
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [({"plugin": "nowhere"}, 422), ({"settings": {}}, 422), ({"settings": {"url": "x"}}, 422), ({"name": ""}, 400)],
)
def test_what_is_wrong_is_a_problem(api: Api, change: dict[str, Any], status: int) -> None:
    reply = api("POST", "/destinations", {**HOOK, **change})

    assert reply.status_code in (status, 422)
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_name_is_taken_once(api: Api) -> None:
    api("POST", "/destinations", HOOK)

    assert api("POST", "/destinations", HOOK).status_code == 409


def test_the_test_tells_what_happened_and_a_private_address_is_refused(api: Api) -> None:
    body = {**HOOK, "settings": {"url": "http://127.0.0.1:9/hook"}}
    number = api("POST", "/destinations", body).json()["id"]
    told = api("POST", f"/destinations/{number}/test").json()

    assert told["works"] is False
    assert "allow_private" in told["said"]
