"""Segments and computed traits as their screens and the API see them: listed, counted while one writes, defined, removed."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from msgspec import Struct

from hark.conditions import Expression, Misread, read, type_of, write
from hark.conditions.measure import Measure
from hark.conditions.needs import needs
from hark.conditions.to_sql import to_sql
from hark.conditions.tree import Condition
from hark.errors import NotFound, Rejected
from hark.events.record import own, record_own
from hark.kit.clock import milliseconds
from hark.model import Declared
from hark.people import segments
from hark.people.living import Setting
from hark.people.refold import NAME
from hark.people.segments import Definition
from hark.store import Queries, Query, Transaction

queries = Queries(__file__)
SAMPLE = 20_000  # persons that a live count looks at; their ids are hashes, so the first are as good as any
SAMPLE_OF_LOG = 2_000  # where the log must be asked for each of them
PATIENCE = "1500ms"


class Defined(Struct, frozen=True, kw_only=True):
    """A segment (with its members counted) or a computed trait."""

    kind: str
    name: str
    label: str
    about: str
    expression: str
    state: str
    reason: str | None
    done: int
    of: int
    defined_at: datetime
    defined_by: str
    members: int | None = None


class Day(Struct, frozen=True, kw_only=True):
    day: date
    entered: int
    gone: int


class Count(Struct, frozen=True):
    """How many persons a condition holds for now; `exact` where all were looked at, None where it took too long."""

    people: int | None
    of: int
    exact: bool


def listed(tx: Transaction, kind: str) -> list[Defined]:
    return [Defined(**row) for row in tx.all(queries.list_definitions, kind=kind)]


def find(tx: Transaction, kind: str, name: str) -> Defined:
    """NotFound where nothing of that name was ever defined, or it was removed."""
    found = [one for one in listed(tx, kind) if one.name == name]
    if not found:
        raise NotFound(f"there is no {kind} {name[:100]!r}")
    return found[0]


def define(
    tx: Transaction, kind: str, name: str, condition: object, *, label: str = "", about: str = "", by: str
) -> UUID:
    """Record the definition; it holds when the event has gone down the path. Rejected says what is wrong with it."""
    if not NAME.fullmatch(name):
        raise Rejected("a name starts with a small letter and has small letters, digits and _")
    expression = read(condition)
    if kind == "segment" and type_of(expression) not in ("truth", "any"):
        raise Misread("a segment needs a condition; compare this value with something")
    text = write(expression)
    others = [Definition(*row) for row in tx.tuples(queries.read_definitions) if row[:2] != (kind, name)]
    if reason := segments.refusal(kind, name, text, others):
        raise Rejected(reason)
    said = {"name": name, "label": label or name, "about": about, "condition": text}
    return record_own(tx, [own(f"{kind}.defined", by=by, properties=said)])[0]


def remove(tx: Transaction, kind: str, name: str, *, by: str) -> UUID:
    find(tx, kind, name)
    return record_own(tx, [own(f"{kind}.removed", by=by, properties={"name": name})])[0]


def count(tx: Transaction, condition: Expression, now: datetime, declared: Declared) -> Count:
    """A live count. Up to 20,000 persons are looked at; of more it is estimated from these."""
    kept = segments.in_force(tx).kept
    sample = SAMPLE if _all_kept(condition, kept) else SAMPLE_OF_LOG
    silence = Setting(declared.purposes, {}).silence
    fragment = to_sql(cast(Condition, condition), milliseconds(now), silence, kept)
    query = Query("count_where", queries.count_where.text.replace(b"/* condition */", fragment.text.encode()))
    try:
        with tx.connection.transaction():
            tx.run(queries.be_patient, patience=PATIENCE)
            looked, people = tx.tuples(query, sample=sample, **fragment.values)[0]
    except psycopg.errors.QueryCanceled:
        return Count(None, 0, False)
    if looked < sample:
        return Count(people, looked, True)
    everybody = int(tx.value(queries.about_everybody) or looked)
    return Count(round(people * max(everybody, looked) / looked), max(everybody, looked), False)


def days(tx: Transaction, segment: str, since: date) -> list[Day]:
    return [Day(**row) for row in tx.all(queries.segment_days, segment=segment, since=since)]


def words(tx: Transaction) -> dict[str, list[str]]:
    """Names to choose from while one writes a condition."""
    return {
        "events": [row[0] for row in tx.tuples(queries.event_names)],
        "traits": [row[0] for row in tx.tuples(queries.trait_names)],
    }


def phases(tx: Transaction) -> list[dict[str, Any]]:
    """Every event name that was heard of, with the company's own home where it gave one."""
    return tx.all(queries.names_and_phases)


def purposes(tx: Transaction) -> dict[str, dict[str, int]]:
    """How many persons said yes and no to each purpose."""
    return {row["purpose"]: {"yes": row["yes"], "no": row["no"]} for row in tx.all(queries.consent_counts)}


def _all_kept(condition: Expression, kept: dict[str, tuple[Measure, ...]]) -> bool:
    return all(
        any(one.of == wanted.of and one.days >= wanted.days for one in kept.get(wanted.event, ()))
        for wanted in needs(condition).measures
    )
