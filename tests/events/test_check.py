"""Checking payloads: our own fast check agrees with the library, and a schema written by hand is safe to take."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark.errors import Rejected
from hark.events.check import Fault, compile_check

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["sku"],
    "additionalProperties": False,
    "properties": {
        "sku": {"type": "string"},
        "price": {"type": ["number", "null"]},
        "count": {"type": "integer"},
        "state": {"enum": ["new", "used", None]},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    },
}


def test_faults_say_where_and_what_was_expected():
    check = compile_check(SCHEMA)

    assert check({"price": "4", "state": "lost", "colour": "red", "lines": [{"n": 1}, {"n": "x"}]}) == [
        Fault("/sku", "required", "to be there"),
        Fault("/price", "type", "number or null"),
        Fault("/state", "enum", "new, used, None"),
        Fault("/colour", "additionalProperties", "only the properties of the plan"),
        Fault("/lines/1/n", "type", "integer"),
    ]


def test_a_whole_number_written_with_a_point_is_an_integer():
    assert compile_check(SCHEMA)({"sku": "a", "count": 2.0}) == []


def test_keywords_beyond_our_own_are_checked_too():
    check = compile_check({"properties": {"rating": {"minimum": 1, "maximum": 5}}})

    assert check({"rating": 3}) == []
    assert check({"rating": 9}) == [Fault("/rating", "maximum", "5")]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"required": "sku"},
        {"properties": []},
        {"$ref": "http://169.254.169.254/x"},
        {"anyOf": [{"$ref": "file:///etc/passwd"}]},
    ],
)
def test_a_schema_that_is_none_or_that_points_away_is_rejected(schema: dict[str, Any]):
    with pytest.raises(Rejected):
        compile_check(schema)


values = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-3, 3) | st.sampled_from(["new", "used", "x"])
lines = st.lists(st.dictionaries(st.sampled_from(["n", "m"]), values, max_size=2) | values, max_size=3)
documents = st.dictionaries(st.sampled_from(["sku", "price", "count", "state", "lines", "other"]), values | lines)


@given(documents)
def test_our_check_finds_the_places_that_the_library_finds(document: dict[str, Any]):
    library = jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)

    ours = {(fault.path, fault.rule) for fault in compile_check(SCHEMA)(document)}
    assert {rule for _, rule in ours} == {error.validator for error in library}
