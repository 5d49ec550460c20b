"""Who may come in, and which person an address means."""

from typing import Any
from urllib.parse import unquote

import pytest

from hark.api.entrance import Limit, person_path
from hark.testing.house import House


def test_without_a_token_nothing_is_told(house: House):
    reply = house.ask("GET", "/api/v1/people", headers={"authorization": "Basic eDp5"})

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_token_may_only_what_its_scopes_say(house: House):
    token = house.add_token("reader", "segments:read")

    reply = house.ask("GET", "/api/v1/people", headers={"authorization": f"Bearer {token}"})

    assert reply.status_code == 403
    assert "people:read" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v1/nothing", 404), ("PUT", "/api/v1/people", 405)]
)
def test_paths_and_methods_that_are_none_are_problems_too(house: House, method: str, path: str, status: int):
    reply = house.ask(method, path)

    assert (reply.status_code, reply.json()["status"]) == (status, status)


def test_calls_beyond_the_limit_wait():
    limit = Limit(3, 60.0)

    assert [limit.take("192.0.2.1") for _ in range(3)] == [None] * 3
    assert limit.take("192.0.2.1")
    assert limit.take("192.0.2.2") is None


@pytest.mark.parametrize(
    ("sent", "name", "last"),
    [
        ("email:ann@example.com", "email:ann@example.com", ""),
        ("email%3Aann%40example.com/events", "email:ann@example.com", "/events"),
        ("user_id:shop/7:b/events", "user_id:shop/7:b", "/events"),
        ("user_id:a%2Fevents", "user_id:a/events", ""),
        ("url:https://example.com/a/consents/marketing", "url:https://example.com/a", "/consents/marketing"),
        ("phone:%2B4930123", "phone:+4930123", ""),
        ("name:J%C3%BCrgen%20%25", "name:Jürgen %", ""),
    ],
)
def test_a_name_in_a_path_may_hold_anything(sent: str, name: str, last: str):
    scope: Any = {"path": "/api/v1/people/" + unquote(sent), "raw_path": f"/api/v1/people/{sent}".encode()}

    _, _, rest = person_path(scope).partition("/api/v1/people/")
    part, slash, tail = rest.partition("/")
    assert unquote(part) == name
    assert slash + tail == last
