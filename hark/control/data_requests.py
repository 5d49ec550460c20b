"""Data requests: somebody asks what is kept of them, or to be forgotten; the record, the certificate."""

from uuid import UUID

import msgspec
from litestar.response import Response

from hark.carry import requests
from hark.carry.erase import Certificate, Tools
from hark.carry.record import as_html, as_json, export
from hark.errors import HarkError, NotFound, Rejected
from hark.model import Declared
from hark.people import glance, reading
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

FORMS = {"json": "application/json", "html": "text/html; charset=utf-8"}


@shows("/data-requests", right=Right.PEOPLE_EXPORT)
def all_requests(request: Ask, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        rows = requests.listed(tx)
    return page(request, "control/data_requests.html", rows=rows, person=form.text("person"), kind="export", errors={})


@does("/data-requests", right=Right.PEOPLE_EXPORT)
def ask(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    kind, person = form.text("kind", "export"), form.text("person")
    try:
        with database.transaction() as tx:
            identity = _identity(tx, person, declared)
            identifier = requests.ask(tx, kind, identity, declared, by=_me(request))
    except (NotFound, Rejected) as error:
        form.refuse("person", str(error))
        with database.transaction() as tx:
            rows = requests.listed(tx)
        values = {"rows": rows, "person": person, "kind": kind, "errors": form.errors}
        return page(request, "control/data_requests.html", status=422, **values)
    return go(request, f"/data-requests/{identifier}")


@shows("/data-requests/{identifier:uuid}", right=Right.PEOPLE_EXPORT)
def one(request: Ask, identifier: UUID, database: Database, declared: Declared) -> Answer:
    with database.transaction() as tx:
        found = requests.find(tx, identifier)
        certificate = requests.certificate_of(tx, found.erasure) if found.erasure else None
        person = _person(tx, found, declared)
    return page(request, "control/data_request.html", found=found, person=person, certificate=certificate)


@shows("/data-requests/{identifier:uuid}/record/{written:str}", right=Right.PEOPLE_EXPORT)
def record(request: Ask, identifier: UUID, written: str, database: Database, declared: Declared) -> Answer:
    """The whole record, as a file to hand over."""
    if written not in FORMS:
        raise NotFound("a record is written as json or html")
    with database.transaction() as tx:
        found = requests.find(tx, identifier)
        if not found.identity_kind or not found.identity_value:
            raise NotFound("there is nothing left to export")
        whole = export(tx, found.identity_kind, found.identity_value, declared)
        if found.kind == "export" and found.state == "open":
            requests.handed_out(tx, identifier, by=_me(request))
    content = as_json(whole) if written == "json" else as_html(whole).encode()
    return _file(content, FORMS[written], f"record-{identifier}.{written}")


@does("/data-requests/{identifier:uuid}/carry-out", right=Right.PEOPLE_ERASE)
def carry_out(request: Ask, identifier: UUID, form: Form, carrying: Tools) -> Answer:
    if not form.flag("sure"):
        return go(request, f"/data-requests/{identifier}", "Tick that you are sure: it cannot be taken back.", bad=True)
    try:
        requests.carry_out(carrying, identifier, by=_me(request))
    except HarkError as error:
        return go(request, f"/data-requests/{identifier}", str(error), bad=True)
    return go(request, f"/data-requests/{identifier}", "Done. The certificate says what was removed.")


@shows("/data-requests/{identifier:uuid}/certificate.json", right=Right.PEOPLE_EXPORT)
def certificate(identifier: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        found = requests.find(tx, identifier)
        if not found.erasure:
            raise NotFound("this request has no certificate")
        signed: Certificate = requests.certificate_of(tx, found.erasure)
    content = msgspec.json.format(msgspec.json.encode(signed), indent=2)
    return _file(content, "application/json", f"certificate-{signed.id}.json")


def _identity(tx: Transaction, text: str, declared: Declared) -> tuple[str, str]:
    """`kind:value`, or any identity written as it is."""
    kind, colon, value = text.partition(":")
    if colon and kind and value:
        return kind, value
    for name in declared.kinds:
        try:
            reading.find(tx, name, text, declared)
        except NotFound:
            continue
        return name, text
    raise NotFound(f"nobody is known by {text!r}: write an e-mail address, a phone number, or kind:value")


def _person(tx: Transaction, found: requests.Request, declared: Declared) -> glance.Glance | None:
    if not found.identity_kind or not found.identity_value:
        return None
    try:
        return glance.glance(tx, reading.find(tx, found.identity_kind, found.identity_value, declared))
    except NotFound:
        return None


def _me(request: Ask) -> str:
    visitor = shown(request).visitor
    return visitor.name if visitor else ""


def _file(content: bytes, media_type: str, name: str) -> Answer:
    # A record opened in a tab of ours would run under our origin: it is always handed over as a file.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


HANDLERS = [all_requests, ask, one, record, carry_out, certificate]
