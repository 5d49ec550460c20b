"""Checks a payload against a JSON Schema: compiled once, a few microseconds each for the keywords that Hark writes.

A schema written by hand may use all of JSON Schema; keywords beyond those that Hark writes are checked by the library.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import jsonschema
from msgspec import Struct

from hark.errors import Rejected
from hark.events.schema import has_format

MOST_FAULTS = 20  # of one payload
_OWN = {"type", "properties", "required", "additionalProperties", "items", "enum", "format"}
_SILENT = {"$schema", "$id", "$comment", "title", "description", "examples", "default"}
_CLASSES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class Fault(Struct, frozen=True, array_like=True, order=True):
    """Where a payload breaks its plan, which keyword it breaks and what was expected; never the value itself."""

    path: str
    rule: str
    expected: str


Check = Callable[[Any], list[Fault]]
_Rule = Callable[[Any, str], Iterator[Fault]]


def compile_check(schema: dict[str, Any]) -> Check:
    """The check of one schema. Rejected, with the place, where the schema itself is wrong."""
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise Rejected(f"this is no JSON Schema: {error.message} at {error.json_path}", 422) from None
    if not _is_own(schema):
        return _by_library(schema)
    rule = _compile(schema)
    return lambda payload: list(islice(rule(payload, ""), MOST_FAULTS))


def _is_own(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    strange = {key for key in schema if key not in _OWN | _SILENT and not key.startswith("x-")}
    extra = schema.get("additionalProperties", True)
    return (
        not strange
        and isinstance(extra, bool)
        and all(map(_is_own, schema.get("properties", {}).values()))
        and ("items" not in schema or _is_own(schema["items"]))
    )


def _by_library(schema: dict[str, Any]) -> Check:
    if _refers_away(schema):
        raise Rejected("a plan's schema must stand alone: $ref may only point inside it (#/…)", 422)
    validator = jsonschema.Draft202012Validator(schema)

    def check(payload: Any) -> list[Fault]:
        errors = islice(validator.iter_errors(payload), MOST_FAULTS)
        return [
            Fault(_path(error.absolute_path), str(error.validator), str(error.validator_value)[:200])
            for error in errors
        ]

    return check


def _refers_away(schema: Any) -> bool:
    if isinstance(schema, dict):
        target = schema.get("$ref", schema.get("$dynamicRef", "#"))
        return not str(target).startswith("#") or any(map(_refers_away, schema.values()))
    return isinstance(schema, list) and any(map(_refers_away, schema))


def _path(parts: Any) -> str:
    return "".join(f"/{part}" for part in parts)


def _compile(schema: dict[str, Any]) -> _Rule:
    allowed = _classes(schema.get("type"))
    wanted = _title(schema.get("type"))
    values = schema.get("enum")
    form = schema.get("format")
    inner = [rule for rule in (_object_rule(schema), _items_rule(schema)) if rule]
    numbers_are_whole = _wants_whole(schema.get("type"))

    def rule(value: Any, path: str) -> Iterator[Fault]:
        kind = type(value)
        if allowed and kind not in allowed and not (numbers_are_whole and kind is float and value.is_integer()):
            yield Fault(path, "type", wanted)
            return
        if values is not None and value not in values:
            yield Fault(path, "enum", ", ".join(map(str, values))[:200])
        if form is not None and kind is str and not has_format(value, form):
            yield Fault(path, "format", form)
        for deeper in inner:
            yield from deeper(value, path)

    return rule


def _object_rule(schema: dict[str, Any]) -> _Rule | None:
    rules = {name: _compile(child) for name, child in schema.get("properties", {}).items()}
    required = tuple(schema.get("required", ()))
    closed = schema.get("additionalProperties") is False
    if not (rules or required or closed):
        return None

    def rule(value: Any, path: str) -> Iterator[Fault]:
        if type(value) is not dict:
            return
        for name in required:
            if name not in value:
                yield Fault(f"{path}/{name}", "required", "to be there")
        for name, item in value.items():
            child = rules.get(name)
            if child is not None:
                yield from child(item, f"{path}/{name}")
            elif closed:
                yield Fault(f"{path}/{name[:100]}", "additionalProperties", "only the properties of the plan")

    return rule


def _items_rule(schema: dict[str, Any]) -> _Rule | None:
    if "items" not in schema:
        return None
    child = _compile(schema["items"])

    def rule(value: Any, path: str) -> Iterator[Fault]:
        if type(value) is list:
            for index, item in enumerate(value):
                yield from child(item, f"{path}/{index}")

    return rule


def _classes(kinds: str | list[str] | None) -> frozenset[type]:
    names = [kinds] if isinstance(kinds, str) else kinds or []
    return frozenset(kind for name in names for kind in _CLASSES[name])


def _wants_whole(kinds: str | list[str] | None) -> bool:
    names = [kinds] if isinstance(kinds, str) else kinds or []
    return "integer" in names and "number" not in names


def _title(kinds: str | list[str] | None) -> str:
    return kinds if isinstance(kinds, str) else " or ".join(kinds or ())
