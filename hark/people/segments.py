"""Segments and computed traits: what is defined, and what an event changes of it for the person whom it concerns.

An event wakes only the definitions that look at what it brings; those that look at time are asked on every event, and a
timer asks again when a window moves. A definition that is being filled is followed only for persons whom the filling
(refold.py) has passed.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.conditions import Compiled, Misread, compile_condition, parse
from hark.conditions.evaluate import order
from hark.conditions.measure import Measure
from hark.conditions.needs import widest
from hark.model import Event, Identity
from hark.people.living import Living
from hark.store import Queries, Transaction

queries = Queries(__file__)
FILLING, READY, REFUSED = "filling", "ready", "refused"
# What we record of a person by ourselves: it says nothing new about them.
ECHOES = frozenset({"segment.entered", "segment.left"})


class Definition(Struct, frozen=True):
    """A segment or a computed trait in force. `upto`: identities up to this id have been filled; None: not one yet."""

    kind: str
    name: str
    expression: str
    state: str
    upto: UUID | None = None


class Move(Struct, frozen=True):
    """Somebody came into a segment or left it, because of an event."""

    segment: str
    entered: bool
    event: Event
    identity: Identity | None


class Moves(Struct):
    """What a batch moved: to be counted, recorded and waited for when it is done."""

    moved: list[Move] = []
    rechecks: list[tuple[UUID, int, Identity]] = []  # (person, when in ms, an identity of theirs)


class Definitions:
    """Everything that is defined, in an order in which each comes after those it asks for."""

    def __init__(self, rows: Iterable[Definition] = ()) -> None:
        found = {(row.kind, row.name): (row, compile_condition(parse(row.expression))) for row in rows}
        asks = {_key(*key): _asks(compiled) for key, (_, compiled) in found.items()}
        by_key = {_key(*key): pair for key, pair in found.items()}
        self._ordered = tuple(by_key[key] for key in order(asks))
        self._segments = frozenset(row.name for row, _ in self._ordered if row.kind == "segment")
        self._traits = frozenset(row.name for row, _ in self._ordered if row.kind == "trait")
        self._moving = tuple(compiled for _, compiled in self._ordered if compiled.needs.moving)
        self._moved_by: dict[str, tuple[Compiled, ...]] = {}
        self._filling = any(row.state == FILLING for row, _ in self._ordered)
        self._woken: dict[str, tuple[tuple[Definition, Compiled, bool, frozenset[str]], ...]] = {}
        self.measures: dict[str, tuple[Measure, ...]] = widest(
            [measure for _, compiled in self._ordered for measure in compiled.needs.measures]
        )
        self.kept = widest(
            [m for row, compiled in self._ordered if row.state == READY for m in compiled.needs.measures]
        )

    def follow(self, person: Living, event: Event, now: int, moves: Moves) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring computed traits and segments of one person up to an event; the segments entered and left by it."""
        if event.name in ECHOES or not (self._ordered or person.known.segments or person.known.computed):
            return (), ()
        known = person.known
        before = known.segments
        if not known.consents["profiling"]:
            known.computed, known.segments = {}, set()
        else:
            # Time alone has changed nothing yet, unless a moment has passed that somebody waits for.
            everything = person.fresh or (person.recheck is not None and person.recheck <= now)
            self._evaluate(person, event, now, everything)
            self._recheck(person, event, now, everything, moves)
        person.fresh = False
        if before == known.segments:
            return (), ()
        entered, left = tuple(sorted(known.segments - before)), tuple(sorted(before - known.segments))
        moves.moved += [Move(name, True, event, person.identity) for name in entered]
        moves.moved += [Move(name, False, event, person.identity) for name in left]
        return entered, left

    def _evaluate(self, person: Living, event: Event, now: int, everything: bool) -> None:
        known = person.known
        changed: set[str] = set()
        last = max(person.members) if self._filling else None
        segments = known.segments
        if person.fresh:
            segments = segments & self._segments
            known.computed = {name: value for name, value in known.computed.items() if name in self._traits}
        traits_said = bool(event.traits or event.context.get("set_once"))
        for definition, compiled, woken, asks in self._looking(event.name):
            if not (woken or everything or (traits_said and compiled.needs.traits) or not changed.isdisjoint(asks)):
                continue
            if definition.state == FILLING and (definition.upto is None or last is None or last > definition.upto):
                continue
            if definition.kind == "segment":
                if compiled.holds(known, now) != (definition.name in segments):
                    segments = segments ^ {definition.name}
                    known.segments = segments
                    changed.add(_key("segment", definition.name))
            elif (value := compiled.value(known, now)) != known.computed.get(definition.name):
                known.computed = _with(known.computed, definition.name, value)
                changed.add(_key("trait", definition.name))
        known.segments = segments

    def _looking(self, event: str) -> tuple[tuple[Definition, Compiled, bool, frozenset[str]], ...]:
        """Every definition in its order, whether this event name wakes it, and which others it asks for."""
        looking = self._woken.get(event)
        if looking is None:
            looking = tuple(
                (row, compiled, event in compiled.needs.events or compiled.needs.always, _asks(compiled))
                for row, compiled in self._ordered
            )
            if len(self._woken) < 10_000:
                self._woken[event] = looking
        return looking

    def _recheck(self, person: Living, event: Event, now: int, everything: bool, moves: Moves) -> None:
        """Ask for a timer at the next moment at which time alone may change an answer."""
        if not self._moving:
            return
        due: int | None = None
        for one in self._moving if everything or person.recheck is None else self._moving_with(event.name):
            time = one.moves(person.known, now)
            if time is not None and (due is None or time < due):
                due = time
        if due is None or (person.recheck is not None and now < person.recheck <= due):
            return
        person.recheck = due
        if person.identity is not None:
            moves.rechecks.append((person.id, due, person.identity))

    def _moving_with(self, event: str) -> tuple[Compiled, ...]:
        moving = self._moved_by.get(event)
        if moving is None:
            moving = tuple(one for one in self._moving if event in one.needs.events or one.needs.always)
            if len(self._moved_by) < 10_000:
                self._moved_by[event] = moving
        return moving


def in_force(tx: Transaction) -> Definitions:
    rows = tx.tuples(queries.read_definitions)
    return _definitions(tuple(rows))


@lru_cache(maxsize=4)
def _definitions(rows: tuple[tuple[Any, ...], ...]) -> Definitions:
    """Kept between batches: compiled once as long as nothing is defined."""
    return Definitions([Definition(*row) for row in rows])


def refusal(kind: str, name: str, expression: str, others: Sequence[Definition]) -> str | None:
    """Why a definition cannot stand beside the others; None where it can."""
    try:
        compiled = compile_condition(parse(expression))
    except Misread as error:
        return str(error)
    if compile_condition(parse(expression)).needs.about:
        return "a segment asks about a person, and not about the conversation, case or event at hand"
    asks = {_key(row.kind, row.name): _asks(compile_condition(parse(row.expression))) for row in others}
    asks[_key(kind, name)] = _asks(compiled)
    if _key(kind, name) not in order(asks):
        return "it asks for itself, in a circle"
    return None


def _asks(compiled: Compiled) -> frozenset[str]:
    segments = (_key("segment", name) for name in compiled.needs.segments)
    return frozenset((*segments, *(_key("trait", name) for name in compiled.needs.computed)))


def _with(computed: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    if value is None:
        return {key: one for key, one in computed.items() if key != name}
    return {**computed, name: value}


def _key(kind: str, name: str) -> str:
    return f"{kind}:{name}"
