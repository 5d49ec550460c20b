"""Reads the tracking plan for people: what is learned, what is asked for, what breaks it. Writes nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.events.plan import ENFORCED, FROZEN, LEARNING, queries
from hark.events.schema import read, to_json_schema
from hark.store import Transaction

WORD_OF = {LEARNING: "plan.thawed", FROZEN: "plan.frozen", ENFORCED: "plan.enforced"}


class PlannedName(Struct, frozen=True, kw_only=True):
    """A plan in a list. type and name are "*" for the source as a whole."""

    source: str
    source_name: str | None
    type: str
    name: str
    state: str
    count: int
    violations: int
    first_at: datetime | None
    last_at: datetime | None
    frozen_at: datetime | None


class Shown(Struct, frozen=True, kw_only=True):
    """`learned` is what arrives; `asked` is what a frozen plan asks for. Both are JSON Schema (2020-12)."""

    source: str
    type: str
    name: str
    state: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    frozen_at: datetime | None
    learned: dict[str, Any]
    asked: dict[str, Any] | None


class Broken(Struct, frozen=True, kw_only=True):
    """How often one place of a plan was broken in one way. `refused` of them did not get into the log."""

    path: str
    rule: str
    expected: str
    count: int
    refused: int
    first_at: datetime
    last_at: datetime
    last_event: UUID


class Violation(Struct, frozen=True, kw_only=True):
    """An event that is in the log and breaks its plan: [[path, rule, expected], …]."""

    event: UUID
    at: datetime
    position: int | None
    faults: list[list[str]]
    properties: dict[str, Any] | None
    traits: dict[str, Any] | None


class Property(Struct, frozen=True, kw_only=True):
    """One line of the table that people read: where, what, how often."""

    path: str
    kinds: str
    share: float
    detail: str
    required: bool


def listed(
    tx: Transaction, limit: int, source: str | None = None, after: str | None = None
) -> tuple[list[PlannedName], str | None]:
    """By source, type and name; the second value goes on from there."""
    place = (after or "").split("\n", 2)
    if len(place) != 3:
        place = ["", "", ""]
    rows = tx.all(
        queries.list_plans,
        source=source,
        after_source=place[0],
        after_type=place[1],
        after_name=place[2],
        limit=limit + 1,
    )
    found = [PlannedName(**row) for row in rows[:limit]]
    more = len(rows) > limit
    return found, f"{found[-1].source}\n{found[-1].type}\n{found[-1].name}" if more else None


def shown(tx: Transaction, source: str, type: str, name: str) -> Shown:
    row = tx.one(queries.show_plan, source=source, type=type, name=name)
    if row is None:
        raise NotFound(f"nothing called {name!r} ({type}) has arrived from {source} yet")
    seen = read(row.pop("seen"))
    return Shown(learned=to_json_schema(seen, name), asked=row.pop("frozen_schema"), **row)


def wanted(tx: Transaction, source: str, type: str, name: str) -> dict[str, Any]:
    """What a plan asks for when it is frozen now: what it asked for before, else what was learned and nothing more."""
    row = tx.one(queries.show_plan, source=source, type=type, name=name)
    if row is None:
        raise NotFound(f"nothing called {name!r} ({type}) has arrived from {source} yet; send a schema to plan it")
    asked: dict[str, Any] | None = row["frozen_schema"]
    return asked or to_json_schema(read(row["seen"]), name, closed=True)


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, but nothing more than what it names may come."""
    if "properties" not in schema:
        return schema
    inner = {name: closed(child) for name, child in schema["properties"].items()}
    return {**schema, "properties": inner, "additionalProperties": False}


def broken(tx: Transaction, source: str, type: str, name: str, limit: int = 200) -> list[Broken]:
    """The most frequent first."""
    rows = tx.all(queries.list_violation_counts, source=source, type=type, name=name, limit=limit)
    return [Broken(**row) for row in rows]


def violations(tx: Transaction, source: str, type: str, name: str, limit: int) -> list[Violation]:
    """The newest first."""
    rows = tx.all(queries.list_violations, source=source, type=type, name=name, limit=limit)
    return [Violation(**row) for row in rows]


def has_source(tx: Transaction, source: str) -> bool:
    return bool(tx.value(queries.has_source, source=source))


def properties(schema: dict[str, Any], asked: dict[str, Any] | None = None, at: str = "") -> list[Property]:
    """A JSON Schema as lines of a table, nested ones under their parents."""
    lines: list[Property] = []
    known = (asked or {}).get("properties", {})
    required = set((asked or schema).get("required", ()))
    for name, child in sorted({**{name: {} for name in known}, **schema.get("properties", {})}.items()):
        path = f"{at}/{name}"
        lines.append(
            Property(
                path=path,
                kinds=_kinds(child),
                share=child.get("x-share", 0.0),
                detail=_detail(child),
                required=name in required,
            )
        )
        lines += properties(child, known.get(name) if asked else None, path)
        if isinstance(child.get("items"), dict):
            items = known.get(name, {}).get("items") if asked else None
            lines += properties(child["items"], items, path + "/*")
    return lines


def _kinds(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, str) else " | ".join(kinds)


def _detail(schema: dict[str, Any]) -> str:
    if "format" in schema:
        return str(schema["format"])
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"] if value is not None)
    seen = schema.get("x-seen")
    return f"{seen['least']:g} … {seen['most']:g}" if seen else ""
