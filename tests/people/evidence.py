"""Builders for stories about identity: events in a line, joined in batches, and the state that they leave."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from hark.events.record import Own
from hark.kit.ids import derived
from hark.model import Declared, Event, Identity
from hark.people.evidence import OWN
from hark.people.guards import Caps
from hark.people.identity import CAPS, Joined, join
from hark.people.kinds import declared_kinds
from hark.store import Database, Query, Transaction

START = datetime(2025, 3, 1, 12, tzinfo=UTC)
DECLARED = Declared(kinds=declared_kinds({}), salt=b"salt of the tests")
KINDS = {"u": "user_id", "e": "email", "a": "anonymous_id", "p": "phone", "d": "device_id"}

_CONNECTIONS: dict[str, psycopg.Connection[Any]] = {}
IDENTITIES = Query("identities", "select * from identity order by id")
EDGES = Query("edges", "select * from edge order by id")
CUTS = Query("cuts", "select * from cut order by id, identity")


def named(text: str) -> Identity:
    """u:ann, e:ann (ann@example.com), a:browser, p:+49170…"""
    kind, _, value = text.partition(":")
    return Identity(KINDS[kind], f"{value}@example.com" if kind == "e" else value)


def id_of(text: str) -> UUID:
    identity = named(text)
    return derived(identity.kind, identity.value, salt=DECLARED.salt)


def said(minute: int, *identities: str, type: str = "track", message: str | None = None) -> Event:
    """An event of the shop at so many minutes."""
    at = START + timedelta(minutes=minute)
    message = message or f"{minute}-{'-'.join(identities)}"
    return Event(
        id=derived(message),
        type=type,
        name=type,
        at=at,
        received_at=at,
        source="shop",
        message_id=message,
        identities=tuple(map(named, identities)),
    )


def by_hand(minute: int, name: str, **properties: Any) -> Event:
    at = START + timedelta(minutes=minute)
    message = f"{name}-{minute}"
    return Event(
        id=derived(message),
        type="track",
        name=name,
        at=at,
        received_at=at,
        source=OWN,
        message_id=message,
        properties=properties,
    )


def merged(minute: int, a: str, b: str, by: str = "member:bo") -> Event:
    return by_hand(minute, "person.merged", a=str(id_of(a)), b=str(id_of(b)), by=by, reason="same person")


def split(minute: int, leave: Sequence[str], stay: Sequence[str]) -> Event:
    return by_hand(
        minute,
        "person.split",
        identities=[str(id_of(one)) for one in leave],
        rest=[str(id_of(one)) for one in stay],
    )


def hear(tx: Transaction, events: Sequence[Event], batch: int = 500, caps: Caps = CAPS) -> list[Joined]:
    joined = []
    for start in range(0, len(events), batch):
        joined += join(events[start : start + batch], tx, DECLARED, caps)
    return joined


def own_events(tx: Transaction) -> list[Event]:
    """What was recorded by hand in this transaction, as the loader would hand it on; each call gives it once."""
    events = []
    for row in tx.all(Query("recorded", "delete from raw where source = 'hark' returning id, received_at, body")):
        for told in msgspec.json.decode(row["body"]):
            own = msgspec.convert(told, Own)
            events.append(
                Event(
                    id=derived(own.message_id),
                    type=own.type,
                    name=own.name,
                    at=own.at,
                    received_at=row["received_at"],
                    source=OWN,
                    message_id=own.message_id,
                    identities=own.identities,
                    properties=own.properties,
                )
            )
    return events


def persons(tx: Transaction) -> set[frozenset[str]]:
    """Who is one with whom: {{"u:ann", "e:ann"}, …}."""
    letters = {kind: letter for letter, kind in KINDS.items()}
    found: dict[UUID, set[str]] = {}
    for row in tx.all(IDENTITIES):
        name = f"{letters[row['kind']]}:{row['value'].removesuffix('@example.com')}"
        found.setdefault(row["person"], set()).add(name)
    return {frozenset(names) for names in found.values()}


def state(tx: Transaction) -> tuple[Any, ...]:
    """Every row of identity, to be compared."""
    return tx.all(IDENTITIES), tx.all(EDGES), tx.all(CUTS)


@contextmanager
def undone(database: Database) -> Iterator[Transaction]:
    """A transaction that leaves nothing behind, on a connection of its own: the pool's threads draw random numbers, which
    hypothesis would take for its own."""
    connection = _CONNECTIONS.get(database.url)
    if connection is None:
        connection = _CONNECTIONS[database.url] = database.connect(autocommit=False)
    try:
        yield Transaction(connection)
    finally:
        connection.rollback()


def one(*groups: str) -> set[frozenset[str]]:
    """one("u:ann e:ann", "a:x") → {{"u:ann", "e:ann"}, {"a:x"}}"""
    return {frozenset(group.split()) for group in groups}
