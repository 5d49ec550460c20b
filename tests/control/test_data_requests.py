"""Somebody asks what is kept of them, or to be forgotten: Bo hands over the record, forgets them, keeps the certificate."""

import msgspec
import pytest

from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web.rights import Role


@pytest.fixture
def natalie(house: House) -> House:
    traits = {"email": "natalie@moreau.example", "firstName": "Natalie", "lastName": "Moreau"}
    house.post("/v1/identify", {"type": "identify", "messageId": "1", "userId": "nat", "traits": traits})
    house.post(
        "/v1/identify", {"type": "identify", "messageId": "2", "userId": "cy", "traits": {"email": "cy@brandt.example"}}
    )
    house.settle()
    return house


def test_the_record_is_handed_over(bo: Desk, natalie: House) -> None:
    place = bo.post("/data-requests", {"person": "natalie@moreau.example", "kind": "export"}).headers["location"]

    assert "Natalie Moreau" in words(bo.get(place))
    record = bo.get(f"{place}/record/json")
    assert record.json()["person"]["traits"]["firstName"] == "Natalie"
    assert "attachment" in record.headers["content-disposition"]
    assert "Everything we keep about Natalie Moreau" in bo.get(f"{place}/record/html").text
    assert "Done" in words(bo.get("/data-requests"))
    assert bo.get(f"{place}/record/exe").status_code == 404


def test_forgetting_asks_to_be_sure_and_leaves_a_certificate(bo: Desk, natalie: House) -> None:
    place = bo.post("/data-requests", {"person": "user_id:nat", "kind": "erase"}).headers["location"]
    bo.post(f"{place}/carry-out")
    assert natalie.query("select 1 from identity where value = 'nat'")

    bo.post(f"{place}/carry-out", {"sure": "1"})

    assert natalie.query("select 1 from identity where value = 'nat'") == []
    assert natalie.query("select 1 from identity where value = 'cy'")
    assert "Certificate" in words(bo.get(place))
    signed = bo.get(f"{place}/certificate.json").json()
    assert signed["removed"]["person"] == 1
    assert "nat" not in str(natalie.query("select identity_value from data_request"))
    assert "it cannot" not in words(bo.post(f"{place}/carry-out", {"sure": "1"}))
    assert bo.get(f"{place}/record/json").status_code == 404


def test_nobody_is_found_kindly(bo: Desk, natalie: House) -> None:
    reply = bo.post("/data-requests", {"person": "nobody@example.com", "kind": "erase"})

    assert reply.status_code == 422
    assert "nobody is known by" in words(reply)


def test_an_agent_may_neither_look_nor_forget(bo: Desk, natalie: House) -> None:
    place = bo.post("/data-requests", {"person": "user_id:nat", "kind": "erase"}).headers["location"]
    agent = bo.as_(Role.AGENT)

    assert agent.get("/data-requests").status_code == 403
    assert agent.get(f"{place}/record/json").status_code == 403
    assert agent.post(f"{place}/carry-out", {"sure": "1"}).status_code == 403


def test_the_api_does_the_same(natalie: House) -> None:
    token = natalie.add_token("care", "people:export", "people:erase", "people:read")
    headers = {"authorization": f"Bearer {token}"}
    record = natalie.ask("GET", "/api/v1/people/user_id:nat/export", headers=headers)
    gone = natalie.ask("DELETE", "/api/v1/people/email:natalie@moreau.example", headers=headers)
    again = natalie.ask("DELETE", "/api/v1/people/user_id:nat", headers=headers)
    asked = natalie.ask(
        "POST",
        "/api/v1/data-requests",
        msgspec.json.encode({"person": "user_id:cy", "kind": "anonymise"}),
        headers | {"content-type": "application/json"},
    )

    assert record.json()["events"][0]["message_id"] == "1"
    assert gone.status_code == 200
    assert gone.json()["kind"] == "erase"
    assert again.status_code == 404
    assert asked.json()["state"] == "open"
    done = natalie.ask("POST", f"/api/v1/data-requests/{asked.json()['id']}/carry-out", headers=headers)
    assert done.json()["kind"] == "anonymise"
