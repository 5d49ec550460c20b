"""REST: Natalie visits, buys and is known by any of her identities; two records of her become one, and two again."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from hark.testing.house import House, Reply

ASYNC = {"prefer": "respond-async"}  # in these tests nobody works the path meanwhile


def track(house: House, name: str, **fields: Any) -> None:
    house.post("/v1/track", {"event": name, "messageId": f"{name}-{fields}", **fields})
    house.settle()


def identify(house: House, **fields: Any) -> None:
    house.post("/v1/identify", {"messageId": f"identify-{fields}", **fields})
    house.settle()


def do(house: House, path: str, body: Any) -> Reply:
    """An act, and then its effect."""
    reply = house.ask("POST", path, msgspec.json.encode(body), ASYNC)
    house.settle()
    return reply


@pytest.mark.parametrize("name", ["email:nobody@example.com", "user_id:a%2Fb%3Ac", "id:7"])
def test_nobody_is_a_problem_that_says_whom_was_asked_for(house: House, name: str):
    reply = house.ask("GET", f"/api/v1/people/{name}")

    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "not_found"


def test_a_person_is_known_by_each_of_their_identities(house: House):
    track(house, "Product Viewed", anonymousId="a-1", properties={"sku": "W-17"})
    identify(house, anonymousId="a-1", userId="shop/7:b", traits={"name": "Natalie", "email": "nat@example.com"})

    found = [house.person(key) for key in ("user_id:shop/7:b", "email:NAT@example.com", "anonymous_id:a-1")]
    first = found[0]
    assert all(person == first for person in found)
    assert house.person(f"id:{first['id']}") == first
    assert first["traits"]["name"] == "Natalie"
    assert first["counts"]["Product Viewed"] == 1
    assert {(known["kind"], known["value"]) for known in first["identities"]} == {
        ("user_id", "shop/7:b"),
        ("email", "nat@example.com"),
        ("anonymous_id", "a-1"),
    }
    assert first["first_seen"] <= first["last_seen"]
    assert first.keys() >= {"segments", "consents"}


def test_history_comes_in_pages_newest_first(house: House):
    for number in range(5):
        track(house, f"Step {number}", userId="nat", timestamp=f"2026-03-0{number + 1}T10:00:00Z")

    names, before = [], ""
    while before is not None:
        page = house.ask(
            "GET", f"/api/v1/people/user_id:nat/events?limit=2{before and '&before=' + quote(before)}"
        ).json()
        names += [event["name"] for event in page["events"]]
        before = page["next"]
    assert names == ["Step 4", "Step 3", "Step 2", "Step 1", "Step 0"]


def test_a_cursor_that_is_none_is_a_problem(house: House):
    identify(house, userId="nat")

    assert house.ask("GET", "/api/v1/people/user_id:nat/events?before=yesterday").status_code == 404


def test_two_are_merged_and_parted_again_with_their_history(house: House):
    track(house, "Washer Started", userId="nat")
    track(house, "Order Completed", userId="n.hill")

    merged = do(house, "/api/v1/people/user_id:nat/merge", {"with": "user_id:n.hill"})
    assert merged.status_code == 202
    assert house.person("user_id:n.hill") == house.person("user_id:nat")
    assert house.person("user_id:nat")["counts"].keys() >= {"Washer Started", "Order Completed"}

    reverted = do(house, f"/api/v1/merges/{merged.json()['id']}/revert", {})
    assert reverted.status_code == 202
    assert house.person("user_id:n.hill")["id"] != house.person("user_id:nat")["id"]
    assert "Order Completed" not in house.person("user_id:nat")["counts"]
    assert do(house, f"/api/v1/merges/{merged.json()['id']}/revert", {}).status_code == 409


def test_merging_somebody_with_themselves_is_refused(house: House):
    identify(house, userId="nat", traits={"email": "nat@example.com"})

    assert do(house, "/api/v1/people/user_id:nat/merge", {"other": "email:nat@example.com"}).status_code == 409
    assert do(house, "/api/v1/people/user_id:nat/merge", {}).status_code == 422


def test_it_says_why_two_are_one_and_splits_them(house: House):
    identify(house, userId="nat", traits={"email": "nat@example.com"})

    told = house.ask("GET", "/api/v1/people/user_id:nat/evidence").json()
    assert "named both" in told["evidence"][0]["because"]

    assert do(house, "/api/v1/people/user_id:nat/split", {"leave": ["email:nat@example.com"]}).status_code == 202
    assert house.person("email:nat@example.com")["id"] != house.person("user_id:nat")["id"]


def test_what_is_stated_by_hand_stands_and_says_where_it_came_from(house: House):
    identify(house, userId="nat", traits={"name": "N.", "city": "Bonn"})

    do(house, "/api/v1/people/user_id:nat/traits", {"traits": {"name": "Natalie", "city": None}})

    traits = house.ask("GET", "/api/v1/people/user_id:nat/traits").json()
    assert traits.keys() == {"name"}
    assert (traits["name"]["value"], traits["name"]["source"]) == ("Natalie", "hark")


def test_a_consent_is_written_down_with_its_proof(house: House):
    identify(house, userId="nat")

    do(
        house,
        "/api/v1/people/user_id:nat/consents",
        {"purpose": "marketing", "granted": True, "proof": {"form": "till"}},
    )

    answer = house.person("user_id:nat")["consents"]["marketing"]
    assert answer["granted"]
    assert answer["proof"]["form"] == "till"
    assert do(house, "/api/v1/people/user_id:nat/consents", {"purpose": "luck", "granted": True}).status_code == 422


def test_search_forgives_typos_and_finds_any_identity(house: House):
    identify(house, userId="7", traits={"name": "Natalie Hill", "email": "natalie.hill@example.com"})
    identify(house, userId="8", traits={"name": "Bo Berg"})

    def found(words: str) -> list[str]:
        people = house.ask("GET", f"/api/v1/people?q={quote(words)}").json()["people"]
        return [person["traits"]["name"] for person in people]

    assert found("Natlie") == ["Natalie Hill"]
    assert found("natalie.hil") == ["Natalie Hill"]
    assert found("8") == ["Bo Berg"]
    assert found("user_id:7") == ["Natalie Hill"]
    assert found("%' or 1=1 --") == []


def test_everybody_comes_in_pages(house: House):
    for number in range(5):
        identify(house, userId=f"u{number}", timestamp=f"2026-03-0{number + 1}T10:00:00Z", traits={"n": number})

    seen, before = [], ""
    while before is not None:
        page = house.ask("GET", f"/api/v1/people?limit=2{before and '&before=' + quote(before)}").json()
        seen += [person["traits"]["n"] for person in page["people"]]
        before = page["next"]
    assert seen == [4, 3, 2, 1, 0]
