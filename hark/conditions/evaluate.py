"""Compiles a tree to closures over what is known of a person. No clock: `now` is the time of the event looked at."""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from hark.conditions import measure, tree
from hark.conditions.known import Known
from hark.conditions.measure import DAY, Measure
from hark.conditions.needs import Needs, needs
from hark.conditions.parse import parse
from hark.conditions.tree import Condition, Expression, Left
from hark.conditions.write import write
from hark.kit.clock import from_milliseconds, instant, milliseconds
from hark.kit.money import MILLION

Ask = Callable[[Known, int], Any]
Holds = Callable[[Known, int], bool]
Next = Callable[[Known, int], int | None]

_Compare = Callable[[Any, Any], bool]
_ORDER: dict[str, _Compare] = {"<": lt, "<=": le, ">": gt, ">=": ge}
_IN_MILLIONTHS = ("sum", "min", "max")


class Compiled(NamedTuple):
    """`holds`: yes or no; `value`: JSON for a computed trait; `moves`: the next time (ms) at which a window moves."""

    holds: Holds
    value: Ask
    moves: Next
    needs: Needs


def compile_condition(expression: Expression) -> Compiled:
    # Remembered by its text, because for Python the trees of "= 1" and "= true" are equal.
    return _compile(write(expression))


@lru_cache(maxsize=2048)
def _compile(text: str) -> Compiled:
    expression = parse(text)
    needed = needs(expression)
    moving = [_moves(node, ago) for node, ago in needed.moving]

    def moves(known: Known, now: int) -> int | None:
        times = [time for move in moving if (time := move(known, now)) is not None]
        return min(times) if times else None

    if isinstance(expression, tree.Measured | tree.Field):
        value = _value(expression)
        return Compiled(lambda known, now: value(known, now) is True, value, moves, needed)
    holds = _condition(expression)
    asked = _ask(expression) if isinstance(expression, tree.Trait | tree.Computed) else holds
    return Compiled(holds, asked, moves, needed)


def _condition(node: Condition) -> Holds:
    if isinstance(node, tree.All):
        parts = [_condition(part) for part in node.of]
        if len(parts) == 2:
            first, second = parts
            return lambda known, now: first(known, now) and second(known, now)
        return lambda known, now: all(part(known, now) for part in parts)
    if isinstance(node, tree.Some):
        choices = [_condition(part) for part in node.of]
        return lambda known, now: any(choice(known, now) for choice in choices)
    if isinstance(node, tree.Not):
        inner = _condition(node.of)
        return lambda known, now: not inner(known, now)
    if isinstance(node, tree.Compare):
        return _compare(node)
    asked = _ask(node)
    return lambda known, now: asked(known, now) is True


def _compare(node: tree.Compare) -> Holds:
    ask, right, operator = _ask(node.left), node.right, node.operator
    if operator == "is set":
        return lambda known, now: ask(known, now) is not None
    if operator == "is not set":
        return lambda known, now: ask(known, now) is None
    if isinstance(right, tree.Many):
        # A tuple: averages are compared one by one, and these lists are short.
        wanted = tuple(_key(_limit(node.left, value)) for value in right.values)
        if operator == "in":
            return lambda known, now: _key(ask(known, now)) in wanted
        return lambda known, now: (value := ask(known, now)) is not None and _key(value) not in wanted
    if isinstance(right, tree.Ago | tree.Date):
        return _compare_time(ask, operator, right)
    assert isinstance(right, tree.Literal)
    if operator in ("contains", "starts with"):
        return _compare_text(ask, operator, str(right.value))
    return _compare_plain(ask, operator, _limit(node.left, right.value))


