"""Learning what an event looks like: exact counts, bounded size, the same result in any order."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hark.events.check import compile_check
from hark.events.schema import MOST_NODES, Node, count_shape, read, sample, shape, size, to_json_schema, write

ORDER = {
    "order_id": "o-1001",
    "total": 59.9,
    "currency": "EUR",
    "paid_at": "2026-03-01T10:00:00Z",
    "lines": [{"sku": "W-17", "quantity": 1}],
    "shipping": {"city": "Berlin", "express": False},
}


def learn(*payloads: dict[str, Any]) -> Node:
    node = Node()
    for payload in payloads:
        count_shape(node, shape(payload))
        sample(node, payload)
    return node


def test_an_order_is_learned_with_its_lines():
    orders = [ORDER | {"order_id": f"o-{number}", "total": number + 0.5} for number in range(60)]

    schema = to_json_schema(learn(*orders), "Order Completed")

    properties = schema["properties"]
    assert schema["required"] == sorted(ORDER)
    assert properties["paid_at"] == {"type": "string", "format": "date-time", "x-share": 1.0}
    assert properties["total"] == {"type": "number", "x-seen": {"least": 0.5, "most": 59.5}, "x-share": 1.0}
    assert properties["lines"]["items"]["properties"]["quantity"]["type"] == "integer"
    assert properties["shipping"]["properties"]["express"]["type"] == "boolean"


def test_what_is_only_sometimes_there_is_not_required():
    schema = to_json_schema(learn(*[ORDER] * 90, *[ORDER | {"coupon": "SPRING"}] * 10))

    assert "coupon" not in schema["required"]
    assert schema["properties"]["coupon"]["x-share"] == 0.1


def test_few_values_are_an_enumeration_and_many_are_not():
    few = [{"phase": word, "name": f"n{number}"} for number in range(30) for word in ("usage", "planning")]

    properties = to_json_schema(learn(*few))["properties"]

    assert properties["phase"]["enum"] == ["planning", "usage"]
    assert "enum" not in properties["name"]


def test_addresses_are_never_listed_as_values():
    node = learn(*[{"email": f"{name}@example.com"} for name in ("ann", "bo") for _ in range(40)])

    assert node.properties["email"].values is None
    assert to_json_schema(node)["properties"]["email"]["format"] == "email"


def test_a_million_traits_stay_bounded():
    node = learn(*[{f"trait {n}-{m}": n for n in range(5_000)} for m in range(20)])

    assert size(node) <= MOST_NODES
    assert node.more
    assert "additionalProperties" not in to_json_schema(node, closed=True)


def test_deep_nesting_ends():
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"deeper": deep, "lines": [[[deep]]]}

    node = learn(deep)

    assert size(node) < 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
payloads = st.lists(st.dictionaries(st.text(max_size=8), json_values, max_size=6), min_size=1, max_size=30)


@given(payloads, st.randoms(use_true_random=False))
def test_what_was_learned_from_always_conforms_and_order_does_not_matter(
    seen: list[dict[str, Any]], rng: random.Random
):
    schema = to_json_schema(learn(*seen), "Any", closed=True)
    mixed = rng.sample(seen, len(seen))

    check = compile_check(schema)
    assert [check(payload) for payload in seen] == [[]] * len(seen)
    assert to_json_schema(learn(*mixed), "Any", closed=True) == schema


@given(payloads)
def test_what_was_learned_survives_the_database(seen: list[dict[str, Any]]):
    node = learn(*seen)

    assert write(read(write(node))) == write(node)
