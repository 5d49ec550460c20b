"""Every screen, empty and with somebody in it: well-formed for those who listen, and nothing that the policy refuses."""

import re

import pytest
from litestar.handlers import HTTPRouteHandler

from hark.testing.desk import Desk
from hark.testing.house import House
from hark.web import locale
from hark.web.handlers import found
from hark.web.rights import Role
from tests.web.outline import Outline

# What is asked for by scripts, and the phone app, which its script draws: tests/accessibility looks at it in a browser.
NO_PAGES = ("/search", "/sign-in", "/notices/key", "/pictures", "/phone", "/phone/brief", "/phone/shell")
SCREENS = sorted(
    path
    for handler in found("hark.desk", "hark.control")
    if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
    for path in handler.paths
    if "{" not in path and path not in NO_PAGES and "." not in path
)
STORY = [
    ("/v1/page", {"anonymousId": "a-1", "name": "Washers", "properties": {"path": "/c/washers"}}),
    (
        "/v1/identify",
        {
            "anonymousId": "a-1",
            "userId": "u-1",
            "traits": {"email": "natalie@example.com", "name": "Natalie <script>alert(1)</script> Moreau"},
            "context": {"timezone": "Europe/Paris", "locale": "fr-FR"},
        },
    ),
    (
        "/v1/track",
        {
            "userId": "u-1",
            "event": "Order Completed",
            "properties": {"total": 749, "currency": "EUR", "order_id": "T-1", "products": [{"name": "W-17"}]},
        },
    ),
    (
        "/v1/identify",
        {
            "userId": "u-1",
            "traits": {"address": {"city": ["no", "text"]}, "phone": {"a": 1}, "items": 3, "company": []},
        },
    ),
    ("/v1/identify", {"userId": "u-2", "traits": {"email": "natalia@example.com", "name": "Natalia Moreau"}}),
]


@pytest.fixture
def natalie(house: House) -> str:
    for path, body in STORY:
        house.post(path, body)
    house.settle()
    return str(house.query("select id from person where traits->>'email' = 'natalie@example.com'")[0]["id"])


@pytest.mark.parametrize("path", SCREENS)
def test_an_empty_screen_teaches(bo: Desk, path: str) -> None:
    reply = bo.get(path)

    assert reply.status_code == 200
    assert Outline(reply.text).faults == []


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "?phase=planning",
        "?channel=web&before=2020-01-01T00:00:00Z",
        "/identities",
        "/traits",
        "/consents",
        "/merge",
    ],
)
def test_the_pages_of_a_person(bo: Desk, natalie: str, tail: str) -> None:
    reply = bo.get(f"/people/{natalie}{tail}")

    assert reply.status_code == 200
    assert Outline(reply.text).faults == []
    assert "<script>alert" not in reply.text
    assert "Natalie &lt;script&gt;" in reply.text


@pytest.mark.parametrize("path", ["/", "/people", "/people?q=natali", "/people?segment=none", "/control/style"])
def test_lists_with_somebody_in_them(bo: Desk, natalie: str, path: str) -> None:
    reply = bo.get(path)

    assert reply.status_code == 200
    assert Outline(reply.text).faults == []


@pytest.mark.parametrize("words", ["natali moreu", "natalie@example.com", "user_id:u-1", "Moreau"])
def test_search_forgives(bo: Desk, natalie: str, words: str) -> None:
    assert natalie in bo.get(f"/people?q={words}").text
    assert natalie in bo.get(f"/search?q={words}").text


def test_a_broken_address_of_a_page_is_a_clear_answer(bo: Desk, natalie: str) -> None:
    for path in ("/people?before=x", "/people?before=2026-01-01~y", f"/people/{natalie}?before=never"):
        reply = bo.get(path)

        assert (path, reply.status_code) == (path, 404)
        assert "There is nothing here" in reply.text


def test_an_old_id_leads_to_the_person(bo: Desk, house: House, natalie: str) -> None:
    other = house.query("select id from identity where person = %s::uuid and id <> %s::uuid", natalie, natalie)[0]["id"]

    reply = bo.get(f"/people/{other}")

    assert (reply.status_code, reply.headers["location"]) == (303, f"/people/{natalie}")


def test_who_may_not_change_sees_no_button(bo: Desk, natalie: str) -> None:
    page = bo.as_(Role.ANALYST).get(f"/people/{natalie}").text

    assert "/merge" not in page
    assert "/erase" not in page


def test_what_protects_a_page(bo: Desk) -> None:
    headers = bo.get("/").headers
    policy = headers["content-security-policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_a_fragment_is_the_block_of_the_same_page(house: House, bo: Desk, natalie: str) -> None:
    headers = {"cookie": f"hark_session={bo.secret}", "hark-fragment": "moments"}
    fragment = house.ask("GET", f"/people/{natalie}", headers=headers).text.strip()
    whole = bo.get(f"/people/{natalie}").text

    assert fragment.startswith('<div class="timeline">')
    assert "Order Completed" in fragment
    assert re.sub(r"\s+", "", fragment) in re.sub(r"\s+", "", whole)


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_a_page_speaks_the_language_that_was_chosen(house: House, bo: Desk, language: str) -> None:
    headers = {"cookie": f"hark_session={bo.secret}; hark_language={language}", "accept-language": "xx"}

    reply = house.ask("GET", "/people", headers=headers)

    assert f'<html lang="{language}"' in reply.text
