"""What the properties of one event name look like, learned from what arrives and written down as JSON Schema.

A Node counts what was seen at one place of the JSON. How often a property was there and which types it had is exact;
formats, values and ranges come from samples. Everything is bounded: see the numbers below.
"""

import re
from itertools import islice
from math import isfinite
from typing import Any

import msgspec
from msgspec import Struct

MOST_PROPERTIES = 300  # of one object; what comes after them is only known to be more
MOST_NODES = 2_000  # of one event name
DEEPEST = 5
LONGEST_NAME = 100
MOST_VALUES = 12  # a property with more different values than this is no enumeration
LONGEST_VALUE = 40
ENOUGH = 20  # so many seen before anything is called required or of one format
ENOUGH_VALUES = 50
SAMPLED_ITEMS = 10  # of one list

Shape = tuple[tuple[str, ...], tuple[Any, ...]]

_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
_FORMATS = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "email": re.compile(r"[^\s@<>]{1,64}@[^\s@<>.]+(\.[^\s@<>.]+)+"),
    "uri": re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S+"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
}


class Node(Struct, omit_defaults=True):
    """What was seen at one place. `values` is None once there were too many, or once they could point to a person."""

    count: int = 0
    types: dict[str, int] = {}
    formats: dict[str, int] = {}
    values: dict[str, int] | None = {}
    sampled: int = 0
    least: float | None = None
    most: float | None = None
    properties: dict[str, "Node"] = {}
    items: "Node | None" = None
    more: bool = False


def shape(payload: dict[str, Any], depth: int = 0) -> Shape:
    """The names and types of a payload, cheap to compute and to hash: payloads of one shape differ in values alone."""
    names = tuple(payload) if len(payload) <= MOST_PROPERTIES else tuple(islice(payload, MOST_PROPERTIES + 1))
    kinds: tuple[Any, ...] = tuple(
        map(type, payload.values() if len(names) == len(payload) else map(payload.get, names))
    )
    if dict in kinds and depth < DEEPEST:
        kinds = tuple(
            shape(payload[name], depth + 1) if kind is dict else kind for name, kind in zip(names, kinds, strict=True)
        )
    return names, kinds


def count_shape(node: Node, form: Shape, times: int = 1, budget: list[int] | None = None, depth: int = 0) -> None:
    """Add `times` payloads of one shape: presence and types of every property."""
    room = budget if budget is not None else [MOST_NODES - size(node)]
    node.count += times
    node.types["object"] = node.types.get("object", 0) + times
    if depth >= DEEPEST:
        node.more = True
        return
    for name, kind in zip(*form, strict=True):
        child = _child(node, name, room)
        if child is None:
            node.more = True
        elif isinstance(kind, tuple):
            count_shape(child, kind, times, room, depth + 1)
        else:
            child.count += times
            title = _TYPES.get(kind, "null")
            child.types[title] = child.types.get(title, 0) + times


