"""What people bought, own, love and gave back, as events of the e-commerce specification tell it in any order."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from hark import flow
from hark.kit.ids import derived
from hark.model import Event
from hark.orders import hear, purchase, reading
from hark.orders.purchase import Purchase
from hark.testing.house import House

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WASHER: dict[str, Any] = {"product_id": "w17", "name": "Washer W-17", "price": 499.9, "category": "Washers"}
FILTER: dict[str, Any] = {"product_id": "f1", "name": "Filter", "price": "9.95", "quantity": 2}


def does(house: House, who: str, name: str, minutes: int = 0, **properties: Any) -> None:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    house.post("/v1/track", {"userId": who, "event": name, "properties": properties, "timestamp": at})
    house.settle()


def members(house: House, who: str) -> list[UUID]:
    return house.query("select p.members from person p join identity i on i.person = p.id where i.value = %s", who)[0][
        "members"
    ]


def test_an_order_from_the_basket_to_the_return(house: House) -> None:
    order = {"order_id": "1001", "total": 519.8, "currency": "EUR", "products": [WASHER, FILTER]}
    does(house, "ann", "Order Delivered", 90, order_id="1001")
    does(house, "ann", "Order Completed", 1, **order, promised_delivery_date="2026-06-01T13:00:00Z")
    does(house, "ann", "Order Returned", 200, order_id="1001", products=[{"product_id": "f1", "quantity": 1}])
    does(house, "ann", "Order Refunded", 201, order_id="1001", total=9.95)
    with house.database.transaction() as tx:
        [known] = reading.orders_of(tx, members(house, "ann"))
        owned = reading.owns(tx, members(house, "ann"))

    assert (known.status, known.total, known.refunded) == ("delivered", Decimal("519.8"), Decimal("9.95"))
    assert purchase.late(known, NOON) is True
    assert [(line.product, line.quantity, line.returned) for line in known.lines] == [("w17", 1, 0), ("f1", 2, 1)]
    assert [(one.product.name, one.quantity) for one in owned] == [("Washer W-17", 1), ("Filter", 1)]


def test_a_cancelled_order_is_nobodys_possession(house: House) -> None:
    does(house, "ann", "Order Completed", 1, order_id="7", products=[WASHER])
    does(house, "ann", "Order Cancelled", 2, order_id="7")
    with house.database.transaction() as tx:
        [known] = reading.orders_of(tx, members(house, "ann"))

        assert known.status == "cancelled"
        assert reading.owns(tx, members(house, "ann")) == []


def test_what_ann_loves_is_wished_looked_at_again_or_rated_well(house: House) -> None:
    for minute in range(3):
        does(house, "ann", "Product Viewed", minute, product_id="dryer")
    does(house, "ann", "Product Viewed", 4, product_id="oven")
    does(house, "ann", "Product Added to Wishlist", 9, product_id="fridge")
    does(house, "ann", "Product Removed from Wishlist", 5, product_id="fridge")
    does(house, "ann", "Product Reviewed", 6, product_id="w17", rating=5)
    with house.database.transaction() as tx:
        loved = reading.loves(tx, members(house, "ann"))

    assert [one.product.id for one in loved] == ["fridge", "w17", "dryer"]


def test_a_registered_appliance_is_owned_with_its_serial(house: House) -> None:
    does(house, "ann", "Product Registered", 1, product_id="w17", serial="S-9")
    with house.database.transaction() as tx:
        [owned] = reading.owns(tx, members(house, "ann"))

    assert (owned.product.id, owned.serial) == ("w17", "S-9")


def test_orders_follow_their_person_through_a_merge_and_a_replay(house: House) -> None:
    house.post(
        "/v1/track", {"anonymousId": "x", "event": "Order Completed", "properties": {"order_id": "1", "total": 5}}
    )
    house.post("/v1/identify", {"anonymousId": "x", "userId": "ann"})
    house.settle()
    before = house.query("select to_jsonb(o) as row from customer_order o")
    flow.start_replay(house.hark.engines())
    house.settle()
    with house.database.transaction() as tx:
        [known] = reading.orders_of(tx, members(house, "ann"))

    assert known.number == "1"
    assert house.query("select to_jsonb(o) as row from customer_order o") == before


_STAGES = some.sampled_from(sorted(hear.STAGES))


@settings(max_examples=100, deadline=None)
@given(
    drawn=some.lists(
        some.tuples(some.sampled_from(sorted(hear.STAGES)), some.integers(0, 9), some.integers(1, 3)), max_size=9
    ),
    seed=some.integers(0, 99),
)
def test_an_order_is_the_same_whatever_comes_first(drawn: list[tuple[str, int, int]], seed: int) -> None:
    events = [_event(name, minute, n, quantity) for n, (name, minute, quantity) in enumerate(drawn)]

    assert _fold(events) == _fold(random.Random(seed).sample(events, len(events)))


def _event(name: str, minute: int, n: int, quantity: int) -> Event:
    at = NOON + timedelta(minutes=minute)
    properties = {"order_id": "1", "total": n, "products": [{**WASHER, "quantity": quantity}]}
    return Event(
        id=derived(str(n)),
        type="track",
        name=name,
        at=at,
        received_at=at,
        source="s",
        message_id=str(n),
        properties=properties,
    )


def _fold(events: list[Event]) -> tuple[object, object]:
    known = Purchase()
    for event in events:
        purchase.apply(known, event, derived("anchor", event.message_id), list(hear.parts(event)))
    return purchase.conclude("1", known), known.owner
