"""Reads what is known of people: by any identity to one record, their history, and everybody in pages. Writes nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.kit.clock import instant
from hark.kit.ids import derived
from hark.kit.text import clean
from hark.model import Declared
from hark.people import listing
from hark.people.kinds import spell
from hark.store import Queries, Transaction

queries = Queries(__file__, "reading.sql")
LAST = ("infinity", 2**62)  # what a page without a cursor goes on from


class Known(Struct, frozen=True, kw_only=True):
    """An identity as the profile shows it."""

    kind: str
    value: str
    first_seen: datetime


class Answer(Struct, frozen=True, kw_only=True):
    """What a person said about one purpose, and the proof of it."""

    granted: bool
    at: datetime
    source: str
    proof: dict[str, Any] = {}


class Record(Struct, frozen=True, kw_only=True):
    """Everything that is known of one person, ready to be shown."""

    id: UUID
    traits: dict[str, Any]
    identities: list[Known]
    segments: list[str]
    consents: dict[str, Answer]
    counts: dict[str, int]
    first_seen: datetime | None
    last_seen: datetime | None
    computed: dict[str, Any] = {}
    groups: list[str] = []
    phase: str | None = None
    language: str | None = None
    time_zone: str | None = None
    events: int = 0


class Line(Struct, frozen=True, kw_only=True):
    """One event of a person's history."""

    id: UUID
    position: int
    type: str
    name: str
    at: datetime
    received_at: datetime
    source: str
    channel: str
    phase: str | None
    identities: list[list[str]]
    traits: dict[str, Any]
    properties: dict[str, Any]
    context: dict[str, Any]


class Brief(Struct, frozen=True, kw_only=True):
    """A person in a list."""

    id: UUID
    traits: dict[str, Any]
    segments: list[str]
    events: int
    first_seen: datetime | None
    last_seen: datetime | None


def identity_id(kind: str, value: str, declared: Declared) -> UUID | None:
    """The id that this identity has, whether or not it was ever heard of; None where it points to nobody."""
    if kind == "id":
        try:
            return UUID(value)
        except ValueError:
            return None
    known = declared.kinds.get(kind)
    spelling = known.normalise(value) if known else spell(value)
    return derived(kind, spelling, salt=declared.salt) if spelling else None


def find(tx: Transaction, kind: str, value: str, declared: Declared) -> UUID:
    """The person that an identity points to now. NotFound where it points to nobody."""
    id = identity_id(kind, value, declared)
    person: UUID | None = tx.value(queries.find_person, id=id) if id else None
    if person is None:
        raise NotFound(f"nobody is known by {kind}:{value}")
    return person


def record(tx: Transaction, kind: str, value: str, declared: Declared) -> Record:
    """One look-up by primary keys, at any size. NotFound where the identity points to nobody."""
    id = identity_id(kind, value, declared)
    row = tx.one(queries.read_record, id=id) if id else None
    if row is None:
        raise NotFound(f"nobody is known by {kind}:{value}")
    row["identities"] = [_known(item) for item in row["identities"]]
    row["consents"] = {purpose: _answer(said) for purpose, said in row["consents"].items()}
    return Record(**row)


def history(tx: Transaction, person: UUID, limit: int, before: str | None = None) -> tuple[list[Line], str | None]:
    """Newest first. The second value goes on from there; None at the end. `before` is one of those, or an instant."""
    at, position = read_cursor(before)
    rows = tx.all(queries.read_history, person=person, at=at, position=position, limit=limit + 1)
    lines = [Line(**row) for row in rows[:limit]]
    following = f"{lines[-1].at.isoformat()}~{lines[-1].position}" if len(rows) > limit else None
    return lines, following


def read_cursor(text: str | None) -> tuple[Any, int]:
    if not text:
        return LAST
    moment, _, position = text.partition("~")
    # An address writes a plus as a space.
    at = instant(moment.replace(" ", "+"))
    if at is None or (position and not position.isdigit()):
        raise NotFound("there is no such page: `before` is what an earlier answer gave as `next`, or an instant")
    return at, min(int(position), 2**62) if position else 0


def provenance(tx: Transaction, person: UUID) -> dict[str, dict[str, Any]]:
    """Every trait with where it came from and when."""
    row = tx.one(queries.read_provenance, person=person) or {"traits": {}, "provenance": {}}
    return {name: {"value": value, **_stamp(row["provenance"].get(name, {}))} for name, value in row["traits"].items()}


def everybody(
    tx: Transaction, limit: int, before: str | None = None, segment: str | None = None
) -> tuple[list[Brief], str | None]:
    """Those seen last first; of one segment where it is given."""
    rows, following = listing.page(tx, limit, before, segment=segment)
    known = [{name: value for name, value in row.items() if name != "phase"} for row in rows]
    return [Brief(**row) for row in known], following


def search(tx: Transaction, text: str, limit: int, declared: Declared) -> list[Brief]:
    """By any identity written as it is, then by names and addresses that are like it; forgives typos."""
    words = clean(text).strip()[:200]
    if not words:
        return []
    exact = list(_ids(words, declared))
    tx.run(queries.forgive)
    rows = tx.all(queries.search, exact=exact, words=words.lower(), limit=limit)
    return [Brief(**row) for row in rows]


def _ids(words: str, declared: Declared) -> Iterable[UUID]:
    kind, colon, value = words.partition(":")
    named = [(kind, value)] if colon and value else []
    for name, text in [*named, *((name, words) for name in (*declared.kinds, "id"))]:
        if (id := identity_id(name, text, declared)) is not None:
            yield id


def _known(item: dict[str, Any]) -> Known:
    return Known(kind=item["kind"], value=item["value"], first_seen=_instant(item["first_at"]))


def _answer(said: dict[str, Any]) -> Answer:
    return Answer(
        granted=said["granted"], at=_instant(said["at"]), source=said["source"], proof=said.get("proof") or {}
    )


def _stamp(said: dict[str, Any]) -> dict[str, Any]:
    return {"at": _instant(said.get("at")), "source": said.get("source"), "message_id": said.get("message_id")}


def _instant(value: Any) -> Any:
    return instant(value)
