"""Buying: baskets, orders, what was promised and what was kept, returns, and the small orders that follow."""

from datetime import datetime, timedelta
from typing import NamedTuple

from hark.sample import talking
from hark.sample.catalogue import CARE, PRODUCTS, Product, line, price
from hark.sample.life import Life
from hark.sample.visiting import look_around, sign_up, wish


class Purchase(NamedTuple):
    """An appliance that came into the house."""

    product: Product
    order: str
    serial: str
    at: datetime


def shop(life: Life, first: datetime) -> list[Purchase]:
    """The appliances bought in these two years: one, and of a happy customer sometimes a second."""
    product = wish(life)
    if life.customer.card and life.likely(0.5):
        purchases = [_buy_in_shop(life, first, product)]
    else:
        purchases = [_buy_online(life, first, product)]
    again = first + life.days(90, 420)
    if life.mood > 0 and life.likely(0.35) and again < life.end:
        at = look_around(life, life.awake(again), wish(life))
        purchases.append(_buy_online(life, at, wish(life)))
    return purchases


def order_care(life: Life, purchase: Purchase, at: datetime) -> None:
    """Descaler, beans, tabs: what the appliance eats."""
    product = PRODUCTS[CARE[purchase.product.category]]
    order = _checkout(life, at, [product], quantity=life.chance.randint(1, 3))
    _deliver(life, at, order, product, days=2)


def give_back(life: Life, purchase: Purchase, at: datetime, reason: str) -> None:
    asked = {"order_id": purchase.order, "reason": reason}
    life.web(at, "track", "Return Requested", "/account/orders", properties=asked)
    amount, currency = price(purchase.product, life.customer.city.country)
    refund = {
        "order_id": purchase.order,
        "total": amount,
        "currency": currency,
        "products": [line(purchase.product, life.customer.city.country)],
    }
    life.web(life.awake(at + life.days(3, 9)), "track", "Order Refunded", "/account/orders", properties=refund)


def _buy_online(life: Life, at: datetime, product: Product) -> Purchase:
    at = look_around(life, at, product)
    if not life.known:
        at = sign_up(life, at)
    order = _checkout(life, at, [product])
    delivered = _deliver(life, at, order, product, days=4)
    purchase = Purchase(product, order, _serial(life, product), delivered)
    if life.likely(0.04):
        reason = life.chance.choice(("too loud", "does not fit", "found it cheaper", "changed my mind"))
        give_back(life, purchase, life.awake(delivered + life.days(1, 12)), reason)
    return purchase


def _buy_in_shop(life: Life, at: datetime, product: Product) -> Purchase:
    order = _order_number(life, "S")
    amount, currency = price(product, life.customer.city.country)
    goods = [line(product, life.customer.city.country)]
    traits = {"firstName": life.customer.first, "lastName": life.customer.last, "phone": life.customer.phone}
    shop_ = f"Tidewell {life.customer.city.name}"
    sale = {"order_id": order, "total": amount, "currency": currency, "products": goods, "shop": shop_}
    life.till(at, "track", "Order Completed", traits, properties=sale)
    # The account comes later, when the appliance is registered; card and phone then meet the e-mail address.
    sign_up(life, at + timedelta(hours=life.chance.uniform(3, 60)))
    card = {"phone": life.customer.phone, "loyaltyCard": life.customer.card}
    life.till(at + life.days(3, 6), "identify", "identify", card | {"email": life.customer.email})
    return Purchase(product, order, _serial(life, product), at + timedelta(days=1))


def _checkout(life: Life, at: datetime, products: list[Product], quantity: int = 1) -> str:
    country = life.customer.city.country
    goods = [line(product, country, quantity) for product in products]
    total = round(sum(item["price"] * item["quantity"] for item in goods), 2)
    currency = price(products[0], country)[1]
    order = _order_number(life, "T")
    for item in goods:
        at += life.minutes(0.2, 1)
        life.web(at, "track", "Product Added", "/cart", properties=item)
    at += life.minutes(0.5, 2)
    life.web(at, "track", "Checkout Started", "/checkout", properties={"value": total, "currency": currency})
    if life.likely(0.18):
        # They think it over, and come back to the basket the next evening.
        at = life.awake(at + timedelta(days=1))
        life.web(at, "track", "Checkout Started", "/checkout", properties={"value": total, "currency": currency})
    at += life.minutes(1, 4)
    basket = {"order_id": order, "total": total, "revenue": total, "currency": currency, "products": goods}
    if life.likely(0.5 * life.customer.character.thrift):
        basket |= {"coupon": "WELCOME5", "discount": round(total * 0.05, 2), "total": round(total * 0.95, 2)}
    life.web(at, "track", "Order Completed", "/checkout/done", properties=basket)
    return order


def _deliver(life: Life, at: datetime, order: str, product: Product, days: int) -> datetime:
    """Sent, promised and, more often in the busy months, late; who is told nothing grows angry."""
    promised = (at + timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0)
    busy = at.month in (11, 12, 1)
    late = life.chance.randint(2, 9) if life.likely(0.24 if busy else 0.09) else 0
    delivered = min(
        promised + timedelta(days=late, minutes=life.chance.uniform(-300, 120)), life.end + timedelta(days=9)
    )
    carrier = life.chance.choice(("Postwing", "Haul & Sons", "Velo City"))
    parcel = {"order_id": order, "carrier": carrier, "promised_at": promised.isoformat()}
    life.till(at + timedelta(hours=20), "track", "Order Shipped", properties=parcel)
    if late >= 2 and life.likely(1.15 - life.customer.character.patience):
        talking.complain(
            life, promised + timedelta(hours=life.chance.uniform(4, 30)), "late", product, promised=promised
        )
    life.till(
        delivered,
        "track",
        "Order Delivered",
        properties=parcel | {"delivered_at": delivered.isoformat(), "days_late": late},
    )
    life.feel(-0.12 * late if late else 0.1)
    if life.likely(0.3):
        talking.rate(life, delivered + life.days(1, 4), "delivery", order)
    return delivered


def _order_number(life: Life, letter: str) -> str:
    return f"{letter}{life.customer.number:05d}{len(life.signals):03d}"


def _serial(life: Life, product: Product) -> str:
    return f"{product.sku.replace('-', '')}-{life.customer.number:05d}-{len(life.signals):03d}"
