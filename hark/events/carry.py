"""What the log keeps of one person: their part of an export; deleting their events, or keeping only the numbers."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from hark.kit.traces import Traces
from hark.model import Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")
# Texts that say what was bought, used or answered, never who did it. All other texts are dropped with the person.
_PLAIN = frozenset(
    [
        *("sku", "product_id", "name", "category", "brand", "variant", "size", "quantity", "price", "total", "revenue"),
        *("currency", "coupon", "plan", "code", "model", "programme", "favourite", "carrier", "country", "position"),
        *("survey", "topic", "channel", "status", "language", "kind"),
    ]
)


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    return {
        "events": tx.all(queries.events, positions=list(who.positions)),
        "findings": tx.all(queries.findings, events=list(who.events)),
        "decisions": tx.all(queries.decisions, events=list(who.events), ids=list(who.ids)),
        "timers": tx.all(queries.timers, **_identities(who)),
    }


def forget(who: Subject, tx: Transaction, positions: Iterable[int]) -> dict[str, int]:
    """Delete what the log and what was concluded from it holds of the person; rows gone, by table."""
    wanted = list(positions)
    traces = Traces(who.spellings)
    gone = _conclusions(who, tx, wanted)
    gone["refusal"] = _refusals(tx, traces)
    gone["plan"] = _plans(tx, who)
    gone["event"] = tx.run(queries.forget_events, positions=wanted)
    return gone


def forget_nameless(tx: Transaction, ids: Sequence[UUID]) -> int:
    """Events that name nobody, but are a person's all the same: who wrote them was not believed."""
    return tx.run(queries.forget_nameless, ids=list(ids))


def keep_numbers(who: Subject, tx: Transaction, positions: Iterable[int]) -> dict[str, int]:
    """Cut events loose from the person: a name nobody knows, no traits, no texts but those of the catalogue."""
    wanted = list(positions)
    gone = _conclusions(who, tx, wanted)
    gone["refusal"] = _refusals(tx, Traces(who.spellings))
    gone["plan"] = _plans(tx, who)
    stranger = f"anonymised-{secrets.token_hex(12)}"
    rows = [
        {
            "position": row["position"],
            "message_id": f"{stranger}-{number}",
            "identities": [["anonymous_id", stranger]],
            # Of what people write to each other nothing is a number.
            "properties": {} if row["name"].startswith("message.") else numbers(row["properties"]),
        }
        for number, row in enumerate(tx.all(queries.events, positions=wanted))
    ]
    tx.run(queries.loosen_events, rows=msgspec.json.encode(rows).decode())
    gone["event made anonymous"] = len(rows)
    return gone


def numbers(value: Any, name: str = "") -> Any:
    """The value without texts that may tell who it was: numbers, yes and no, and words of the catalogue stay."""
    if isinstance(value, dict):
        kept = {key: numbers(item, key) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, list):
        return [item for item in (numbers(item, name) for item in value) if item is not None]
    if isinstance(value, str):
        return value if name in _PLAIN and "@" not in value else None
    return value


def _conclusions(who: Subject, tx: Transaction, positions: list[int]) -> dict[str, int]:
    events = [row[0] for row in tx.tuples(queries.event_ids, positions=positions)]
    return {
        "finding": tx.run(queries.forget_findings, events=events),
        "decision": tx.run(queries.forget_decisions, events=events, ids=list(who.ids)),
        "violation": tx.run(queries.forget_violations, events=events),
        "parked": tx.run(queries.forget_parked, positions=positions),
        "timer": tx.run(queries.forget_timers, events=events, **_identities(who)),
    }


def _refusals(tx: Transaction, traces: Traces) -> int:
    found = tx.all(queries.refusals_like, needles=traces.needles())
    ids = [row["id"] for row in found if traces.within(row["item"]) or traces.within(row["reason"])]
    return tx.run(queries.forget_refusals, ids=ids)


def _plans(tx: Transaction, who: Subject) -> int:
    """Take the person's values out of what tracking plans learned of values that are often there."""
    named = Traces(who.spellings)
    told = Traces((*who.spellings, *(text for text in _texts(who.traits) if len(text) > 3)))
    rows = tx.all(queries.plans_like, needles=told.needles())
    for row in rows:
        seen = _unlearn(row["seen"], told, len(who.positions))
        frozen = _unlearn(row["frozen_schema"], named, len(who.positions))
        tx.run(
            queries.change_plan,
            source=row["source"],
            type=row["type"],
            name=row["name"],
            seen=msgspec.json.encode(seen).decode(),
            frozen=None if frozen is None else msgspec.json.encode(frozen).decode(),
        )
    return len(rows)


def _unlearn(node: Any, traces: Traces, times: int) -> Any:
    """Without values of this person; what was seen more often than they were is other people's value too."""
    if isinstance(node, list):
        return [_unlearn(item, traces, times) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _unlearn(item, traces, times) for key, item in node.items()}
    if isinstance(values := kept.get("values"), dict):
        kept["values"] = {
            value: count for value, count in values.items() if not traces.within(value) or _often(count, times)
        }
    if isinstance(choices := kept.get("enum"), list):
        kept["enum"] = [choice for choice in choices if not traces.within(choice)]
    return kept


def _often(count: Any, times: int) -> bool:
    return isinstance(count, int) and count > times


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _identities(who: Subject) -> dict[str, list[str]]:
    return {"kinds": [one.kind for one in who.identities], "values": [one.value for one in who.identities]}
