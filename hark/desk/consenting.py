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
    to, purpose_label = f"/people/{seen.id}/consents", declared.purposes[purpose].label
    if answer == "grant":
        return go(request, to, "%(purpose)s: yes.", undo=f"{to}/{purpose}/withdraw", purpose=purpose_label)
    return go(request, to, "%(purpose)s: no.", undo=f"{to}/{purpose}/grant", purpose=purpose_label)


HANDLERS = [consent]
