"""Definitions change by events; everybody is then looked at again in steps, each step an event of its own.

A step takes the next identities in the order of their ids, rebuilds from the log what a new definition measures of them,
and folds their persons anew. Because each step is in the log, a replay does the same at the same places.
"""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from hark.conditions import Misread, read, write
from hark.conditions import measure as measuring
from hark.conditions.measure import Measure
from hark.conditions.needs import needs
from hark.events.record import Own, record_own
from hark.kit.clock import milliseconds
from hark.model import Declared, Event, Identity
from hark.people import segments
from hark.people.living import Setting
from hark.people.phases import PHASES
from hark.people.profile import Crowd
from hark.people.segments import Definition, Moves
from hark.store import Queries, Transaction

queries = Queries(__file__)
STEP = 2_000  # identities in one step
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
REFOLDED = "profiles.refolded"


def changes_everybody(event: Event) -> bool:
    """Such an event is taken by itself, between what came before it and what comes after it."""
    return event.source == "hark" and event.name in _CHANGES


def change(event: Event, tx: Transaction, declared: Declared) -> Moves:
    """Do what such an event says; returns who moved."""
    moves = Moves()
    if _CHANGES[event.name](event, tx, declared, moves):
        _ask_for_step(event, None, event, tx, declared)
    return moves


def _define(kind: str) -> "_Change":
    def define(event: Event, tx: Transaction, declared: Declared, moves: Moves) -> bool:
        said = event.properties
        name = str(said.get("name", ""))
        try:
            expression, reason = write(read(said.get("condition"))), None
        except Misread as error:
            expression, reason = str(said.get("condition")), str(error)
        if not NAME.fullmatch(name):
            reason = f"a name has small letters, digits and _; {name!r} does not"
        others = [Definition(*row) for row in tx.tuples(queries.read_definitions) if row[:2] != (kind, name)]
        reason = reason or segments.refusal(kind, name, expression, others)
        tx.run(
            queries.write_definition,
            kind=kind,
            name=name[:100],
            label=str(said.get("label") or name)[:200],
            about=str(said.get("about") or "")[:2000],
            expression=expression,
            state=segments.REFUSED if reason else segments.FILLING,
            reason=reason,
            at=event.at,
            by=str(said.get("by", "")),
            event=event.id,
        )
        return reason is None

    return define


def _remove(kind: str) -> "_Change":
    def remove(event: Event, tx: Transaction, declared: Declared, moves: Moves) -> bool:
        return tx.run(queries.delete_definition, kind=kind, name=str(event.properties.get("name", ""))) > 0

    return remove


def _map(event: Event, tx: Transaction, declared: Declared, moves: Moves) -> bool:
    """Give an event name another home; phase null: none; phase "default": the one it came with."""
    name, phase = str(event.properties.get("name", ""))[:500], event.properties.get("phase")
    if phase == "default":
        tx.run(queries.delete_mapping, name=name)
    elif phase is None or phase in PHASES:
        tx.run(queries.write_mapping, name=name, phase=phase, at=event.at)
    else:
        return False
    return True


def _step(event: Event, tx: Transaction, declared: Declared, moves: Moves) -> bool:
    """One step of looking at everybody again."""
    after = UUID(event.properties["after"]) if event.properties.get("after") else UUID(int=0)
    rows = tx.tuples(queries.next_identities, after=after, step=STEP)
    ended = len(rows) < STEP
    upto = rows[-1][0] if rows else after
    since = UUID(event.properties["since"])
    tx.run(queries.note_progress, event=since, upto=upto, done=len(rows), state="ready" if ended else "filling")
    if rows:
        _refold(event, [row[0] for row in rows], {person for _, person, last in rows if last}, tx, declared, moves)
    if not ended:
        _ask_for_step(event, upto, event, tx, declared)
    return False


def _refold(
    event: Event, identities: list[UUID], persons: set[UUID], tx: Transaction, declared: Declared, moves: Moves
) -> None:
    setting = Setting(declared.purposes, dict(tx.tuples(queries.read_mapping)))
    definitions = segments.in_force(tx)
    crowd = Crowd.of(tx, persons, setting, identities if event.properties.get("measures") else ())
    _measure_again(event, identities, definitions.measures, crowd, tx)
    if event.properties.get("for") == "mapping":
        named = [event.properties["name"]]
        phase = setting.phase_of(named[0])
        tx.run(queries.rephase_timeline, anchors=identities, names=named, phase=phase)
    first = {row[0]: Identity(row[1], row[2]) for row in tx.tuples(queries.first_identities, persons=list(persons))}
    for person in crowd:
        person.gather()
        person.fresh = True
        person.identity = first.get(person.id)
        definitions.follow(person, event, milliseconds(event.received_at), moves)
        crowd.touch(person)
    crowd.write()


def _measure_again(
    event: Event, identities: list[UUID], measures: Mapping[str, tuple[Measure, ...]], crowd: Crowd, tx: Transaction
) -> None:
    """Rebuild from the log what a definition measures of these identities' events."""
    wanted = event.properties.get("measures") or ()
    names = sorted(set(wanted) & measures.keys())
    if not names:
        return
    keys = {one.key for name in names for one in measures[name]}
    for identity in identities:
        crowd.forget_measures(identity, keys)
    rows = tx.tuples(queries.events_of, anchors=identities, names=names, position=event.position)
    today = milliseconds(event.received_at) // measuring.DAY
    for anchor, name, at, source, message, properties in rows:
        buckets = crowd.measures_of(anchor)
        for one in measures[name]:
            moment, tie = milliseconds(at), f"{source} {message}"
            measuring.add(buckets.setdefault(one.key, {}), one, properties, moment, tie, today)


def _ask_for_step(cause: Event, after: UUID | None, event: Event, tx: Transaction, declared: Declared) -> None:
    if declared.replaying:
        return
    if event.name == REFOLDED:
        properties = {**event.properties, "after": str(after)}
    else:
        properties = {"for": event.name.split(".")[0], "since": str(event.id), "name": event.properties.get("name")}
        properties["measures"] = _events_measured(event)
    step = Own(
        name=REFOLDED,
        at=event.received_at,
        message_id=f"refold-{properties['since']}-{after}",
        properties=properties,
        caused_by=cause.id,
        depth=1,
    )
    record_own(tx, [step], received_at=event.received_at)


def _events_measured(event: Event) -> list[str]:
    if event.name not in ("segment.defined", "trait.defined"):
        return []
    return sorted({one.event for one in needs(read(event.properties["condition"])).measures})


_Change = Callable[[Event, Transaction, Declared, Moves], bool]
_CHANGES: dict[str, _Change] = {
    "segment.defined": _define("segment"),
    "segment.removed": _remove("segment"),
    "trait.defined": _define("trait"),
    "trait.removed": _remove("trait"),
    "mapping.defined": _map,
    REFOLDED: _step,
}
