"""My data: what a customer sees of themselves after they proved who they are: all of it, their consents, the way out."""

from litestar.response import Response

from hark.carry import requests
from hark.carry.record import as_html, as_json, export
from hark.errors import Forbidden, NotFound
from hark.events.record import own, record_own, wait_for
from hark.model import Declared, Identity
from hark.people import glance, reading
from hark.people.consent import allowed
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

PATIENCE = 5.0
FORMS = {"json": "application/json", "html": "text/html; charset=utf-8"}


@shows("/my-data", right=Right.OWN_DATA)
def my_data(request: Ask, database: Database, declared: Declared) -> Answer:
    identity = _identity(request)
    try:
        with database.transaction() as tx:
            person = glance.glance(tx, reading.find(tx, *identity, declared))
            lines, _ = reading.history(tx, person.id, 20)
            asked = requests.of_identities(tx, [(one.kind, one.value) for one in person.identities] + [identity])
    except NotFound:
        return page(request, "help/my_data.html", person=None, identity=identity)
    answers = {purpose: (said["granted"],) for purpose, said in person.consents.items()}
    purposes = [
        (purpose, allowed(answers, purpose.name, declared.purposes), person.consents.get(purpose.name))
        for purpose in declared.purposes.values()
    ]
    return page(
        request,
        "help/my_data.html",
        person=person,
        identity=identity,
        lines=lines,
        purposes=purposes,
        waiting=[one for one in asked if one.state == "open"],
    )


@shows("/my-data/record/{written:str}", right=Right.OWN_DATA)
def my_record(request: Ask, written: str, database: Database, declared: Declared) -> Answer:
    """Everything, to take along."""
    if written not in FORMS:
        raise NotFound("your record is written as json or html")
    with database.transaction() as tx:
        whole = export(tx, *_identity(request), declared)
    content = as_json(whole) if written == "json" else as_html(whole).encode()
    headers = {"content-disposition": f'attachment; filename="my-data.{written}"'}
    return Response(content, media_type=FORMS[written], headers=headers)


@does("/my-data/consents/{purpose:str}", right=Right.OWN_DATA)
def my_consent(request: Ask, purpose: str, form: Form, database: Database, declared: Declared) -> Answer:
    """A yes or a no of the person themselves; it takes effect on the next event."""
    if purpose not in declared.purposes:
        raise NotFound("there is no such purpose")
    word = "consent.granted" if form.flag("on") else "consent.withdrawn"
    with database.transaction() as tx:
        properties = {"purpose": purpose, "text": declared.purposes[purpose].about, "form": "my data"}
        event = own(word, by="customer", properties=properties, identities=(Identity(*_identity(request)),))
        [recorded] = record_own(tx, [event])
    wait_for(database, recorded, PATIENCE)
    return go(request, "/my-data", "Thank you, that is noted.")


@does("/my-data/requests", right=Right.OWN_DATA)
def my_request(request: Ask, form: Form, database: Database, declared: Declared) -> Answer:
    """They ask to be forgotten; somebody of the team makes sure and carries it out."""
    kind = "anonymise" if form.text("kind") == "anonymise" else "erase"
    with database.transaction() as tx:
        identity = _identity(request)
        if not any(one.state == "open" and one.kind == kind for one in requests.of_identities(tx, [identity])):
            requests.ask(tx, kind, identity, declared, by="customer")
    return go(request, "/my-data", "We have your request and will answer within a month.")


def _identity(request: Ask) -> tuple[str, str]:
    visitor = shown(request).visitor
    if visitor is None or visitor.identity is None:
        raise Forbidden("sign in first")
    return visitor.identity


HANDLERS = [my_data, my_record, my_consent, my_request]
