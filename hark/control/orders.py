"""Orders and products: what was bought, by whom, whether the promise was kept, and what came back."""

from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.orders import reading
from hark.orders.purchase import late
from hark.people import whose
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, page, shows

STATUSES = (
    "placed",
    "shipped",
    "out_for_delivery",
    "delivered",
    "return_requested",
    "returned",
    "refunded",
    "cancelled",
)


@shows("/orders", right=Right.PEOPLE_READ)
def orders(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    status = form.text("status") if form.text("status") in STATUSES else ""
    number = form.text("q", most=200)
    with database.transaction() as tx:
        found = reading.newest(tx, status=status, number=number)
        buyers = whose.persons_of(tx, [one.anchor for one in found])
        figures = reading.figures(tx)
    return page(
        request,
        "control/orders.html",
        found=found,
        buyers=buyers,
        figures=figures,
        statuses=[one for one in STATUSES if figures.get(one)],
        chosen=status,
        number=number,
        late={one.order.number for one in found if late(one.order, clock())},
    )


@shows("/orders/{number:path}", right=Right.PEOPLE_READ)
def order(request: Ask, number: str, database: Database, clock: Clock) -> Answer:
    number = number.removeprefix("/")  # the number itself may hold a slash
    with database.transaction() as tx:
        found = reading.newest(tx, number=number, limit=1) if number else []
        if not found:
            raise NotFound("there is no order of this number")
        buyer = whose.persons_of(tx, [found[0].anchor]).get(found[0].anchor) if found[0].anchor else None
    return page(request, "control/order.html", order=found[0].order, buyer=buyer, is_late=late(found[0].order, clock()))


@shows("/products", right=Right.PEOPLE_READ)
def products(request: Ask, form: Form, database: Database) -> Answer:
    words = form.text("q", most=200)
    with database.transaction() as tx:
        rows = reading.products(tx, words)
        sold = reading.sold(tx, [row.id for row in rows])
    return page(request, "control/products.html", rows=rows, sold=sold, words=words)


HANDLERS = [orders, order, products]
