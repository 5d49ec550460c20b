"""Orders on screen: the list, one order, the catalogue, and what a person has."""

import re

import pytest

from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser


@pytest.fixture
def bo(house: House) -> Browser:
    return Browser(house, Role.AGENT)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_an_order_is_found_from_the_list_to_its_person(house: House, bo: Browser) -> None:
    washer = {"product_id": "w17", "name": "Washer W-17 <b>", "price": 499.9}
    house.post("/v1/identify", {"userId": "ann", "traits": {"name": "Ann Berg"}})
    for name, more in (
        ("Order Completed", {"total": 499.9, "promised_at": "2020-01-01"}),
        ("Order Returned", {}),
    ):
        properties = {"order_id": "A/1", "currency": "EUR", "products": [washer], **more}
        house.post("/v1/track", {"userId": "ann", "event": name, "properties": properties})
    house.post(
        "/v1/track",
        {"userId": "ann", "event": "Product Added to Wishlist", "properties": {"product_id": "d1", "name": "Dryer"}},
    )
    house.settle()
    [person] = house.query("select id from person")
    page = bo.get(f"/people/{person['id']}/orders")
    listed = text_of(bo.get("/orders").text)

    assert "A/1 Ann Berg returned late 1 × Washer W-17 &lt;b&gt;" in listed
    assert bo.get("/orders?status=cancelled").status_code == 200
    assert "Dryer on the wish list" in text_of(page.text)
    assert "Gave back" in page.text
    assert "Washer W-17" in bo.get("/products?q=washer").text
    assert "Order A/1" in bo.get("/orders/A/1").text
    assert bo.get("/orders/nothing").status_code == 404


def test_empty_lists_teach(bo: Browser) -> None:
    assert "As soon as a shop sends" in bo.get("/orders").text
    assert "Products are learned from events" in bo.get("/products").text
