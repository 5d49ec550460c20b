"""The tracking plan at work: the loader asks it to judge what arrived and to learn from what was new.

A plan is one (source, type, name). The loader is alone at its work, so what it has learned since the last save waits in
memory; a crash loses at most a fiftieth of the counts, never a property. The source's own row (type and name "*") says
whether new names are violations.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.errors import Rejected
from hark.events.check import Check, Fault, compile_check
from hark.events.schema import Node, Shape, count_shape, read, sample, shape, to_json_schema, write
from hark.events.sources import OWN
from hark.kit.text import clean, clean_json
from hark.model import Event
from hark.store import Queries, Transaction

log = logging.getLogger(__name__)
queries = Queries(__file__, "plan.sql")
Key = tuple[str, str, str]  # source, type, name

LEARNING, FROZEN, ENFORCED, THAWED = "learning", "frozen", "enforced", "thawed"
ANY = "*"
OTHERS = "…"  # names beyond the most that one source may have: "Order 4711 opened" is not a name
MOST_NAMES = 1_000
LONGEST_NAME = 200
MOST_SHAPES = 512
MOST_PLANS = 5_000  # held in memory
ALL_AT_FIRST = 200
EACH = 32  # one of so many is sampled afterwards
SAVE_AFTER = timedelta(seconds=10)
_WORDS = {"plan.thawed": LEARNING, "plan.frozen": FROZEN, "plan.enforced": ENFORCED}


class Judgement(Struct):
    """What the plan says of a batch. Both are by event id; a refused event is in both."""

    refused: dict[UUID, str] = {}
    faults: dict[UUID, tuple[Fault, ...]] = {}


class Entry(Struct):
    """One plan in memory: what the database has, and what was seen since (`waiting`)."""

    key: Key
    state: str = LEARNING
    seen: Node = msgspec.field(default_factory=Node)
    count: int = 0
    frozen_schema: dict[str, Any] | None = None
    version: int = 0
    frozen_at: datetime | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    check: Check | None = None
    shapes: dict[Shape, list[int]] = {}  # known shapes, and how often each came since the last save
    unsaved: int = 0
    saved_at: datetime | None = None
    is_new: bool = True
    has_news: bool = False


class Plan:
    """The plans that one loader knows. What it holds in memory checks itself against the version of the stored row."""

    def __init__(self) -> None:
        self._entries: dict[Key, Entry] = {}
        self._names: dict[str, set[tuple[str, str]]] = {}

    def reset(self) -> None:
        self._entries.clear()
        self._names.clear()

    def judge(self, events: Sequence[Event], tx: Transaction) -> Judgement:
        """Check events in their order. A change of the plan among them counts for those that come after it."""
        judgement = Judgement()
        for event in events:
            if event.source == OWN.id:
                if event.name in _WORDS:
                    self._apply(event, tx)
                continue
            entry = self._entry(event, tx)
            if entry.check is None:
                continue
            faults = entry.check(payload(event))
            if faults:
                judgement.faults[event.id] = tuple(faults)
                if entry.state == ENFORCED:
                    judgement.refused[event.id] = _reason(event, faults)
        return judgement

    def learn(self, events: Iterable[Event], tx: Transaction, judgement: Judgement | None = None) -> None:
        """Learn from events that are new in the log, and keep the violations among them."""
        touched: dict[Key, Entry] = {}
        broken = []
        for event in events:
            if event.source == OWN.id:
                continue
            entry = self._entry(event, tx)
            _see(entry, event)
            touched[entry.key] = entry
            if judgement and event.id in judgement.faults:
                broken.append(event)
        for entry in touched.values():
            if _is_due(entry) and not _save(entry, tx):
                self._entries = {key: kept for key, kept in self._entries.items() if kept is not entry}
        if broken and judgement:
            self._keep_violations(broken, judgement, tx, refused=False)
        if len(self._entries) > MOST_PLANS:
            self._shed(tx)

    def keep_refused(self, events: Sequence[Event], judgement: Judgement, tx: Transaction) -> None:
        """Count violations of events that were refused; the refusals themselves are the loader's."""
        if events:
            self._keep_violations(events, judgement, tx, refused=True)

    def _entry(self, event: Event, tx: Transaction) -> Entry:
        entry = self._entries.get((event.source, event.type, event.name))
        if entry is None:
            entry = self._open((event.source, event.type, event.name), tx)
        return entry

    def _open(self, key: Key, tx: Transaction) -> Entry:
        source, kind, name = key
        if source not in self._names:
            self._names[source] = {(row[0], row[1]) for row in tx.tuples(queries.names_of_source, source=source)}
        if (name := clean(name)) != key[2]:
            entry = self._entries[key] = self._entries.get((source, kind, name)) or self._open((source, kind, name), tx)
            return entry
        names = self._names[source]
        known = (kind, name) in names
        if not known and name != OTHERS and (len(names) >= MOST_NAMES or len(name) > LONGEST_NAME):
            # Not remembered under its own name: such names come without end.
            others = (source, kind, OTHERS)
            return self._entries.get(others) or self._open(others, tx)
        names.add((kind, name))
        entry = self._entries[key] = _load(key, tx) if known else Entry(key=key)
        if entry.is_new and (whole := self._whole(source, tx)).state != LEARNING:
            entry.state, entry.check = whole.state, _never_planned
        return entry

    def _whole(self, source: str, tx: Transaction) -> Entry:
        key = (source, ANY, ANY)
        if key not in self._entries:
            self._entries[key] = _load(key, tx)
        return self._entries[key]

    def _apply(self, event: Event, tx: Transaction) -> None:
        """plan.frozen, plan.enforced, plan.thawed: of one (source, type, name), or without a name of a whole source."""
        asked = event.properties
        source, state = str(asked.get("source", "")), _WORDS[event.name]
        if asked.get("name") is None:
            self._save_waiting(source, tx)
            whole = self._whole(source, tx)
            whole.state, whole.frozen_at = state, event.at
            _save(whole, tx)
            for row in tx.all(queries.names_of_source, source=source):
                self._set_state((source, row["type"], row["name"]), state, None, event.at, tx)
            self._drop_unplanned(source)
        else:
            key = (source, str(asked.get("type", "track")), str(asked["name"]))
            try:
                self._set_state(key, state, asked.get("schema"), event.at, tx)
            except Rejected:
                # Asked for past the API, which checks the schema: the plan stays as it is.
                log.warning("the event %s holds no valid JSON Schema", event.id)

    def _set_state(self, key: Key, state: str, schema: Any, at: datetime, tx: Transaction) -> None:
        entry = self._entries.get(key) or _load(key, tx)
        _take_in(entry)
        entry.state, entry.frozen_at = state, at
        if state == LEARNING:
            entry.check, entry.frozen_schema, entry.frozen_at = None, None, None
            tx.run(queries.clear_violations, source=key[0], type=key[1], name=key[2])
        else:
            wanted = schema or entry.frozen_schema or to_json_schema(entry.seen, key[2], closed=True)
            entry.check, entry.frozen_schema = _compiled(wanted), wanted
        self._names.setdefault(key[0], set()).add(key[1:])
        self._entries[key] = entry
        if not _save(entry, tx):
            del self._entries[key]
            self._set_state(key, state, schema, at, tx)

    def _save_waiting(self, source: str, tx: Transaction) -> None:
        for key, entry in self._entries.items():
            if key[0] == source and entry.unsaved:
                _save(entry, tx)

    def _drop_unplanned(self, source: str) -> None:
        for key in [key for key, entry in self._entries.items() if key[0] == source and entry.is_new and key[1] != ANY]:
            del self._entries[key]
            self._names.get(source, set()).discard(key[1:])

    def _keep_violations(
        self, events: Sequence[Event], judgement: Judgement, tx: Transaction, *, refused: bool
    ) -> None:
        if not refused:
            tx.run(
                queries.add_violations,
                events=[event.id for event in events],
                sources=[event.source for event in events],
                types=[event.type for event in events],
                names=[self._entry(event, tx).key[2] for event in events],
                ats=[event.received_at for event in events],
                faults=[_json(judgement.faults[event.id]) for event in events],
            )
        counts: dict[tuple[Key, str, str], list[Event]] = {}
        expected: dict[tuple[Key, str, str], str] = {}
        for event in events:
            for fault in judgement.faults[event.id]:
                at = (self._entry(event, tx).key, _place(fault.path), fault.rule)
                counts.setdefault(at, []).append(event)
                expected[at] = fault.expected
        rows = sorted(counts)
        tx.run(
            queries.count_violations,
            sources=[key[0] for key, _, _ in rows],
            types=[key[1] for key, _, _ in rows],
            names=[key[2] for key, _, _ in rows],
            paths=[path for _, path, _ in rows],
            rules=[rule for _, _, rule in rows],
            expected=[expected[row] for row in rows],
            counts=[len(counts[row]) for row in rows],
            refused=[len(counts[row]) if refused else 0 for row in rows],
            firsts=[min(event.received_at for event in counts[row]) for row in rows],
            lasts=[max(event.received_at for event in counts[row]) for row in rows],
            events=[counts[row][-1].id for row in rows],
        )

    def _shed(self, tx: Transaction) -> None:
        for entry in self._entries.values():
            if entry.unsaved:
                _save(entry, tx)
        self.reset()


