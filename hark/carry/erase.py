"""Erasing a person: out of the log, out of recorded requests, out of every room; what stays is a certificate.

The one exception to the append-only log. Keyed hashes of message ids stay, so that the same message or file again does
not bring the person back; who returns by a new message is somebody new.
"""

import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

from hark import flow
from hark.carry import ledger
from hark.carry.rooms import CONCLUDED, FORGET
from hark.events import carry as log_carry
from hark.events import log as events
from hark.events.redact import redact
from hark.events.sources import Sources
from hark.kit import clock
from hark.kit.ids import uuid7
from hark.model import Declared, Subject
from hark.people import carry as people_carry
from hark.people import reading
from hark.registry import Registry
from hark.store import Database, Queries, Transaction

queries = Queries(__file__)
NEIGHBOURS = 50_000  # events of people tied to the one who goes, up to which they are known again at once
PATIENCE = 30.0  # seconds to wait for a turn between two batches of the path


class Certificate(Struct, frozen=True, kw_only=True):
    """What was removed, without saying whose it was. `signature` is over all else, keyed by this installation's salt;
    `reference` is the same for each erasure of the same person and tells nothing to anyone without the salt."""

    id: UUID
    kind: str
    at: datetime
    reference: UUID
    identities: int
    removed: dict[str, int]
    stays: str
    signature: str = ""


class Tools(Struct, frozen=True, kw_only=True):
    """What erasing works with."""

    database: Database
    registry: Registry
    sources: Sources
    declared: Declared
    engines: flow.Engines
    folder: Path | None = None  # the data folder, where the ledger also lies


_STAYS = {
    "erase": "keyed hashes of message ids, so that a resend does not bring the person back, and this entry in the ledger",
    "anonymise": "events without identity, traits, context or texts, for the numbers; keyed hashes of message ids",
}


def erase(tools: Tools, kind: str, value: str) -> Certificate:
    """Remove the person from every table, file and index. NotFound where the identity points to nobody."""
    return _carry_out(tools, "erase", lambda tx: reading.find(tx, kind, value, tools.declared))


def anonymise(tools: Tools, kind: str, value: str) -> Certificate:
    """Remove the person, keep what they did as the doings of a stranger whom nobody can name."""
    return _carry_out(tools, "anonymise", lambda tx: reading.find(tx, kind, value, tools.declared))


def erase_person(tools: Tools, person: UUID, kind: str = "erase") -> Certificate:
    return _carry_out(tools, kind, lambda tx: person)


def verify(certificate: Certificate, salt: bytes) -> bool:
    """Whether this installation signed it and nothing in it was changed since."""
    return hmac.compare_digest(certificate.signature, _signature(certificate, salt))


def _carry_out(tools: Tools, kind: str, find: Callable[[Transaction], UUID]) -> Certificate:
    with tools.database.transaction() as tx:
        # With the cursor in hand nobody processes events while their person goes.
        position = events.hold_cursor(tx, flow.CURSOR, PATIENCE)
        who = people_carry.subject(tx, find(tx), tools.declared)
        certificate = _forget(tools, tx, who, kind, position)
    if tools.folder is not None:
        entry = ledger.Entry(id=certificate.id, kind=kind, at=certificate.at, identities=list(who.ids))
        ledger.write(tools.folder, entry)
    return certificate


def _forget(tools: Tools, tx: Transaction, who: Subject, kind: str, position: int) -> Certificate:
    waiting = people_carry.waiting(tx, who, tools.declared, position)
    positions = [*who.positions, *waiting]
    removed = redact(tx, who, positions, tools.registry, tools.sources)
    forget = log_carry.forget if kind == "erase" else log_carry.keep_numbers
    removed |= forget(who, tx, positions)
    others = people_carry.neighbours(tx, who, NEIGHBOURS)
    for room in FORGET:
        removed |= room(who, tx)
    if others is not None:
        for room in CONCLUDED:
            room(others, tx)
    removed |= people_carry.forget(who, others, tx, tools.declared)
    tx.run(queries.forget_requests, kinds=[i.kind for i in who.identities], values=[i.value for i in who.identities])
    again = {*(others.positions if others else ()), *(who.positions if kind == "anonymise" else ())}
    if again:
        _know_again(tools, tx, sorted(again))
    return _certify(tx, who, kind, removed, tools.declared.salt)


def _know_again(tools: Tools, tx: Transaction, positions: list[int]) -> None:
    """Events that stay are known again: those of a stranger now, and those of people who were tied to the one who went."""
    people_carry.keep_days(tx)
    declared = msgspec.structs.replace(tools.declared, replaying=True, again=True)
    size = tools.engines.batch
    for start in range(0, len(positions), size):
        flow.process(events.read_at(tx, positions[start : start + size]), declared, tx)
    people_carry.restore_days(tx)


def _certify(tx: Transaction, who: Subject, kind: str, removed: dict[str, int], salt: bytes) -> Certificate:
    now = clock.now()
    certificate = Certificate(
        id=uuid7(now),
        kind=kind,
        at=now,
        reference=who.person,
        identities=len(who.ids),
        removed={table: count for table, count in sorted(removed.items()) if count},
        stays=_STAYS[kind],
    )
    certificate = msgspec.structs.replace(certificate, signature=_signature(certificate, salt))
    tx.run(
        queries.add_erasure,
        id=certificate.id,
        kind=kind,
        at=now,
        identities=list(who.ids),
        certificate=msgspec.json.encode(certificate).decode(),
    )
    return certificate


def _signature(certificate: Certificate, salt: bytes) -> str:
    unsigned = msgspec.to_builtins(msgspec.structs.replace(certificate, signature=""))
    return hmac.new(salt, msgspec.json.encode(unsigned, order="sorted"), sha256).hexdigest()
