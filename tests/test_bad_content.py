"""Requests that are well sent and say strange things: kept or shown, never lost, and nobody behind the door stumbles."""

from typing import Any

import msgspec
import pytest

from hark.testing.house import House

NOW = "2026-11-22T10:00:00Z"
HTML = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>'


def track(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Viewed", "userId": "u1", "messageId": f"m{number}", **fields}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"in": value}
    return value


CONTEXTS: list[Any] = [
    {"page": 5, "library": [], "device": "x", "externalIds": {}, "traits": 7, "campaign": [1], "app": None},
    {"externalIds": [1, None, {"id": {}, "type": 5}, {"id": "x", "type": "", "collection": "users"}]},
    {"externalIds": [{"id": "x", "type": "a b\u0000c:d", "collection": "users", "encoding": "none"}]},
    {"device": {"id": [], "token": {}, "advertisingId": 5, "type": 9}},
    {"timezone": "Mars/Base", "locale": 5, "ip": "not an ip", "userAgent": []},
    {"timezone": ["x"], "locale": "x" * 10_000, "groupId": {"a": 1}, "sessionId": 1e300},
    {"consent": [1, 2]},
    {"consent": {"categoryPreferences": {"": None, "marketing": "perhaps", "x" * 500: True}}},
    {"consent": {"purposes": "all"}, "set_once": [1], "library": {"name": 5, "env": {}}},
    {"set_once": {"a": {"b": [1, None]}}, "page": {"url": 5, "path": None}},
]
PROPERTIES: list[Any] = [
    {"revenue": {"a": 1}, "total": "NaN", "currency": 5, "products": "many", "order_id": ["o"]},
    {"order_id": "o1", "products": [1, None, {"sku": {}, "price": "free", "quantity": -1e300}], "total": 1e308},
    {"order_id": "x" * 5_000, "total": "1e400", "currency": "\u0000\u0000\u0000"},
    {"order_id": 2**70, "total": -0.0, "revenue": 10**40, "value": True},
    {"": "", "\u0000": "\u0000", "a\u0000b": ["\u0000"], "$in": {"$gt": 0}, "__proto__": {"x": 1}},
    {"price": "9" * 3_000, "products": [[[[]]]], "quantity": "many", "sku": None, "product_id": {}},
]
TRAITS: list[Any] = [
    {"email": 5, "phone": ["+49"], "name": {"first": HTML}, "birthday": "0000-00-00", "address": "x"},
    {"email": "x" * 10_000, "phone": "+" * 1_000, "firstName": None, "": 1, "age": "NaN"},
    {"email": "a\u0000@example.com", "name": HTML, "createdAt": "9999-99-99", "birthday": 1e300},
]


def assert_nothing_stumbled(house: House, expected: int) -> None:
    house.settle()
    heard = house.query("select count(*) as n from event")[0]["n"]
    refused = house.query("select count(*) as n from refusal")[0]["n"]
    assert heard + refused == expected
    assert house.query("select position, error from parked") == []
    assert house.query("select id from raw where state = 0") == []


@pytest.mark.parametrize("name", ["Viewed", "Order Completed", "Product Added", "Order Refunded"])
def test_strange_contexts_and_properties(house: House, name: str):
    calls = [track(i, event=name, context=context) for i, context in enumerate(CONTEXTS)]
    calls += [track(100 + i, event=name, properties=properties) for i, properties in enumerate(PROPERTIES)]

    assert house.post("/v1/batch", {"batch": calls}).status_code == 200
    assert_nothing_stumbled(house, len(calls))


def test_strange_traits(house: House):
    calls = [track(i, type="identify", traits=traits) for i, traits in enumerate(TRAITS)]
    calls += [track(50 + i, type="group", groupId="g", traits=traits) for i, traits in enumerate(TRAITS)]

    assert house.post("/v1/batch", {"batch": calls}).status_code == 200
    assert_nothing_stumbled(house, len(calls))
    assert house.person("user_id:u1")["traits"]["name"] == HTML  # as sent: what shows it must escape it


def test_strange_events_of_our_own_form(house: House):
    events = [
        {"name": "A", "identities": {"": "x", "\u0000": "y", "kind:with:colons": "z", "user_id": "\u0000"}},
        {"name": "\u0000", "identities": {"user_id": "u1"}},
        {"name": HTML, "identities": {"email": HTML, "phone": "☎" * 400, "user_id": "../../etc/passwd"}},
        {"name": "B", "identities": {"user_id": ["u1", None, {}, [], True, 0, 1e300, "x" * 501]}},
        {"name": "group", "identities": {}, "properties": {"group_id": "g" * 10_000}, "traits": {"a": 1}},
        {"name": "identify", "identities": {"user_id": "u1"}, "traits": {"deep": deep(400)}},
    ]

    assert house.post("/v1/events", events).status_code == 200
    assert_nothing_stumbled(house, len(events))


@pytest.mark.parametrize(
    "number",
    [b"1e999", b"-1e999", b"9" * 400, b"9" * 200_000, b"-" + b"9" * 200_000, b"1e-999", b"0." + b"1" * 20_000, b"NaN"],
    ids=lambda number: number[:8].decode(),
)
def test_numbers_beyond_all_measure(house: House, number: bytes):
    body = b'{"batch":[{"type":"track","event":"Order Completed","userId":"u1","properties":{"id":"o","total":%s}},%s]}'

    reply = house.post("/v1/batch", body % (number, msgspec.json.encode(track(1))))

    assert reply.status_code == 200
    assert_nothing_stumbled(house, 2)


@pytest.mark.parametrize("levels", [60, 300, 900, 5_000])
def test_deep_nesting(house: House, levels: int):
    nested = b'{"a":' * levels + b"1" + b"}" * levels
    body = b'{"batch":[{"type":"identify","userId":"u1","traits":{"deep":%s}},%s]}'

    reply = house.post("/v1/batch", body % (nested, msgspec.json.encode(track(1))))

    assert reply.status_code in (200, 400)
    if reply.status_code == 200:
        assert_nothing_stumbled(house, 2)
    else:
        assert "nested" in reply.json()["message"]


@pytest.mark.parametrize(
    "when",
    [
        "9999-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z",
        "0000-00-00",
        1e300,
        -1e300,
        "1e999",
        "soon",
        "٢٠٢٦-١١-٢٢",
        0,
        "",
    ],
)
def test_times_of_broken_clocks(house: House, when: Any):
    calls = [track(1, timestamp=when), track(2, timestamp=when, sentAt=when), track(3, timestamp=NOW, sentAt=when)]
    calls.append(track(4, originalTimestamp=when, timestamp=when))

    assert house.post("/v1/batch", {"batch": calls, "sentAt": when}).status_code == 200
    assert_nothing_stumbled(house, len(calls))


def test_a_million_traits(house: House):
    """Over the limit of a body; and the most that fits in one is refused with its reason, not folded."""
    million = house.post("/v1/identify", {"userId": "u1", "traits": {f"trait{n}": n for n in range(1_000_000)}})
    many = house.post("/v1/identify", {"userId": "u1", "traits": {f"t{n}": n for n in range(200_000)}})

    assert million.status_code == 413
    assert many.status_code == 200
    assert_nothing_stumbled(house, 2)
    assert house.person("user_id:u1") is None


def test_one_event_too_large_does_not_spoil_its_batch(house: House):
    large = track(1, properties={"text": "x" * (house.config.max_event + 1)})

    assert house.post("/v1/batch", {"batch": [large, track(2)]}).status_code == 200
    assert_nothing_stumbled(house, 2)
    assert [row["message_id"] for row in house.query("select message_id from event")] == ["m2"]


@pytest.mark.parametrize("value", ["\u0000", "null", "0", "anonymous", " ", "x" * 5_000, "💥" * 100, "\u202e\u200b"])
def test_ids_that_point_to_nobody(house: House, value: str):
    calls = [track(1, userId=value), track(2, userId=None, anonymousId=value), track(3, messageId=value)]
    calls += [track(4, type="alias", previousId=value), track(5, type="group", groupId=value)]

    assert house.post("/v1/batch", {"batch": calls}).status_code == 200
    assert_nothing_stumbled(house, len(calls))
