"""REST: a person's whole record, erasing them, keeping only the numbers; and the requests that ask for it."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request as HttpRequest
from litestar import Router
from msgspec import Struct

from hark.api.acts import by, pair
from hark.api.people import Who, name_of
from hark.api.routes import creates, does, reads, removes
from hark.carry import requests
from hark.carry.erase import Certificate, Tools, anonymise, erase
from hark.carry.record import as_json, export
from hark.carry.requests import Request
from hark.model import Declared
from hark.store import Database
from hark.web.rights import Right

Ask = HttpRequest[Any, Any, Any]


class Asked(Struct, frozen=True, kw_only=True):
    """`person` is kind:value, any identity of theirs."""

    person: str
    kind: Literal["export", "erase", "anonymise"]


class Requests(Struct, frozen=True):
    requests: list[Request]


@reads("/people/{key:str}/export", Right.PEOPLE_EXPORT, 404)
def export_person(key: Who, database: Database, declared: Declared) -> dict[str, Any]:
    """Everything that is kept of a person, by part."""
    with database.transaction() as tx:
        record: dict[str, Any] = msgspec.json.decode(as_json(export(tx, *name_of(key), declared)))
    return record


@removes("/people/{key:str}", Right.PEOPLE_ERASE, 404, status=200)
def erase_person(key: Who, carrying: Tools) -> Certificate:
    """Remove a person from every table, file and index. The answer is the certificate; it names nobody."""
    return erase(carrying, *name_of(key))


@does("/people/{key:str}/anonymise", Right.PEOPLE_ERASE, 404)
def anonymise_person(key: Who, carrying: Tools) -> Certificate:
    """Remove who it was and keep the numbers: what they did becomes the doings of a stranger."""
    return anonymise(carrying, *name_of(key))


@reads("/data-requests", Right.PEOPLE_EXPORT)
def list_requests(database: Database) -> Requests:
    """What people asked of their data, newest first."""
    with database.transaction() as tx:
        return Requests(requests.listed(tx))


@creates("/data-requests", Right.PEOPLE_EXPORT, 404)
def ask_request(request: Ask, data: Asked, database: Database, declared: Declared) -> Request:
    """Note that somebody asked for their record, or to be forgotten."""
    with database.transaction() as tx:
        return requests.find(tx, requests.ask(tx, data.kind, pair(data.person), declared, by=by(request)))


@does("/data-requests/{id:uuid}/carry-out", Right.PEOPLE_ERASE, 404, 409)
def carry_out_request(request: Ask, id: UUID, carrying: Tools) -> Certificate:
    """Erase or anonymise as was asked."""
    return requests.carry_out(carrying, id, by=by(request))


CARRY = Router(
    path="/",
    tags=["data requests"],
    route_handlers=[
        export_person,
        erase_person,
        anonymise_person,
        list_requests,
        ask_request,
        carry_out_request,
    ],
)
