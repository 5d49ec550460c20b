"""The rule language: what it reads, what it says where it cannot, and that its three forms are one."""

import re
from typing import Any

import pytest
from hypothesis import given, settings

from hark.conditions import Expression, Known, Misread, compile_condition, parse, read, to_json, write
from tests.conditions.trees import conditions

DAY = 86_400_000
NOW = 20_000 * DAY


def holds(text: str, **known: Any) -> bool:
    return compile_condition(parse(text)).holds(Known(**known), NOW)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('traits.country in ("DE", "AT")', {"traits": {"country": "AT"}}),
        (
            'traits."first name" starts with "A" and traits.tags contains "b"',
            {"traits": {"first name": "Ann", "tags": ["b"]}},
        ),
        (
            'count("Order Completed") >= 2 and not count("Order Returned") > 0',
            {"counts": {"Order Completed": [2, 1, 9]}},
        ),
        ('last("Page Viewed") < 90 days ago', {"counts": {"Page Viewed": [1, 0, NOW - 91 * DAY]}}),
        ('last("Page Viewed") > date("2024-01-01")', {"counts": {"Page Viewed": [1, 0, NOW]}}),
        ('consent("marketing") and in_segment("vip") or in_group("acme")', {"groups": {"acme"}}),
        ('phase = "usage" and language starts with "de"', {"phase": "usage", "language": "de-AT"}),
        ("traits.vip and traits.score >= 4.5", {"traits": {"vip": True, "score": 5}}),
        ("traits.a = 1", {"traits": {"a": 1.0}}),
    ],
)
def test_it_reads_like_a_sentence(text: str, known: dict[str, Any]) -> None:
    assert holds(text, **known)
    assert not holds(text)


def test_one_is_not_yes() -> None:
    assert not holds("traits.a = true", traits={"a": 1})
    assert not holds("traits.a = 1", traits={"a": True})
    assert not holds('traits.a < "b"', traits={"a": 0})


@pytest.mark.parametrize(
    ("text", "reason", "where"),
    [
        ("traits.country in", 'expected "(" or "["', 17),
        ('count("x", 3 hours) > 1', "a window is counted in days or weeks", 11),
        ("shoe > 1", "there is nothing called 'shoe' to ask", 0),
        ('traits.a = "x', "no closing quote", 11),
        ('phase and consent("x")', "neither true nor false", 0),
        ("traits.a = 1 traits.b = 2", 'expected "and", "or" or the end', 13),
        ("(" * 40 + "traits.a" + ")" * 40, "brackets inside each other", 31),
        ('count("x") > "a"', "cannot compare a number with a text", -1),
        ('last("x") > 5', "a time is compared with 30 days ago", -1),
        ('sum("Order Completed") > 5', "needs a property", -1),
        ('count("x", 900 days) > 1', "a window may have 1 to 730 days", -1),
        ('last("x") > date("soon")', "is no day", -1),
        ('traits.a = "\0"', "cannot be written down", -1),
        (f"traits.a = {'9' * 400}.5", "15 digits", -1),
        ('last("x") < 90000 weeks ago', "a hundred years", -1),
        (f'last("x") < {"9" * 40} days ago', "whole number", 12),
    ],
)
def test_errors_say_what_and_where(text: str, reason: str, where: int) -> None:
    with pytest.raises(Misread, match=re.escape(reason)) as caught:
        parse(text)

    assert caught.value.where == where


def test_a_broken_tree_is_refused_with_its_place() -> None:
    with pytest.raises(Misread, match=r"left\.function"):
        read({"is": "compare", "left": {"is": "measured", "function": "guess", "event": "x"}, "operator": "="})


@settings(max_examples=300, deadline=None)
@given(conditions())
def test_text_and_tree_are_one(condition: Expression) -> None:
    assert parse(write(condition)) == condition
    assert read(to_json(condition)) == condition
