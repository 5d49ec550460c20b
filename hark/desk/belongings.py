"""What a person owns, loves, ordered and gave back: a tab of their page."""

from uuid import UUID

from hark.kit.clock import Clock
from hark.orders import reading
from hark.orders.purchase import late
from hark.people import glance
from hark.store import Database
from hark.web import Answer, Ask, Right, page, shows


@shows("/people/{person_id:uuid}/orders", right=Right.PEOPLE_READ)
def belongings(request: Ask, person_id: UUID, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        theirs = reading.belongings(tx, seen.members)
    broken = {one.number for one in theirs.orders if late(one, clock())}
    return page(request, "desk/person_orders.html", tab="orders", person=seen, theirs=theirs, late=broken)


HANDLERS = [belongings]