def _compare_plain(ask: Ask, operator: str, limit: Any) -> Holds:
    wanted = _key(limit)
    if operator == "=":
        return lambda known, now: _key(ask(known, now)) == wanted
    if operator == "!=":
        return lambda known, now: (value := ask(known, now)) is not None and _key(value) != wanted
    holds = _ORDER[operator]
    kinds = (str,) if isinstance(limit, str) else (int, float, Decimal, _Average)

    def ordered(known: Known, now: int) -> bool:
        value = ask(known, now)
        return isinstance(value, kinds) and not isinstance(value, bool) and holds(value, limit)

    return ordered


def _compare_time(ask: Ask, operator: str, right: tree.Ago | tree.Date) -> Holds:
    every: dict[str, _Compare] = {**_ORDER, "=": eq, "!=": ne}
    holds = every[operator]
    if isinstance(right, tree.Date):
        fixed = _milliseconds(right.text)
        return lambda known, now: (time := ask(known, now)) is not None and holds(time, fixed)
    before = right.ms
    return lambda known, now: (time := ask(known, now)) is not None and holds(time, now - before)


def _compare_text(ask: Ask, operator: str, wanted: str) -> Holds:
    def contains(known: Known, now: int) -> bool:
        value = ask(known, now)
        if isinstance(value, str):
            return wanted in value
        return isinstance(value, list) and wanted in value

    def starts(known: Known, now: int) -> bool:
        value = ask(known, now)
        return isinstance(value, str) and value.startswith(wanted)

    return contains if operator == "contains" else starts


def _ask(node: Left) -> Ask:
    if isinstance(node, tree.Trait):
        trait = node.name
        return lambda known, now: known.traits.get(trait)
    if isinstance(node, tree.Computed):
        computed = node.name
        return lambda known, now: known.computed.get(computed)
    if isinstance(node, tree.Asked):
        return _asked(node.what, node.name)
    if isinstance(node, tree.Field):
        return _field(node.name)
    if isinstance(node, tree.About):
        what, name = node.what, node.name
        return lambda known, now: known.about.get(what, {}).get(name)
    return _measured(node)


def _asked(what: str, name: str) -> Ask:
    if what == "consent":
        return lambda known, now: known.consents.get(name, False)
    if what == "in_segment":
        return lambda known, now: name in known.segments
    return lambda known, now: name in known.groups


def _field(name: str) -> Ask:
    fields: dict[str, Ask] = {
        "phase": lambda known, now: known.phase,
        "language": lambda known, now: known.language,
        "time_zone": lambda known, now: known.time_zone,
        "first_seen": lambda known, now: known.first_seen,
        "last_seen": lambda known, now: known.last_seen,
    }
    return fields[name]