def sample(node: Node, value: Any, depth: int = 0) -> None:
    """Look at the values of one payload whose shape was counted: formats, enumerations, ranges, items of lists."""
    node.sampled += 1
    if isinstance(value, dict):
        for name, item in islice(value.items(), MOST_PROPERTIES):
            if (child := node.properties.get(name)) is not None:
                sample(child, item, depth + 1)
    elif isinstance(value, list):
        _sample_items(node, value, depth)
    elif isinstance(value, str):
        _sample_text(node, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        _sample_number(node, value)


def size(node: Node) -> int:
    return 1 + sum(map(size, node.properties.values())) + (size(node.items) if node.items else 0)


def to_json_schema(node: Node, title: str | None = None, *, closed: bool = False) -> dict[str, Any]:
    """JSON Schema (2020-12) of what was seen. `closed`: a property that was never seen is then a violation."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"} if title else {}
    if title:
        schema["title"] = title
    kinds = _kinds(node)
    # Always null says that nothing is known yet, not that nothing may come.
    if kinds and kinds != ["null"]:
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "object" in kinds:
        schema |= _object_keywords(node, closed)
    if "array" in kinds and node.items is not None and node.items.count:
        schema["items"] = to_json_schema(node.items, closed=closed)
    if set(kinds) <= {"string", "null"}:
        schema |= _text_keywords(node, nullable="null" in kinds)
    if node.least is not None:
        # Ranges are told, not asked for: tomorrow's order may be larger than any before it.
        schema["x-seen"] = {"least": node.least, "most": node.most}
    return schema


def _object_keywords(node: Node, closed: bool) -> dict[str, Any]:
    seen = node.types.get("object", 0)
    keywords: dict[str, Any] = {"properties": {}}
    for name, child in sorted(node.properties.items()):
        keywords["properties"][name] = to_json_schema(child, closed=closed) | {"x-share": _share(child.count, seen)}
    required = [name for name, child in sorted(node.properties.items()) if seen >= ENOUGH and child.count >= seen]
    if required:
        keywords["required"] = required
    if closed and not node.more:
        keywords["additionalProperties"] = False
    return keywords


def _share(count: int, seen: int) -> float:
    # Rounding must not make "always" of "nearly always".
    return 1.0 if count >= seen else min(round(count / seen, 4), 0.9999)


def _text_keywords(node: Node, *, nullable: bool) -> dict[str, Any]:
    texts = sum(node.formats.values())
    if texts >= ENOUGH and len(node.formats) == 1 and "" not in node.formats:
        return {"format": next(iter(node.formats))}
    # A single value says nothing: a test company sells one thing.
    few = (
        node.values
        and len(node.values) > 1
        and sum(node.values.values()) >= ENOUGH_VALUES
        and min(node.values.values()) >= 3
    )
    if few and node.values:
        return {"enum": [*sorted(node.values), *([None] if nullable else [])]}
    return {}


def _kinds(node: Node) -> list[str]:
    kinds = sorted(node.types)
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    return kinds


def _child(node: Node, name: str, room: list[int]) -> Node | None:
    child = node.properties.get(name)
    if child is None and room[0] > 0 and len(node.properties) < MOST_PROPERTIES and len(name) <= LONGEST_NAME:
        room[0] -= 1
        child = node.properties[name] = Node()
    return child


def _sample_items(node: Node, values: list[Any], depth: int) -> None:
    if depth >= DEEPEST:
        return
    if node.items is None:
        node.items = Node()
    for value in values[:SAMPLED_ITEMS]:
        if isinstance(value, dict):
            count_shape(node.items, shape(value, depth + 1), depth=depth + 1)
        else:
            node.items.count += 1
            title = _TYPES.get(type(value), "null")
            node.items.types[title] = node.items.types.get(title, 0) + 1
        sample(node.items, value, depth + 1)


def _sample_number(node: Node, value: int | float) -> None:
    try:
        number = float(value)
    except OverflowError:
        return
    if isfinite(number):
        node.least = number if node.least is None else min(node.least, number)
        node.most = number if node.most is None else max(node.most, number)


def _sample_text(node: Node, text: str) -> None:
    form = format_of(text)
    if len(node.formats) < 2 or form in node.formats:
        node.formats[form] = node.formats.get(form, 0) + 1
    if node.values is None:
        return
    # A value with a format (an address, an id, an instant) points to one person or one moment; it is never listed.
    if form or len(text) > LONGEST_VALUE or (len(node.values) == MOST_VALUES and text not in node.values):
        node.values = None
    else:
        node.values[text] = node.values.get(text, 0) + 1


def format_of(text: str) -> str:
    """The JSON Schema format that a text has, or "" for none."""
    if 6 <= len(text) <= 2_000 and not text.isalpha():
        for name, pattern in _FORMATS.items():
            if pattern.fullmatch(text):
                return name
    return ""


def has_format(text: str, name: str) -> bool:
    pattern = _FORMATS.get(name)
    return pattern is None or (len(text) <= 2_000 and pattern.fullmatch(text) is not None)


def read(document: Any) -> Node:
    return msgspec.convert(document, Node)


def write(node: Node) -> Any:
    return msgspec.to_builtins(node)
