"""Consent given or withdrawn on the phone, in the shop, by letter: written down by hand, with who wrote it."""

from uuid import UUID

from hark.desk.joining import PATIENCE, by
from hark.errors import Rejected
from hark.events.record import own, record_own, wait_for
from hark.model import Declared, Identity
from hark.people import glance
from hark.store import Database
from hark.web import Answer, Ask, Right, does, go

WORDS = {"grant": "consent.granted", "withdraw": "consent.withdrawn"}


@does("/people/{person_id:uuid}/consents/{purpose:str}/{answer:str}", right=Right.PEOPLE_WRITE)
def consent(request: Ask, person_id: UUID, purpose: str, answer: str, database: Database, declared: Declared) -> Answer:
    if answer not in WORDS or purpose not in declared.purposes:
        raise Rejected("there is no such purpose")
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        event = own(
            WORDS[answer],
            by=by(request),
            properties={"purpose": purpose, "told": "by hand"},
            identities=(Identity("id", str(seen.id)),),
        )
        [recorded] = record_own(tx, [event])
    wait_for(database, recorded, PATIENCE)
    given = answer == "grant"
    return go(
        request,
        f"/people/{seen.id}/consents",
        "%(purpose)s: yes." if given else "%(purpose)s: no.",
        undo=f"/people/{seen.id}/consents/{purpose}/{'withdraw' if given else 'grant'}",
        purpose=declared.purposes[purpose].label,
    )


HANDLERS = [consent]
