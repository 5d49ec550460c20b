"""What a person's page and the first page show at a glance: one look at a person, their touchpoints, what just happened."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.kit.clock import instant
from hark.people import listing
from hark.people.reading import Known, Line, read_cursor
from hark.store import Queries, Transaction

queries = Queries(__file__, "glance.sql")
MILLION = 1_000_000
SHOWN_IDENTITIES = 200
LOOKED_AT = 20_000  # newest events of one identity that charts look at
COUNTED = 100_000  # people up to which a headline counts them one by one


class Glance(Struct, frozen=True, kw_only=True):
    """Everything about one person that their page shows above the history."""

    id: UUID
    name: str
    place: str
    traits: dict[str, Any]
    provenance: dict[str, dict[str, Any]]
    computed: dict[str, Any]
    counts: dict[str, int]
    spent: dict[str, float]  # by currency, from completed orders
    consents: dict[str, dict[str, Any]]
    segments: list[str]
    groups: list[str]
    members: list[UUID]  # ids of all their identities
    withheld: list[str]
    identities: list[Known]
    phase: str | None
    time_zone: str | None
    language: str | None
    events: int
    first_seen: datetime | None
    last_seen: datetime | None


class Touchpoint(Struct, frozen=True, kw_only=True):
    """Where a person and the company met: a phase of experience on a channel."""

    phase: str
    channel: str
    count: int
    last: datetime


class Week(Struct, frozen=True, kw_only=True):
    week: date
    channel: str
    count: int


class Listed(Struct, frozen=True, kw_only=True):
    """A person in the list of people."""

    id: UUID
    name: str
    note: str  # what tells them from others of the same name: an address, else a place
    traits: dict[str, Any]
    segments: list[str]
    phase: str | None
    events: int
    first_seen: datetime | None
    last_seen: datetime | None


class Moment(Struct, frozen=True, kw_only=True):
    """Something that just happened, and with whom."""

    person: UUID
    who: str
    position: int
    at: datetime
    name: str
    type: str
    phase: str | None
    channel: str
    source: str
    properties: dict[str, Any]
    traits: dict[str, Any]
    context: dict[str, Any]


def glance(tx: Transaction, id: UUID) -> Glance:
    """The person whom this id leads to now; an older id leads to who they became. NotFound where there is nobody."""
    row = tx.one(queries.glance, id=id)
    if row is None:
        raise NotFound("there is no such person, or they were erased")
    found = tx.all(queries.identities, person=row["id"], limit=SHOWN_IDENTITIES)
    row["identities"] = [Known(kind=one["kind"], value=one["value"], first_seen=one["first_at"]) for one in found]
    money = row.pop("money").get("Order Completed", {})
    row["spent"] = {currency: millionths / MILLION for currency, millionths in money.items()}
    row["provenance"] = {name: said | {"at": instant(said.get("at"))} for name, said in row["provenance"].items()}
    row["consents"] = {name: said | {"at": instant(said.get("at"))} for name, said in row["consents"].items()}
    return Glance(name=called(row["traits"], found), place=placed(row["traits"]), **row)


def called(traits: dict[str, Any], identities: Sequence[dict[str, Any]] = ()) -> str:
    """What a person is called: their name, else their address, else nothing better than their kind of pointer."""
    if name := _text(traits.get("name")):
        return name
    first = _text(traits.get("first_name") or traits.get("firstName"))
    last = _text(traits.get("last_name") or traits.get("lastName"))
    if first or last:
        return f"{first} {last}".strip()
    if address := _text(traits.get("email")):
        return address
    named = {one["kind"]: one["value"] for one in identities}
    return next((named[kind] for kind in ("email", "phone", "user_id") if kind in named), "")


def placed(traits: dict[str, Any]) -> str:
    """Where a person lives, as far as they said: "Lyon, FR"."""
    address = traits.get("address")
    told = address if isinstance(address, dict) else traits
    return ", ".join(part for part in (_text(told.get("city")), _text(told.get("country"))) if part)


def titled(traits: dict[str, Any]) -> tuple[str, str]:
    """What a person is called, and what tells them from others who are called the same."""
    name, email = called(traits), _text(traits.get("email"))
    return name, email if email != name else placed(traits)


def names_of(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Whose these identities are now: the person, and what they are called."""
    rows = tx.all(queries.names_of, ids=list(ids)) if ids else []
    return {row["anchor"]: (row["person"], called(row["traits"], [row])) for row in rows}


