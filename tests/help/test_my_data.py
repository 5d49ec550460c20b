"""Natalie looks at her own data, takes it along, changes her mind, and asks to be forgotten. Cy sees nothing of hers."""

import pytest

from hark.help import my_data
from hark.testing.desk import Desk, words
from hark.testing.house import House


@pytest.fixture
def natalie(house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(my_data, "PATIENCE", 0.0)  # nobody works beside a test: it settles by itself
    traits = {"email": "natalie@moreau.example", "firstName": "Natalie", "address": {"city": "Lyon"}}
    house.post("/v1/identify", {"type": "identify", "messageId": "1", "userId": "nat", "traits": traits})
    house.post("/v1/identify", {"type": "identify", "messageId": "2", "userId": "cy", "traits": {"pet": "hedgehog"}})
    house.settle()
    return Desk.customer(house, "email", "natalie@moreau.example")


def test_she_sees_herself_and_nobody_else(natalie: Desk) -> None:
    shown = words(natalie.get("/my-data"))

    assert "Natalie" in shown
    assert "Lyon" in shown
    assert "hedgehog" not in shown


def test_she_takes_it_along(natalie: Desk) -> None:
    record = natalie.get("/my-data/record/json")

    assert record.json()["person"]["traits"]["firstName"] == "Natalie"
    assert "hedgehog" not in record.text
    assert natalie.get("/my-data/record/html").status_code == 200


def test_her_no_is_recorded_with_what_she_read(natalie: Desk, house: House) -> None:
    natalie.post("/my-data/consents/marketing", {"on": "1"})
    natalie.post("/my-data/consents/marketing", {"on": ""})
    house.settle()

    (row,) = house.query("select consents from person where traits ->> 'firstName' = 'Natalie'")
    assert row["consents"]["marketing"]["granted"] is False
    assert row["consents"]["marketing"]["proof"]["form"] == "my data"


def test_she_asks_to_be_forgotten_once(natalie: Desk, house: House, bo: Desk) -> None:
    natalie.post("/my-data/requests", {"kind": "erase"})
    natalie.post("/my-data/requests", {"kind": "erase"})

    assert "You asked to be forgotten" in words(natalie.get("/my-data"))
    assert house.query("select count(*) as n from data_request") == [{"n": 1}]
    assert "by the customer" in words(bo.get("/data-requests"))


def test_a_stranger_and_the_team_do_not_get_in_here(natalie: Desk, house: House, bo: Desk) -> None:
    nobody = Desk.customer(house, "email", "stranger@example.com")

    assert "We keep nothing of you" in words(nobody.get("/my-data"))
    assert nobody.get("/my-data/record/json").status_code == 404
    assert bo.get("/my-data").status_code == 403
    assert natalie.get("/data-requests").status_code == 403
