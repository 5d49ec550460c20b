"""Data requests: what people ask of their data, who carried it out, and what came of it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, convert

from hark.carry.erase import Certificate, Tools, erase_person
from hark.errors import HarkError, NotFound, Rejected
from hark.kit import clock
from hark.kit.ids import uuid7
from hark.model import Declared
from hark.people import reading
from hark.store import Queries, Transaction

queries = Queries(__file__)
KINDS = ("export", "erase", "anonymise")


class Request(Struct, frozen=True, kw_only=True):
    """state is open, done or failed. Once an erasure is done nothing here tells whose it was."""

    id: UUID
    kind: str
    identity_kind: str | None
    identity_value: str | None
    state: str
    asked_by: str
    asked_at: datetime
    done_by: str | None = None
    done_at: datetime | None = None
    error: str | None = None
    erasure: UUID | None = None


def ask(tx: Transaction, kind: str, identity: tuple[str, str], declared: Declared, *, by: str) -> UUID:
    """Note a request. NotFound where nobody is known by this identity."""
    if kind not in KINDS:
        raise Rejected(f"{kind!r} is no kind of request; here are {', '.join(KINDS)}", 422)
    reading.find(tx, *identity, declared)
    now = clock.now()
    identifier = uuid7(now)
    tx.run(
        queries.add_request,
        id=identifier,
        kind=kind,
        identity_kind=identity[0],
        identity_value=identity[1],
        state="open",
        asked_by=by,
        asked_at=now,
    )
    return identifier


def find(tx: Transaction, identifier: UUID) -> Request:
    row = tx.one(queries.find_request, id=identifier)
    if row is None:
        raise NotFound(f"there is no data request {identifier}")
    return Request(**row)


def listed(tx: Transaction, limit: int = 200) -> list[Request]:
    """Newest first."""
    return [Request(**row) for row in tx.all(queries.requests, limit=limit)]


def of_identities(tx: Transaction, identities: list[tuple[str, str]]) -> list[Request]:
    """What this person asked for, newest first."""
    kinds, values = [kind for kind, _ in identities], [value for _, value in identities]
    return [Request(**row) for row in tx.all(queries.requests_of, kinds=kinds, values=values)]


def handed_out(tx: Transaction, identifier: UUID, *, by: str) -> None:
    """The record of an export was fetched."""
    _end(tx, identifier, "done", by)


def carry_out(tools: Tools, identifier: UUID, *, by: str) -> Certificate:
    """Erase or anonymise as was asked. A request that was carried out stays so."""
    with tools.database.transaction() as tx:
        found = find(tx, identifier)
        if found.kind == "export" or found.state != "open" or not found.identity_kind or not found.identity_value:
            raise Rejected("this request is done, or is no erasure", 409)
        person = reading.find(tx, found.identity_kind, found.identity_value, tools.declared)
    try:
        certificate = erase_person(tools, person, found.kind)
    except HarkError as error:
        with tools.database.transaction() as tx:
            _end(tx, identifier, "failed", by, error=str(error))
        raise
    with tools.database.transaction() as tx:
        _end(tx, identifier, "done", by, erasure=certificate.id)
    return certificate


def certificate_of(tx: Transaction, erasure: UUID) -> Certificate:
    row = tx.one(queries.find_erasure, id=erasure)
    if row is None:
        raise NotFound(f"there is no certificate {erasure}")
    return convert(row["certificate"], Certificate)


def _end(
    tx: Transaction, identifier: UUID, state: str, by: str, *, error: str | None = None, erasure: UUID | None = None
) -> None:
    tx.run(
        queries.end_request, id=identifier, state=state, by=by, error=error, erasure=erasure, forget=erasure is not None
    )
