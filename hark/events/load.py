"""The loader: takes recorded requests in order, makes events of them, each message once, and appends them to the log.

One loader at a time (an advisory lock held by its transaction), so that log positions are committed in their order.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from hark.errors import Rejected
from hark.events import files
from hark.events.log import LOST
from hark.events.plan import Judgement, Plan
from hark.events.record import Own, queries, request_of
from hark.events.sources import OWN, Sources
from hark.kit.ids import event_id
from hark.kit.text import clean, clean_json, shorten
from hark.model import ASKED_BY_CHANNELS, SAID_BY_CHANNELS, Event, Raw, Refused, Source
from hark.registry import Registry
from hark.store import Transaction

OF_CHANNELS = SAID_BY_CHANNELS | ASKED_BY_CHANNELS
log = logging.getLogger(__name__)
LOCK = 0x4C6F6164  # "Load"
IMPORTED = 20  # rows of imports at a time; each holds hundreds of events
AHEAD = 10_000  # events in the log that wait to be processed, above which imports wait too
_json = msgspec.json.encode
_decode_own = msgspec.json.Decoder(list[Own]).decode


class Loaded(Struct, frozen=True):
    raws: int
    events: int
    duplicates: int
    refused: int


class Loader:
    """What a loader works with: where plug-ins and sources are found, and the installation's salt and limits."""

    def __init__(
        self,
        registry: Registry,
        sources: Sources,
        salt: bytes,
        *,
        history_after: timedelta = timedelta(hours=24),
        rows: int = 200,
        size: int = 16_000_000,
        largest: int = 1_000_000,
    ) -> None:
        self.registry = registry
        self.sources = sources
        self.salt = salt[:64]
        self.history_after = history_after
        self.rows = rows
        self.size = size
        self.largest = largest
        self.plan = Plan()

    def load(self, tx: Transaction) -> Loaded | None:
        """Load what waits, at most one batch. None where another loader is at work. Where events are left in the log, the
        caller wakes the path (`hark_event`)."""
        if not tx.value(queries.try_lock, lock=LOCK):
            return None
        rows = tx.all(queries.waiting_raws, rows=self.rows, bytes=self.size, imported=IMPORTED, ahead=AHEAD)
        return self._load_or_refuse(rows, tx) if rows else Loaded(0, 0, 0, 0)

    def _load_or_refuse(self, rows: list[dict[str, Any]], tx: Transaction) -> Loaded:
        """What the database does not take must not stop the log: the rows are halved until the one that fails is alone,
        and that request is refused whole and shown."""
        try:
            with tx.connection.transaction():
                return self._load(rows, tx)
        except LOST:
            raise  # the database went away, the rows are not to blame
        except Exception as error:
            self.plan = Plan()  # what it learned of these rows was rolled back
            if len(rows) > 1:
                half = len(rows) // 2
                one, other = self._load_or_refuse(rows[:half], tx), self._load_or_refuse(rows[half:], tx)
                return Loaded(*(a + b for a, b in zip(astuple(one), astuple(other), strict=True)))
            log.exception("request %s cannot be loaded", rows[0]["id"])
            return self._refuse_whole(rows[0], f"it cannot be loaded: {type(error).__name__}: {error}", tx)

    def _load(self, rows: list[dict[str, Any]], tx: Transaction) -> Loaded:
        events: list[tuple[int, Event]] = []
        refusals: list[tuple[Any, ...]] = []
        for row in rows:
            self._receive(row, events, refusals)
        judgement = self.plan.judge([event for _, event in events], tx)
        if judgement.refused:
            events = self._refuse_unplanned(events, judgement, refusals, tx)
        whole = {raw for raw, _ in events}
        refused_raws = sorted({refusal[0] for refusal in refusals} - whole)
        fresh, duplicates = self._once(tx, events)
        fresh = [(raw, _with_files(event, tx) if event.files else event) for raw, event in fresh]
        if fresh:
            tx.copy(queries.copy_events, (_line(event, raw) for raw, event in fresh))
            self.plan.learn([event for _, event in fresh], tx, judgement)
        if refusals:
            tx.copy(queries.copy_refusals, refusals)
        with tx.together():
            tx.run(queries.mark_raws, ids=[row["id"] for row in rows], refused=refused_raws)
            _count(tx, fresh, duplicates, refusals)
        return Loaded(len(rows), len(fresh), len(duplicates), len(refusals))

    def _refuse_whole(self, row: dict[str, Any], reason: str, tx: Transaction) -> Loaded:
        refusal = (row["id"], row["source"], row["received_at"], 0, shorten(clean(reason), 2000), None)
        tx.copy(queries.copy_refusals, [refusal])
        tx.run(queries.mark_raws, ids=[row["id"]], refused=[row["id"]])
        _count(tx, [], [], [refusal])
        return Loaded(1, 0, 0, 1)

    def _receive(self, row: dict[str, Any], events: list[tuple[int, Event]], refusals: list[tuple[Any, ...]]) -> None:
        number, received = row["id"], row["received_at"]
        large = len(row["body"]) > self.largest  # only then can one of its events be

        def refuse(index: int, reason: str, item: Any = None) -> None:
            text = None if item is None else _text(item)
            refusals.append((number, row["source"], received, index, shorten(clean(reason), 2000), text))

        source = self.sources.by_id(row["source"]) or Source(id=row["source"], name=row["source"], write_key="")
        try:
            raw = Raw(
                id=number,
                received_at=received,
                source=source,
                plugin=row["plugin"],
                request=request_of(row["head"], row["body"]),
                imported=row["imported"],
            )
            for result in self._items(raw):
                if isinstance(result, Refused):
                    refuse(result.index, result.reason, result.item)
                elif result.name in OF_CHANNELS and not self._may_speak(raw):
                    refuse(0, f"only a channel may send {result.name}: {raw.plugin} collects what happens, it is none")
                elif large and (size := _size(result)) > self.largest:
                    refuse(0, f"the event {result.message_id} has {size:,} bytes; at most {self.largest:,} are taken")
                else:
                    events.append((number, self._settle(result, raw)))
        except Rejected as error:
            refuse(0, error.reason)
        except Exception as error:
            log.exception("plug-in %s failed on request %s", row["plugin"], number)
            events[:] = [pair for pair in events if pair[0] != number]
            refuse(0, f"the plug-in {row['plugin']} failed on it: {type(error).__name__}: {error}")

    def _refuse_unplanned(
        self,
        events: list[tuple[int, Event]],
        judgement: Judgement,
        refusals: list[tuple[Any, ...]],
        tx: Transaction,
    ) -> list[tuple[int, Event]]:
        """Set aside what an enforced plan refuses. Its message key is not taken, so it can come in once the plan allows."""
        kept: list[tuple[int, Event]] = []
        broken: list[Event] = []
        places = Counter(raw for raw, *_ in refusals)
        for raw, event in events:
            index = places[raw]
            places[raw] += 1
            if event.id not in judgement.refused:
                kept.append((raw, event))
                continue
            item = {"type": event.type, "name": event.name, "message_id": event.message_id, **_said(event)}
            reason = shorten(clean(judgement.refused[event.id]), 2000)
            refusals.append((raw, event.source, event.received_at, index, reason, _text(item)))
            broken.append(event)
        self.plan.keep_refused(broken, judgement, tx)
        return kept

    def _may_speak(self, raw: Raw) -> bool:
        """A channel's own source does; another's write key, which any browser shows, does not open its door."""
        if raw.plugin == OWN.plugin or raw.imported:
            return True
        return raw.source.plugin == raw.plugin and self.registry[raw.plugin].part("send") is not None

    def _items(self, raw: Raw) -> Iterable[Event | Refused]:
        if raw.plugin == OWN.plugin:
            return (_event_of(own, raw.received_at) for own in _decode_own(raw.request.body))
        receive = self.registry[raw.plugin].part("receive")
        if receive is None:
            raise Rejected(f"the plug-in {raw.plugin} receives nothing")
        result: Iterable[Event | Refused] = receive.receive(raw, {**raw.source.settings})
        return result

    def _settle(self, event: Event, raw: Raw) -> Event:
        historical = event.historical or raw.imported or raw.received_at - event.at > self.history_after
        channel = raw.source.channel or event.channel
        if historical == event.historical and channel == event.channel:
            return event
        if event.source == OWN.id:
            return event
        return msgspec.structs.replace(event, historical=historical, channel=channel)

    def _once(
        self, tx: Transaction, events: list[tuple[int, Event]]
    ) -> tuple[list[tuple[int, Event]], list[tuple[int, Event]]]:
        """Those that come for the first time, and those that were here before."""
        if not events:
            return [], []
        keyed: dict[UUID, tuple[int, Event]] = {}
        duplicates = []
        for pair in events:
            key = message_key(self.salt, pair[1].source, pair[1].message_id)
            if key in keyed:
                duplicates.append(pair)
            else:
                keyed[key] = pair
        # In the order of the index, so that two loads of the same keys cannot wait for each other.
        new = {row[0] for row in tx.tuples(queries.add_keys, keys=sorted(keyed))}
        fresh = [pair for key, pair in keyed.items() if key in new]
        duplicates += [pair for key, pair in keyed.items() if key not in new]
        return fresh, duplicates