def payload(event: Event) -> dict[str, Any]:
    """What a plan is about: what identify and group say of somebody, what the others say of themselves."""
    return event.traits if event.type in ("identify", "group") else event.properties


def _see(entry: Entry, event: Event) -> None:
    content = payload(event)
    form = shape(content)
    waiting = entry.shapes.get(form)
    if waiting is not None:
        waiting[0] += 1
    elif len(entry.shapes) < MOST_SHAPES or entry.count % EACH == 0:
        count_shape(entry.seen, form)
        entry.shapes[form] = [0]
        entry.has_news = True
    if entry.count < ALL_AT_FIRST or entry.count % EACH == 0:
        sample(entry.seen, content)
    entry.count += 1
    entry.unsaved += 1
    if entry.last_at is None or event.received_at > entry.last_at:
        entry.last_at = event.received_at
        entry.first_at = entry.first_at or event.received_at


def _take_in(entry: Entry) -> None:
    for form, waiting in entry.shapes.items():
        if waiting[0]:
            count_shape(entry.seen, form, waiting[0])
            waiting[0] = 0


def _is_due(entry: Entry) -> bool:
    if entry.has_news or entry.is_new or entry.unsaved * 50 >= entry.count:
        return True
    return entry.saved_at is None or (entry.last_at is not None and entry.last_at - entry.saved_at > SAVE_AFTER)


