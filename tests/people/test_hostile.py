"""Strange input reaches the profile and leaves it whole: nothing is parked, nothing grows without bound."""

import random
from typing import Any

import pytest

from hark.events.record import own
from hark.testing.house import House

STRANGE: list[Any] = [
    {"total": 1e308, "currency": "€uro\u202e", "order_id": {"a": 1}, "products": [None, 7, {"product_id": ["x"]}]},
    {"revenue": "1" * 400, "products": "none", "product_id": True, "quantity": "many"},
    {"revenue": -5, "value": [], "rating": 1e9, "product_id": "p" * 10_000, "price": "NaN"},
    {"purpose": 5, "purposes": [None, "", "x" * 5000, {"a": 1}]},
    {"group_id": {"a": 1}, "groupId": [], "role": 5},
    {"promised_at": "year 9999", "delivery_date": 1e300, "order_id": "9", "total": None, "products": [{}] * 3000},
]
CONTEXTS: list[Any] = [
    {"consent": {"categoryPreferences": {"": True, "C0002": "yes", "x" * 9000: False}}},
    {"consent": "yes", "timezone": 5, "locale": ["de"], "set_once": "x"},
    {"consent": {"categoryPreferences": []}, "timezone": "x" * 9000, "locale": "\u202e" * 90},
]
NAMES = [
    "Order Completed",
    "Order Refunded",
    "Product Viewed",
    "Product Reviewed",
    "consent.granted",
    "x" * 400,
    "$set",
]


@pytest.mark.parametrize("seed", [1, 2])
def test_strange_events_are_folded_like_others(house: House, seed: int) -> None:
    for name, text in {"s": 'sum("Order Completed".total, 9 days) > 1', "m": 'traits.a contains "x"'}.items():
        house.say(own("segment.defined", properties={"name": name, "condition": text}))
    house.say(own("trait.defined", properties={"name": "t", "condition": 'most_frequent("Product Viewed".price)'}))
    for strange in ({"name": None}, {"name": "a", "condition": {"is": "x"}}, {"name": 5, "condition": 7}, {}):
        for event in ("segment.defined", "trait.removed", "mapping.defined", "segment.removed"):
            house.say(own(event, properties={**strange, "phase": ["x"]}))
    chance = random.Random(seed)
    for number in range(60):
        house.post(
            "/v1/track",
            {
                "userId": f"u{number % 3}",
                "event": chance.choice(NAMES),
                "properties": chance.choice(STRANGE),
                "context": chance.choice(CONTEXTS),
            },
        )
        house.post("/v1/identify", {"userId": "u0", "traits": {"a": chance.choice(STRANGE), "b" * 900: 1e400}})
        house.post("/v1/group", {"userId": "u1", "groupId": "g", "traits": chance.choice(STRANGE)})
    house.settle()

    assert house.query("select name, error from parked join event using (position)") == []
    assert house.query("select count(*) as n from person")[0]["n"] == 3


def test_a_person_with_endless_event_names_keeps_those_that_are_known(house: House) -> None:
    names = [f"made up {number}" for number in range(700)]
    batch = [{"type": "track", "userId": "ann", "event": name} for name in [*names, "Order Completed"]]
    house.post("/v1/batch", {"batch": batch})
    house.settle()
    [row] = house.query("select counts, over, events from person")

    assert (len(row["counts"]), row["over"], row["events"]) == (500, ["names"], 701)
    assert row["counts"]["Order Completed"] == 1