def _measured(node: tree.Measured) -> Ask:
    event, days = node.event, node.days
    if not node.of and node.function in ("first", "last"):
        place = 1 if node.function == "first" else 2
        return lambda known, now: seen[place] if (seen := known.counts.get(event)) else None
    if not node.of and not days:
        return lambda known, now: seen[0] if (seen := known.counts.get(event)) else 0
    key = Measure(event, node.of).key
    if node.function in ("count", "sum"):
        return _added(key, days, "n" if node.function == "count" else "total")
    read = _READ[node.function]

    def ask(known: Known, now: int) -> Any:
        buckets = known.measures.get(key)
        if not buckets:
            return 0 if node.function == "unique" else None
        return read(measure.window(buckets, days, now // DAY))

    return ask


def _added(key: str, days: int, part: str) -> Ask:
    """What only adds up is added up without making a tally of the whole window: it is asked on every event."""
    read = attrgetter(part)

    def ask(known: Known, now: int) -> int:
        buckets = known.measures.get(key)
        if not buckets:
            return 0
        if not days:
            return int(read(buckets[measure.EVER]))
        first = now // DAY - days
        return sum([read(tally) for day, tally in buckets.items() if int(day) > first])

    return ask


class _Average:
    """Compared without dividing, so that it is exact: total and limit are in millionths."""

    __slots__ = ("n", "total")
    __hash__ = None  # type: ignore[assignment]  # as Python itself does where there is __eq__ alone

    def __init__(self, total: int, n: int) -> None:
        self.total = total
        self.n = n

    def __eq__(self, limit: Any) -> bool:
        return bool(self.total == limit * self.n)

    def __lt__(self, limit: Any) -> bool:
        return bool(self.total < limit * self.n)

    def __le__(self, limit: Any) -> bool:
        return bool(self.total <= limit * self.n)

    def __gt__(self, limit: Any) -> bool:
        return bool(self.total > limit * self.n)

    def __ge__(self, limit: Any) -> bool:
        return bool(self.total >= limit * self.n)


_READ: dict[str, Callable[[measure.Tally], Any]] = {
    "min": lambda tally: tally.least,
    "max": lambda tally: tally.most,
    "average": lambda tally: _Average(tally.total, tally.numbers) if tally.numbers else None,
    "unique": lambda tally: len(tally.values),
    "most_frequent": lambda tally: min(tally.values, key=lambda v: (-tally.values[v], v)) if tally.values else None,
    "first": lambda tally: tally.first[2] if tally.first else None,
    "last": lambda tally: tally.last[2] if tally.last else None,
}


def _value(node: tree.Measured | tree.Field) -> Ask:
    """What a computed trait keeps, as JSON: amounts as numbers, times as ISO 8601."""
    ask = _ask(node)
    if isinstance(node, tree.Field):
        return _time(ask) if node.name in tree.TIMES else ask
    if node.function in ("first", "last") and not node.of:
        return _time(ask)
    if node.function in _IN_MILLIONTHS:
        return lambda known, now: _number(ask(known, now))
    if node.function == "average":
        return lambda known, now: _number(None if (pair := ask(known, now)) is None else round(pair.total / pair.n))
    return ask


def _time(ask: Ask) -> Ask:
    def written(known: Known, now: int) -> str | None:
        time = ask(known, now)
        return None if time is None else from_milliseconds(time).isoformat()

    return written


def _number(amount: int | None) -> int | float | None:
    if amount is None:
        return None
    return amount // MILLION if amount % MILLION == 0 else amount / MILLION


def _limit(left: Left, value: Any) -> Any:
    """The right side in the unit of the left."""
    if isinstance(left, tree.Measured) and left.function in (*_IN_MILLIONTHS, "average"):
        return Decimal(str(value)) * MILLION
    return value


def _key(value: Any) -> Any:
    """A value as it is compared: yes and no are not 1 and 0, and lists or objects equal nothing."""
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, dict | list):
        return ("nested",)
    return value


def _moves(node: Left, ago: int | None) -> Next:
    """When the answer may change although nothing happens: a day leaves its window, or a time comes to lie so long ago."""
    if ago is not None:
        ask = _ask(node)

        def crossing(known: Known, now: int) -> int | None:
            time = ask(known, now)
            return None if time is None or time + ago + 1 <= now else time + ago + 1

        return crossing
    assert isinstance(node, tree.Measured)
    key, days = Measure(node.event, node.of).key, node.days

    def leaving(known: Known, now: int) -> int | None:
        today = now // DAY
        oldest = min((day for text in known.measures.get(key, ()) if (day := int(text)) > today - days), default=None)
        return None if oldest is None else (oldest + days) * DAY

    return leaving


def _milliseconds(text: str) -> int:
    moment: datetime | None = instant(text)
    assert moment is not None  # check() saw to it
    return milliseconds(moment)


def order(names: dict[str, frozenset[str]]) -> list[str]:
    """Names so that each comes after those it asks for; what hangs in a circle is left out."""
    waiting = deque(sorted(names))
    done: dict[str, None] = {}
    idle = 0
    while waiting and idle <= len(waiting):
        name = waiting.popleft()
        if all(other in done or other not in names for other in names[name]):
            done[name] = None
            idle = 0
        else:
            waiting.append(name)
            idle += 1
    return list(done)
