"""Writes a tree as SQL over person rows, for live counts and lists. Names and values are parameters only, never pasted text.

The fragment expects a table or view `person` with the columns that views.sql of the people room publishes.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from hark.conditions import tree
from hark.conditions.check import type_of
from hark.conditions.measure import DAY, EVER, Measure
from hark.conditions.tree import Condition, Misread
from hark.kit.clock import instant, milliseconds
from hark.kit.money import MILLION

_MILLIONTHS = ("sum", "min", "max", "average")
_SIGNS = ("=", "<", "<=", ">", ">=")


class Fragment(NamedTuple):
    """A boolean SQL expression, and the values of its named parameters."""

    text: str
    values: dict[str, Any]


def to_sql(
    condition: Condition,
    now: int,
    silence: Mapping[str, bool],
    kept: Mapping[str, tuple[Measure, ...]] | None = None,
) -> Fragment:
    """`silence` says what is allowed of those who said nothing; `kept` which measures person rows hold, by event name.
    What is not kept is counted from the log, which is exact and slower; without `kept` everything is taken as kept."""
    writer = _Writer(now, silence, kept)
    text = writer.condition(condition)
    return Fragment(text, writer.values)


class _Writer:
    def __init__(self, now: int, silence: Mapping[str, bool], kept: Mapping[str, tuple[Measure, ...]] | None) -> None:
        self.now = now
        self.silence = silence
        self.kept = kept
        self.values: dict[str, Any] = {}

    def parameter(self, value: Any, cast: str) -> str:
        name = f"c{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{cast}"

    def condition(self, node: Condition) -> str:
        if isinstance(node, tree.About) or (isinstance(node, tree.Compare) and isinstance(node.left, tree.About)):
            raise Misread("what one event is about can only be asked by a rule that looks at events")
        if isinstance(node, tree.All):
            return "(" + " and ".join(map(self.condition, node.of)) + ")"
        if isinstance(node, tree.Some):
            return "(" + " or ".join(map(self.condition, node.of)) + ")"
        if isinstance(node, tree.Not):
            return f"not {self.condition(node.of)}"
        if isinstance(node, tree.Asked):
            return self.asked(node)
        if isinstance(node, tree.Compare):
            return f"coalesce({self.compare(node)}, false)"
        return f"coalesce({self.json(node)} = 'true'::jsonb, false)"

    def asked(self, node: tree.Asked) -> str:
        if node.what == "consent":
            name = self.parameter(node.name, "text")
            silent = self.parameter(self.silence.get(node.name, False), "boolean")
            return f"coalesce((person.consents -> {name} ->> 'granted')::boolean, {silent})"
        column = "segments" if node.what == "in_segment" else "groups"
        return f"{self.parameter(node.name, 'text')} = any(person.{column})"

    def compare(self, node: tree.Compare) -> str:
        if isinstance(node.left, tree.Asked):
            truth = f"to_jsonb({self.asked(node.left)})"
            return self.compare_json(truth, node)
        kind = type_of(node.left)
        if kind == "any":
            return self.compare_json(self.json(node.left), node)
        if isinstance(node.left, tree.Measured) and node.left.function == "average" and node.right is not None:
            return self.compare_average(node.left, node)
        return self.compare_column(self.column(node.left), kind, node)

    def compare_column(self, column: str, kind: str, node: tree.Compare) -> str:
        """A column of one type: a number, a text, or a time in ms."""
        if node.operator in ("is set", "is not set"):
            return f"{column} is {'not ' if node.operator == 'is set' else ''}null"
        cast = "text" if kind == "text" else "numeric"
        if isinstance(node.right, tree.Many):
            wanted = self.parameter([self.stated(node, value) for value in node.right.values], f"{cast}[]")
            return f"{column} = any({wanted})" if node.operator == "in" else f"{column} <> all({wanted})"
        wanted = self.parameter(self.right(node), cast)
        if node.operator == "contains":
            return f"position({wanted} in {column}) > 0"
        if node.operator == "starts with":
            return f"starts_with({column}, {wanted})"
        collate = ' collate "C"' if kind == "text" else ""
        return f"{column}{collate} {_sign(node.operator)} {wanted}"

    def compare_json(self, value: str, node: tree.Compare) -> str:
        """A JSON value of whatever type."""
        if node.operator in ("is set", "is not set"):
            return f"{value} is {'not ' if node.operator == 'is set' else ''}null"
        if isinstance(node.right, tree.Many):
            wanted = self.parameter([_json(one) for one in node.right.values], "text[]") + "::jsonb[]"
            return f"{value} = any({wanted})" if node.operator == "in" else f"{value} <> all({wanted})"
        assert isinstance(node.right, tree.Literal)
        if node.operator in ("=", "!="):
            return f"{value} {_sign(node.operator)} {self.parameter(_json(node.right.value), 'jsonb')}"
        if node.operator in ("contains", "starts with"):
            return self.look_into(value, node.operator, str(node.right.value))
        if isinstance(node.right.value, str):
            wanted = self.parameter(node.right.value, "text")
            holds = f"({value} #>> '{{}}') collate \"C\" {node.operator} {wanted}"
            return f"case when jsonb_typeof({value}) = 'string' then {holds} end"
        wanted = self.parameter(str(node.right.value), "numeric")
        return f"case when jsonb_typeof({value}) = 'number' then ({value})::numeric {node.operator} {wanted} end"

    def look_into(self, value: str, operator: str, wanted: str) -> str:
        text = self.parameter(wanted, "text")
        if operator == "starts with":
            return f"case when jsonb_typeof({value}) = 'string' then starts_with({value} #>> '{{}}', {text}) end"
        return (
            f"case jsonb_typeof({value}) when 'string' then position({text} in {value} #>> '{{}}') > 0"
            f" when 'array' then {value} @> to_jsonb({text}) end"
        )

    def compare_average(self, left: tree.Measured, node: tree.Compare) -> str:
        many = isinstance(node.right, tree.Many)
        values = node.right.values if isinstance(node.right, tree.Many) else (getattr(node.right, "value", 0),)
        # Multiplied instead of divided, so that it is exact.
        sign = _sign(node.operator) if not many else "="
        each = [
            f"sum((tally ->> 2)::numeric) {sign} {self.parameter(self.stated(node, value), 'numeric')}"
            " * sum((tally ->> 1)::numeric)"
            for value in values
        ]
        holds = f"({' or '.join(each)})"
        if node.operator == "not in":
            holds = f"not {holds}"
        return self.tallies(left, f"case when sum((tally ->> 1)::numeric) > 0 then {holds} end")

    def json(self, node: tree.Left) -> str:
        if isinstance(node, tree.Trait):
            return f"(person.traits -> {self.parameter(node.name, 'text')})"
        if isinstance(node, tree.Computed):
            return f"(person.computed -> {self.parameter(node.name, 'text')})"
        assert isinstance(node, tree.Measured)
        place, direction = (5, "asc") if node.function == "first" else (6, "desc")
        seen = f"tally -> {place}"
        chosen = f'({seen} ->> 0)::bigint {direction}, ({seen} ->> 1) collate "C" {direction}'
        return self.tallies(node, f"{seen} -> 2", f" and jsonb_typeof({seen}) = 'array' order by {chosen} limit 1")

    def column(self, node: tree.Left) -> str:
        if isinstance(node, tree.Field):
            if node.name in tree.TIMES:
                return f"round(extract(epoch from person.{node.name}) * 1000)"
            return f"person.{node.name}"
        assert isinstance(node, tree.Measured)
        if not node.of and node.function in ("first", "last"):
            place = 1 if node.function == "first" else 2
            return f"(person.seen -> {self.parameter(node.event, 'text')} ->> {place})::numeric"
        if not node.of and not node.days:
            return f"coalesce((person.seen -> {self.parameter(node.event, 'text')} ->> 0)::numeric, 0)"
        if node.function == "most_frequent":
            return self.most_frequent(node)
        if node.function == "unique":
            keys = ", jsonb_object_keys(tally -> 7) as seen (value)"
            return self.tallies(node, "count(distinct seen.value)", also=keys)
        return self.tallies(node, _AGGREGATES[node.function])

    def most_frequent(self, node: tree.Measured) -> str:
        values = ", jsonb_each_text(tally -> 7) as seen (value, n)"
        best = ' group by seen.value order by sum(seen.n::bigint) desc, seen.value collate "C" limit 1'
        return self.tallies(node, "seen.value", best, values)

    def tallies(self, node: tree.Measured, select: str, rest: str = "", also: str = "") -> str:
        """A subquery over the buckets of a measure: kept in the row by day, or one for each event of the log."""
        source = self.source(node)
        if node.days:
            within = f"day::bigint > {self.parameter(self.now // DAY - node.days, 'bigint')}"
        elif "hark_tallies" in source:
            within = "true"
        else:
            within = f"day = '{EVER}'"
        return f"(select {select} from {source} as bucket (day, tally){also} where {within}{rest})"

    def source(self, node: tree.Measured) -> str:
        kept = self.kept is None or any(
            one.of == node.of and (one.days >= node.days) for one in self.kept.get(node.event, ())
        )
        if kept:
            return f"jsonb_each(person.measures -> {self.parameter(Measure(node.event, node.of).key, 'text')})"
        event, of = self.parameter(node.event, "text"), self.parameter(node.of, "text")
        return f"hark_tallies(person.members, {event}, {of})"

    def right(self, node: tree.Compare) -> Any:
        if isinstance(node.right, tree.Ago):
            return self.now - node.right.ms
        if isinstance(node.right, tree.Date):
            moment = instant(node.right.text)
            assert moment is not None  # check() saw to it
            return milliseconds(moment)
        assert isinstance(node.right, tree.Literal)
        return self.stated(node, node.right.value)

    def stated(self, node: tree.Compare, value: Any) -> Any:
        """The value on the right, in the unit of the left."""
        if isinstance(node.left, tree.Measured) and node.left.function in _MILLIONTHS:
            return str(Decimal(str(value)) * MILLION)
        return str(value)


_AGGREGATES = {
    "count": "coalesce(sum((tally ->> 0)::numeric), 0)",
    "sum": "coalesce(sum((tally ->> 2)::numeric), 0)",
    "min": "min((tally ->> 3)::numeric)",
    "max": "max((tally ->> 4)::numeric)",
    "average": "sum((tally ->> 2)::numeric) / nullif(sum((tally ->> 1)::numeric), 0)",
}


def _sign(operator: str) -> str:
    if operator == "!=":
        return "<>"
    assert operator in _SIGNS
    return operator


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
