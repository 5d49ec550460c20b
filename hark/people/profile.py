"""The one fold: takes a batch of events, in order, into the facets of their identities and the rows of their persons.

Everything touched is read once, events are added in memory one at a time, and everything changed is written in sets, so
that any size of batch leaves the same state.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import msgspec

from hark.conditions.measure import Buckets
from hark.kit.clock import from_milliseconds, milliseconds
from hark.model import Context, Event, Identity
from hark.people import facet
from hark.people.facet import Facet
from hark.people.living import Living, Pool, Setting
from hark.people.segments import Definitions, Moves
from hark.store import Queries, Query, Transaction
from hark.store.arrays import Array, binaries, instants, jsons, moments, numbers, texts, uuids

queries = Queries(__file__, "profile.sql")
_json = msgspec.json.Encoder().encode
# Our own book-keeping: it is in the log and belongs to nobody's story.
SILENT = frozenset({"timer.due"})
Columns = Mapping[str, Callable[[Iterable[Any]], Array]]


class Group(Protocol):
    """A person and the ids of all their identities; no members: this id is nobody's any more."""

    @property
    def person(self) -> UUID: ...
    @property
    def members(self) -> tuple[UUID, ...]: ...
    @property
    def identities(self) -> tuple[Identity, ...]: ...


class Joined(Protocol):
    """What the identity step says of one event: whose it is after it, and whose members it changed."""

    @property
    def anchor(self) -> UUID | None: ...
    @property
    def person(self) -> UUID | None: ...
    @property
    def members(self) -> tuple[UUID, ...]: ...
    @property
    def identities(self) -> tuple[Identity, ...]: ...
    @property
    def changed(self) -> Sequence[Group]: ...


def fold(
    contexts: Sequence[Context],
    joined: Sequence[Joined],
    tx: Transaction,
    setting: Setting,
    definitions: Definitions,
    moves: Moves,
) -> None:
    """Fill anchor, person, profile, entered and left of each context, and add to `moves` who came and went."""
    crowd = Crowd(tx, joined, setting)
    lines: list[tuple[Any, ...]] = []
    for context, join in zip(contexts, joined, strict=True):
        event, now = context.event, milliseconds(context.event.received_at)
        moved = crowd.rearrange(join.changed) if join.changed else ()
        for other in moved:
            if other.id != join.person:
                definitions.follow(other, event, now, moves)
        if join.anchor is None or join.person is None:
            continue
        person = crowd.living(join.person, join.members)
        person.identity = join.identities[join.members.index(join.anchor)]
        at = min(milliseconds(event.at), now + facet.AHEAD)
        person.take(event, join.anchor, at, now, definitions.measures.get(event.name, ()))
        crowd.touch(person, join.anchor)
        context.anchor = join.anchor
        context.entered, context.left = definitions.follow(person, event, now, moves)
        context.person, context.profile = person.person(join.identities), person.profile()
        if event.name not in SILENT:
            lines.append(_line(event, join.anchor, at, setting))
    with tx.together():
        crowd.write()
        _send(tx, queries.add_lines, _LINE, lines)