def happened(tx: Transaction, person: UUID, names: Sequence[str], limit: int) -> list[dict[str, Any]]:
    """at, name, position, id and properties of the newest events of these names, oldest first."""
    return tx.all(queries.happened, person=person, names=list(names), limit=limit)


def touchpoints(tx: Transaction, person: UUID) -> list[Touchpoint]:
    return [Touchpoint(**row) for row in tx.all(queries.touchpoints, person=person, most=LOOKED_AT)]


def activity(tx: Transaction, person: UUID, since: datetime) -> list[Week]:
    """How much happened, by week and channel."""
    return [Week(**row) for row in tx.all(queries.activity, person=person, since=since, most=LOOKED_AT)]


def history(
    tx: Transaction,
    person: UUID,
    limit: int,
    before: str | None = None,
    *,
    phase: str | None = None,
    channel: str | None = None,
    name: str | None = None,
) -> tuple[list[Line], str | None]:
    """Newest first; the second value goes on from there, None at the end."""
    at, position = read_cursor(before)
    rows = tx.all(
        queries.history,
        person=person,
        at=at,
        position=position,
        limit=limit + 1,
        phase=phase,
        channel=channel,
        name=name,
    )
    lines = [Line(**row) for row in rows[:limit]]
    return lines, f"{lines[-1].at.isoformat()}~{lines[-1].position}" if len(rows) > limit else None


def everybody(
    tx: Transaction,
    limit: int,
    before: str | None = None,
    *,
    segment: str | None = None,
    phase: str | None = None,
    since: datetime | None = None,
) -> tuple[list[Listed], str | None]:
    """Those seen last first, of a segment, in a phase, seen since."""
    rows, following = listing.page(tx, limit, before, segment=segment, phase=phase, since=since)
    return [listed(**row) for row in rows], following


def listed(*, traits: dict[str, Any], **row: Any) -> Listed:
    name, note = titled(traits)
    return Listed(name=name, note=note, traits=traits, **row)


def phases_of(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str | None]:
    return {row["id"]: row["phase"] for row in tx.all(queries.phases_of, ids=list(ids))}


def how_many(tx: Transaction) -> int:
    """People, exactly up to a hundred thousand, then nearly."""
    return int(tx.value(queries.about_how_many) or 0)


def known_by_name(tx: Transaction) -> int | None:
    """People whom an address, a number or an account names: not only a browser or a device. None beyond what is counted."""
    return int(tx.value(queries.known_by_name) or 0) if how_many(tx) <= COUNTED else None


def phase_shares(tx: Transaction) -> dict[str, int]:
    """People by phase, "" for none: exactly up to a hundred thousand, then nearly."""
    nearly = tx.all(queries.phase_shares_nearly) if how_many(tx) > COUNTED else []
    return {row["phase"]: row["people"] for row in nearly or tx.all(queries.phase_shares)}


def segment_names(tx: Transaction, limit: int = 200) -> list[tuple[str, str]]:
    """(name, label) of every segment in force."""
    return [(row["name"], row["label"]) for row in tx.all(queries.segment_names, limit=limit)]


def biggest_segments(tx: Transaction, limit: int) -> list[dict[str, Any]]:
    return tx.all(queries.biggest_segments, limit=limit)


def newest(tx: Transaction, limit: int) -> list[Moment]:
    """What happened last with each of those who were seen last."""
    return [Moment(who=called(row.pop("about")), **row) for row in tx.all(queries.newest_moments, limit=limit)]


def _text(value: Any) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""
