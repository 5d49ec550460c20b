"""Natalie's whole record: everything that is kept of her, nothing of anybody else, as JSON and as a page."""

import msgspec
import pytest

from hark.carry.record import as_html, as_json, export
from hark.errors import NotFound
from hark.testing.house import House


@pytest.fixture
def natalie(house: House) -> House:
    order = {
        "order_id": "T1",
        "total": 749,
        "currency": "EUR",
        "products": [{"product_id": "W-17", "name": "Washer <b>W-17</b>", "quantity": 1, "price": 749}],
    }
    consent = {"consent": {"categoryPreferences": {"marketing": True}, "text": "privacy-fr-3"}}
    traits = {"email": "natalie@moreau.example", "firstName": "Natalie", "address": {"city": "Lyon"}}
    calls = [
        {
            "type": "identify",
            "messageId": "1",
            "userId": "nat",
            "anonymousId": "a-1",
            "traits": traits,
            "context": consent,
        },
        {"type": "track", "messageId": "2", "userId": "nat", "event": "Order Completed", "properties": order},
        {"type": "track", "messageId": "3", "userId": "cy", "event": "Secret Of Cy", "properties": {}},
    ]
    house.post("/v1/batch", {"batch": calls})
    house.settle()
    return house


def test_the_record_holds_every_part(natalie: House) -> None:
    with natalie.database.transaction() as tx:
        record = msgspec.json.decode(as_json(export(tx, "email", "NATALIE@moreau.example", natalie.hark.declared)))

    assert {one["value"] for one in record["person"]["identities"]} >= {"nat", "a-1", "natalie@moreau.example"}
    assert record["traits"]["firstName"]["value"] == "Natalie"
    assert [event["name"] for event in record["events"]] == ["identify", "Order Completed"]
    assert record["person"]["consents"]["marketing"]["proof"]["text"] == "privacy-fr-3"
    assert record["orders"][0]["number"] == "T1"
    assert record["evidence"]
    assert "Secret Of Cy" not in str(record)


def test_the_page_is_whole_and_safe(natalie: House) -> None:
    with natalie.database.transaction() as tx:
        page = as_html(export(tx, "user_id", "nat", natalie.hark.declared))

    assert "Everything we keep about Natalie" in page
    assert "city: Lyon" in page
    assert "Washer &lt;b&gt;W-17&lt;/b&gt;" in page
    assert "<script" not in page
    assert "http" not in page.split("</head>")[0]


def test_of_nobody_there_is_no_record(natalie: House) -> None:
    with natalie.database.transaction() as tx, pytest.raises(NotFound):
        export(tx, "email", "nobody@example.com", natalie.hark.declared)