class Crowd:
    """Everybody whom a batch touches."""

    def __init__(self, tx: Transaction, joined: Iterable[Joined], setting: Setting) -> None:
        self._tx = tx
        self._setting = setting
        self._pool: Pool = {}
        self._living: dict[UUID, Living] = {}
        self._holder: dict[UUID, Living] = {}  # whose an identity is just now
        self._touched: set[UUID] = set()
        self._facets: set[UUID] = set()
        self._gone: set[UUID] = set()
        persons: set[UUID] = set()
        changed: set[UUID] = set()
        identities: set[UUID] = set()
        for join in joined:
            if join.person and join.anchor:
                persons.add(join.person)
                identities.add(join.anchor)
            for group in join.changed:
                changed.add(group.person)
                identities.update(group.members)
        self._load(persons | changed, changed, identities)

    @classmethod
    def of(cls, tx: Transaction, persons: Iterable[UUID], setting: Setting, identities: Iterable[UUID] = ()) -> "Crowd":
        """These persons with all their facets, and facets of others besides."""
        crowd = cls(tx, (), setting)
        wanted = set(persons)
        crowd._load(wanted, wanted, set(identities))
        return crowd

    def __iter__(self) -> Iterator[Living]:
        return iter(self._living.values())

    def living(self, person: UUID, members: tuple[UUID, ...]) -> Living:
        known = self._living.get(person)
        if known is None:
            known = self._hold(Living(person, members, self._pool, self._setting))
        return known

    def forget_measures(self, identity: UUID, keys: set[str]) -> None:
        known = self._pool.get(identity)
        if known is not None and not keys.isdisjoint(known.measures):
            known.measures = {key: buckets for key, buckets in known.measures.items() if key not in keys}
            self._facets.add(identity)

    def measures_of(self, identity: UUID) -> dict[str, Buckets]:
        """The measures of one identity's facet, to be written to."""
        self._facets.add(identity)
        return self._pool.setdefault(identity, Facet()).measures

    def touch(self, person: Living, anchor: UUID | None = None) -> None:
        self._touched.add(person.id)
        if anchor is not None:
            self._facets.add(anchor)

    def rearrange(self, changed: Sequence[Group]) -> list[Living]:
        """Members moved between persons: fold those anew. They start with the segments that their members were in."""
        inherited = {
            group.person: set().union(*(self._holder[m].known.segments for m in group.members if m in self._holder))
            for group in changed
        }
        moved = []
        for group in changed:
            if group.members:
                self._gone.discard(group.person)
                moved.append(self._settle(group, inherited[group.person]))
            else:
                self._living.pop(group.person, None)
                self._touched.discard(group.person)
                self._gone.add(group.person)
        return moved

    def write(self) -> None:
        tx = self._tx
        if self._gone:
            tx.run(queries.delete_persons, ids=uuids(self._gone))
        touched = [self._living[person] for person in self._touched]
        _send(tx, queries.write_facets, _FACET, [(one, facet.encode(self._pool[one])) for one in self._facets])
        _send(tx, queries.write_portraits, _PORTRAIT, [_portrait(person) for person in touched if person.is_altered()])
        _send(tx, queries.write_pulses, _PULSE, [_pulse(person) for person in touched])

    def _settle(self, group: Group, segments: set[str]) -> Living:
        known = self._living.get(group.person)
        if known is None:
            known = self._hold(Living(group.person, group.members, self._pool, self._setting))
        else:
            known.members = group.members
            known.gather()
            self._hold(known)
        known.known.segments = segments
        known.identity = group.identities[0]
        known.recheck = None
        known.fresh = True
        self.touch(known)
        return known

    def _hold(self, known: Living) -> Living:
        self._living[known.id] = known
        for member in known.members:
            self._holder[member] = known
        return known

    def _load(self, persons: set[UUID], folded: set[UUID], identities: set[UUID]) -> None:
        """Read persons with the facets that are needed: of those who will be folded anew, all; else those of the events."""
        if not persons and not identities:
            return
        tx = self._tx
        with tx.together():
            found = tx.ask(queries.read_persons, ids=uuids(persons))
            states = tx.ask(queries.read_facets, ids=uuids(identities))
            rows = found()
            self._pool |= {identity: facet.decode(state) for identity, state in states()}
        anew = [members for person, members, _, _, _, whole in rows if whole is None or person in folded]
        if further := {member for members in anew for member in members} - self._pool.keys():
            states = tx.ask(queries.read_facets, ids=uuids(further))
            self._pool |= {identity: facet.decode(state) for identity, state in states()}
        for person, members, segments, computed, recheck, whole in rows:
            fold = None if whole is None or person in folded else facet.decode(whole)
            known = Living(person, tuple(members), self._pool, self._setting, fold)
            known.known.segments = set(segments)
            known.known.computed = computed
            known.recheck = None if recheck is None else milliseconds(recheck)
            known.fresh = False
            known.remember()
            self._hold(known)


# What the queries call the columns of their rows, and how each is sent.
_FACET: Columns = {"identities": uuids, "states": binaries}
_LINE: Columns = {
    **{"anchors": uuids, "ats": instants, "positions": numbers, "names": texts},
    **{"phases": texts, "channels": texts, "sources": texts},
}
_PORTRAIT: Columns = {
    **{"ids": uuids, "members": texts, "traits": jsons, "provenance": jsons, "computed": jsons, "consents": jsons},
    **{"segments": texts, "groups": texts, "withheld": texts, "over": texts, "time_zones": texts, "languages": texts},
}
_PULSE: Columns = {
    **{"persons": uuids, "seen": jsons, "money": jsons, "measures": jsons, "phases": texts, "events": numbers},
    **{"firsts": moments, "lasts": moments, "rechecks": moments, "wholes": binaries},
}


def _send(tx: Transaction, query: Query, columns: Columns, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        by_column = zip(columns.items(), zip(*rows, strict=True), strict=True)
        tx.run(query, **{name: array(values) for (name, array), values in by_column})


def _portrait(person: Living) -> tuple[Any, ...]:
    known, whole = person.known, person.whole
    return (
        person.id,
        _array(sorted(member.hex for member in person.members)),
        _json(known.traits),
        _json({name: {"at": at, "source": by, "message_id": m} for name, (_, at, by, m) in person.traits.items()}),
        _json(known.computed),
        _json({purpose: _answer(*said) for purpose, said in whole.consents.items()}),
        _array(sorted(known.segments)),
        _array(sorted(known.groups)),
        _array(person.withheld),
        _array(sorted(whole.full)),
        known.time_zone,
        known.language,
    )


def _pulse(person: Living) -> tuple[Any, ...]:
    known, whole = person.known, person.whole
    return (
        person.id,
        _json(known.counts),
        _json(known.money),
        _json(known.measures),
        known.phase,
        whole.events,
        whole.first,
        whole.last,
        person.recheck,
        None if (several := person.several()) is None else facet.encode(several),
    )


def _answer(granted: bool, at: int, source: str, message: str, proof: dict[str, Any]) -> dict[str, Any]:
    return {"granted": granted, "at": at, "source": source, "message_id": message, "proof": proof}


def _array(values: Iterable[str]) -> str:
    """A PostgreSQL array as text."""
    quoted = ('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return "{" + ",".join(quoted) + "}"


def _line(event: Event, anchor: UUID, at: int, setting: Setting) -> tuple[Any, ...]:
    when = event.at if at == milliseconds(event.at) else from_milliseconds(at)
    return (anchor, when, event.position, event.name, setting.phase_of(event.name), event.channel, event.source)