def _load(key: Key, tx: Transaction) -> Entry:
    source, kind, name = key
    row = tx.one(queries.find_plan, source=source, type=kind, name=name)
    if row is None:
        return Entry(key=key)
    entry = Entry(key=key, is_new=False, saved_at=row["last_at"], seen=read(row.pop("seen")), **row)
    if entry.state != LEARNING:
        entry.check = _compiled(entry.frozen_schema) if entry.frozen_schema else _never_planned
    return entry


def _save(entry: Entry, tx: Transaction) -> bool:
    """False where the row is not as this loader left it (an erasure, another loader, a rollback): memory is void."""
    _take_in(entry)
    source, kind, name = entry.key
    saved = tx.run(
        queries.save_plan,
        source=source,
        type=kind,
        name=name,
        state=entry.state,
        seen=_json(write(entry.seen)),
        count=entry.count,
        frozen_schema=None if entry.frozen_schema is None else _json(entry.frozen_schema),
        frozen_at=entry.frozen_at,
        first_at=entry.first_at,
        last_at=entry.last_at,
        version=entry.version,
    )
    entry.saved_at, entry.unsaved, entry.is_new, entry.has_news = entry.last_at, 0, False, False
    entry.version += 1
    return saved > 0


def _compiled(schema: Any) -> Check:
    if not isinstance(schema, dict):
        raise Rejected("a JSON Schema of an event is an object", 422)
    return compile_check(schema)


def _never_planned(content: Any) -> list[Fault]:
    return [Fault("", "name", "a name that the plan of this source has")]


def _reason(event: Event, faults: Sequence[Fault]) -> str:
    told = "; ".join(f"{fault.path or 'the event'}: {fault.rule}, expected {fault.expected}" for fault in faults[:5])
    return f"{event.name!r} breaks the tracking plan of its source: {told}"


def _place(path: str) -> str:
    """Violations are counted by place: the third line of an order is the same place as the first."""
    return clean("/".join("*" if part.isdigit() else part for part in path.split("/"))[:500])


def _json(value: Any) -> str:
    """JSON that PostgreSQL holds: no NUL, no half characters."""
    return msgspec.json.encode(clean_json(value)).decode()
