"""The names that scripts are written against, on a real server: commands, paths and the keys of their answers."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hark.testing.server import Server


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.add_source("script")


@pytest.fixture(scope="module")
def api(server: Server) -> Callable[..., httpx.Response]:
    token = server.run("token", "add", "script", "--scopes", "people:read,people:write")
    client = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=30)
    return client.request


def say(server: Server, key: str, *calls: dict[str, Any]) -> None:
    httpx.post(f"{server.url}/v1/batch", json={"batch": list(calls)}, auth=(key, "")).raise_for_status()
    server.settle()


def test_commands_print_the_secret_alone(server: Server, key: str):
    assert len(key.split()) == 1
    assert len(server.run("token", "add", "till", "--scopes", "events:read,admin").split()) == 1
    assert "there is no scope" not in server.run("token", "list")


def test_a_profile_by_any_identity(server: Server, key: str, api: Callable[..., httpx.Response]):
    say(
        server,
        key,
        {"type": "track", "event": "Product Viewed", "anonymousId": "visit-1"},
        {"type": "identify", "userId": "nat/1:a", "anonymousId": "visit-1", "traits": {"email": "nat@example.com"}},
    )

    person = api("GET", "/api/v1/people/user_id:nat%2F1%3Aa").json()
    wanted = {"id", "traits", "identities", "segments", "consents", "counts", "first_seen", "last_seen"}
    assert person.keys() >= wanted
    assert person["counts"]["Product Viewed"] == 1
    for name in ("email:nat@example.com", "anonymous_id:visit-1", f"id:{person['id']}", "user_id:nat/1:a"):
        assert api("GET", f"/api/v1/people/{name}").json() == person

    history = api("GET", "/api/v1/people/email:nat@example.com/events", params={"limit": 1}).json()
    assert history.keys() == {"events", "next"}
    rest = api("GET", "/api/v1/people/email:nat@example.com/events", params={"before": history["next"]}).json()
    assert [event["name"] for event in (*history["events"], *rest["events"])] == ["identify", "Product Viewed"]
    assert rest["next"] is None


def test_a_merge_takes_effect_and_is_taken_back(server: Server, key: str, api: Callable[..., httpx.Response]):
    say(
        server,
        key,
        {"type": "track", "event": "Washer Started", "userId": "m-1"},
        {"type": "track", "event": "Order Completed", "userId": "m-2"},
    )
    apart = api("GET", "/api/v1/people/user_id:m-2").json()

    merged = api("POST", "/api/v1/people/user_id:m-1/merge", json={"with": "user_id:m-2"})
    assert merged.status_code == 200
    assert api("GET", "/api/v1/people/user_id:m-2").json()["counts"].keys() == {"Washer Started", "Order Completed"}

    assert api("POST", f"/api/v1/merges/{merged.json()['id']}/revert").status_code == 200
    assert api("GET", "/api/v1/people/user_id:m-2").json() == apart


def test_an_erasure_answers_its_certificate(server: Server, key: str, api: Callable[..., httpx.Response]):
    say(server, key, {"type": "identify", "userId": "gone", "traits": {"email": "gone@example.com"}})

    certificate = api("DELETE", "/api/v1/people/user_id:gone")
    assert certificate.status_code == 200
    assert certificate.json()["removed"]
    assert "gone" not in certificate.text
    assert api("GET", "/api/v1/people/email:gone@example.com").status_code == 404


def test_errors_are_problems(server: Server, api: Callable[..., httpx.Response]):
    for reply in (
        api("GET", "/api/v1/people/email:nobody@example.com"),
        api("PUT", "/api/v1/people/email:nobody@example.com"),
        httpx.get(f"{server.url}/api/v1/people/email:nobody@example.com"),
        api("GET", "/api/v1/tokens"),
        api("POST", "/api/v1/people/user_id:x/merge", content=b"{", headers={"content-type": "application/json"}),
    ):
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.json()["status"] == reply.status_code
