"""After somebody is forgotten, a replay of the log finds exactly what is there: nothing hangs on rows that are gone."""

from typing import Any

import pytest

from hark import flow
from hark.carry.erase import anonymise, erase
from hark.testing.house import House

DERIVED = ("identity", "edge", "facet", "person", "timeline", "account", "customer_order", "interest")


@pytest.fixture
def crowd(house: House) -> House:
    """Natalie and Cy share a mail address and a device; each has things of their own."""
    for number, user in enumerate(("nat", "cy", "nat", "cy", "bo")):
        shared = {} if user == "bo" else {"email": "casa@moreau.example"}
        order = {
            "order_id": f"T{number}",
            "total": 10 * number,
            "currency": "EUR",
            "products": [{"product_id": "W-17"}],
        }
        who = {"userId": user, "anonymousId": "tablet" if number < 2 else f"own-{user}"}
        calls = [
            {"type": "identify", "messageId": f"i{number}", **who, "traits": {"name": user, **shared}},
            {"type": "track", "messageId": f"t{number}", **who, "event": "Order Completed", "properties": order},
            {"type": "group", "messageId": f"g{number}", **who, "groupId": f"home-{user}", "traits": {"rooms": number}},
        ]
        house.post("/v1/batch", {"batch": calls})
    house.settle()
    return house


def rows(house: House) -> dict[str, list[dict[str, Any]]]:
    return {table: house.query(f"select * from {table} t order by t::text") for table in DERIVED}


@pytest.mark.parametrize("act", [erase, anonymise])
def test_a_replay_finds_the_same_rows(crowd: House, act: Any) -> None:
    act(crowd.hark.carrying(), "user_id", "nat")
    before = rows(crowd)

    flow.start_replay(crowd.hark.engines())
    crowd.settle()
    after = rows(crowd)

    for table in DERIVED:
        assert after[table] == before[table], table
    assert before["person"]