def _with_files(event: Event, tx: Transaction) -> Event:
    """The bytes go where bytes are kept; the event names them."""
    named = msgspec.to_builtins(files.put(tx, event.files, event.received_at, state="unchecked"))
    return msgspec.structs.replace(event, files=(), properties={**event.properties, "files": named})


def _said(event: Event) -> dict[str, Any]:
    return {"identities": event.identities, "traits": event.traits, "properties": event.properties}


def message_key(salt: bytes, source: str, message_id: str) -> UUID:
    """A keyed hash: it recognises a message for ever and tells nothing about it, so it may outlive an erasure."""
    text = f"{source}\0{message_id}".encode("utf-8", "replace")
    return UUID(bytes=blake2b(text, digest_size=16, key=salt).digest())


def _event_of(own: Own, received_at: datetime) -> Event:
    return Event(
        id=event_id(received_at, OWN.id, own.message_id),
        type=own.type,
        name=own.name,
        at=own.at,
        received_at=received_at,
        source=OWN.id,
        message_id=own.message_id,
        identities=own.identities,
        traits=own.traits,
        properties=own.properties,
        context=own.context,
        channel=own.channel,
        caused_by=own.caused_by,
        depth=own.depth,
    )


def _line(event: Event, raw: int) -> tuple[Any, ...]:
    return (
        event.id,
        event.type,
        clean(event.name),
        event.at,
        event.received_at,
        event.source,
        clean(event.message_id),
        _text(event.identities),
        _text(event.traits),
        _text(event.properties),
        _text(event.context),
        event.channel,
        event.historical,
        event.caused_by,
        event.depth,
        raw,
    )


