"""Coming to the shop: anonymous visits that follow a campaign, signing up, and coming back while the mood is good."""

from datetime import datetime, timedelta
from typing import Any

from hark.sample.catalogue import ACCESSORIES, APPLIANCES, CAMPAIGNS, REFERRERS, Product, line
from hark.sample.life import Life

STRANGERS = 0.16  # so many look around and never say who they are


def arrive(life: Life) -> datetime | None:
    """The visits before the first purchase. The moment they were ready to buy; None where they stayed strangers."""
    ready = life.awake(life.some_day(life.start, life.end - timedelta(days=3)))
    wanted = wish(life)
    interest = life.chance.randint(1, 5)
    for visit in range(interest):
        at = life.awake(ready - timedelta(days=(interest - visit) * life.chance.uniform(0.6, 6.0)))
        if at < life.start:
            continue
        campaign = life.chance.choice(CAMPAIGNS) if life.likely(0.45) else None
        look_around(life, at, wanted, campaign)
    return None if life.likely(STRANGERS) else ready


def wish(life: Life) -> Product:
    return life.chance.choices(APPLIANCES, [product.weight for product in APPLIANCES])[0]


def look_around(
    life: Life, at: datetime, wanted: Product, campaign: dict[str, str] | None = None, on: str = "web"
) -> datetime:
    """One visit; gives the moment of its last page."""
    referrer = "" if campaign else life.chance.choice(REFERRERS)
    category = f"/c/{wanted.category.lower()}"
    life.web(
        at, "page", "Category" if life.likely(0.5) else "Home", category, on=on, referrer=referrer, campaign=campaign
    )
    if life.likely(0.25):
        at += life.minutes(0.2, 2)
        query = f"{wanted.name.split()[0].lower()} {life.chance.choice(('quiet', 'small', 'A+++', 'test'))}"
        life.web(at, "track", "Products Searched", "/search", on=on, properties={"query": query})
    for product in {wanted, wish(life)} if life.likely(0.4) else {wanted}:
        at += life.minutes(0.3, 4)
        page = f"/p/{product.sku.lower()}"
        life.web(at, "track", "Product Viewed", page, on=on, properties=line(product, life.customer.city.country))
    return at


def sign_up(life: Life, at: datetime) -> datetime:
    """They say who they are, and what the company may do with it."""
    customer = life.customer
    life.known = True
    at += life.minutes(0.5, 2)
    traits: dict[str, Any] = {**customer.traits, "language": customer.language, "timezone": customer.city.zone}
    life.web(at, "identify", "identify", "/account", traits=traits)
    if customer.household:
        about = {"kind": "household", "city": customer.city.name}
        life.web(at + timedelta(seconds=1), "group", "group", "/account", groupId=customer.household, traits=about)
    life.marketing = life.likely(0.62)
    agree(life, at + timedelta(seconds=4), marketing=life.marketing)
    return at + timedelta(seconds=5)


def agree(life: Life, at: datetime, *, marketing: bool, everything: bool = False) -> None:
    choice = {
        "analytics": everything or life.likely(0.85),
        "personalisation": everything or life.likely(0.6),
        "marketing": everything or marketing,
        "profiling": everything or life.likely(0.7),
    }
    said = {"categoryPreferences": choice, "text": f"privacy-{life.customer.language}-3", "form": "account"}
    life.web(at, "track", "Consent Preference Updated", "/account/privacy", consent=said)


def stay(life: Life, first: datetime) -> None:
    """What comes after the first purchase: more visits, letters that are opened, the app, sometimes the end."""
    _letters(life, first)
    at = first
    while not life.gone:
        at = life.awake(at + life.days(5, 18 + 60 * (1 - life.customer.character.keen)))
        if at >= life.end:
            break
        if life.mood < -0.7 and life.likely(0.5):
            _leave(life, at)
        elif "app" in life.customer.devices and life.likely(0.5):
            _open_app(life, at)
        else:
            tablet = "tablet" in life.customer.devices and life.likely(0.5)
            wanted = life.chance.choice(ACCESSORIES) if life.likely(0.7) else wish(life)
            look_around(life, at, wanted, on="tablet" if tablet else "web")
    _move(life, first)


def _letters(life: Life, first: datetime) -> None:
    month = first + timedelta(days=12)
    while month < life.end and life.marketing and not life.gone:
        campaign = life.chance.choice(CAMPAIGNS)
        subject = {"campaign": campaign["name"], "subject": f"Tidewell · {campaign['name'].replace('-', ' ')}"}
        life.desk(month, "Email Delivered", **subject)
        if life.likely(0.3 + 0.3 * max(life.mood, 0)):
            opened = month + life.minutes(4, 2000)
            life.desk(opened, "Email Opened", **subject)
            if life.likely(0.3):
                life.desk(opened + life.minutes(0.2, 3), "Email Link Clicked", **subject)
        month += timedelta(days=life.chance.choice((28, 35, 56)))


def _open_app(life: Life, at: datetime) -> None:
    life.app(at, "track", "Application Opened", properties={"from_background": life.likely(0.5)})
    life.app(at + timedelta(seconds=3), "screen", life.chance.choice(("My appliances", "Programmes", "Care", "Shop")))


def _leave(life: Life, at: datetime) -> None:
    if life.marketing:
        agree(life, at, marketing=False)
        life.marketing = False
    life.gone = True


def _move(life: Life, first: datetime) -> None:
    """One in sixteen moves house; the company hears of it when they change their address."""
    if life.gone or not life.likely(1 / 16):
        return
    at = life.awake(life.some_day(first + timedelta(days=30), life.end))
    if at < life.end:
        address = dict(life.customer.traits["address"])
        address["street"] = f"{life.chance.randrange(1, 150)} {address['street'].strip('0123456789 ')}"
        life.web(
            at,
            "identify",
            "identify",
            "/account/address",
            traits={"address": address, "movedAt": at.date().isoformat()},
        )
        life.web(
            at + timedelta(seconds=2), "track", "Address Changed", "/account/address", properties={"reason": "moved"}
        )