def _size(event: Event) -> int:
    return len(_text([event.identities, event.traits, event.properties, event.context]))


def _text(value: Any) -> str:
    """JSON that PostgreSQL holds: no NUL, no half characters, no number beyond its range."""
    try:
        encoded = _json(value)
    except (UnicodeEncodeError, ValueError, RecursionError):
        encoded = _json(clean_json(value))
    if b"\\u0000" in encoded:
        encoded = _json(clean_json(msgspec.json.decode(encoded)))
    return encoded.decode()


def _count(
    tx: Transaction,
    fresh: list[tuple[int, Event]],
    duplicates: list[tuple[int, Event]],
    refusals: list[tuple[Any, ...]],
) -> None:
    counts: dict[tuple[str, datetime], Counter[str]] = {}
    for word, pairs in (("accepted", fresh), ("duplicate", duplicates)):
        for _, event in pairs:
            hour = event.received_at.replace(minute=0, second=0, microsecond=0)
            counts.setdefault((event.source, hour), Counter())[word] += 1
    for _, source, at, *_ in refusals:
        counts.setdefault((source, at.replace(minute=0, second=0, microsecond=0)), Counter())["refused"] += 1
    if not counts:
        return
    keys = sorted(counts)
    tx.run(
        queries.add_arrivals,
        sources=[source for source, _ in keys],
        hours=[hour for _, hour in keys],
        **{word: [counts[key][word] for key in keys] for word in ("accepted", "duplicate", "refused")},
    )
