"""The cast: a few customers whose story is written by hand, so that every screen has something to show."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hark.sample.catalogue import CAMPAIGNS, CITIES, PRODUCTS, City, line
from hark.sample.customer import Character, Customer, digits, draw, street
from hark.sample.life import YEARS, Life
from hark.sample.signals import Signal, call
from hark.sample.visiting import agree, look_around, sign_up

FIRST = 90_000  # their numbers, above those of everyone who is drawn
_CITY = {city.name: city for city in CITIES}
_CALM = Character(keen=0.7, patience=0.4, thrift=0.3, digital=0.9, talkative=0.7)


def perform(seed: int, end: datetime) -> list[Signal]:
    """All of the cast's signals up to `end`."""
    signals: list[Signal] = []
    for number, play in enumerate(_PLAYS):
        signals += play(seed, FIRST + number, end)
    return [signal for signal in signals if signal.at <= end]


def _natalie(seed: int, number: int, end: datetime) -> list[Signal]:
    """Campaign, W-17, six days late, a complaint, made good; hard water, E18, helped by the guide; now she loves it."""
    life = _life(seed, number, end, "Natalie", "Moreau", "natalie@moreau.example", _CITY["Lyon"])
    washer, country = PRODUCTS["W-17"], "FR"
    seen = end - timedelta(days=212, hours=3)
    look_around(life, seen, washer, CAMPAIGNS[0])
    look_around(life, seen + timedelta(days=2, hours=8), washer)
    bought = sign_up(life, look_around(life, seen + timedelta(days=5, hours=9), washer))
    basket = {
        "order_id": "T-NATALIE-1",
        "total": 749.0,
        "revenue": 749.0,
        "currency": "EUR",
        "products": [line(washer, country)],
    }
    life.web(bought, "track", "Product Added", "/cart", properties=line(washer, country))
    life.web(bought + timedelta(minutes=3), "track", "Order Completed", "/checkout/done", properties=basket)
    agree(life, bought + timedelta(minutes=9), marketing=True, everything=True)
    promised = (bought + timedelta(days=4)).replace(hour=16, minute=0)
    delivered = promised + timedelta(days=6)
    parcel = {"order_id": "T-NATALIE-1", "carrier": "Haul & Sons", "promised_at": promised.isoformat()}
    life.till(bought + timedelta(hours=20), "track", "Order Shipped", properties=parcel)
    case = {"case": "C-NATALIE-1", "topic": "late", "product": "W-17"}
    text = "Mon W-17 devait arriver hier. J'ai posé une journée pour rien. Où est-il ?"
    life.desk(promised + timedelta(hours=20), "Message Received", "email", text=text, language="fr", **case)
    life.desk(promised + timedelta(hours=21), "Message Sent", "email", agent="Bo", **case)
    life.desk(promised + timedelta(hours=22), "Voucher Given", "email", amount=30, currency="EUR", **case)
    life.till(
        delivered,
        "track",
        "Order Delivered",
        properties=parcel | {"delivered_at": delivered.isoformat(), "days_late": 6},
    )
    life.desk(
        delivered + timedelta(days=1),
        "Survey Answered",
        survey="delivery-rating",
        score=4,
        scale=10,
        reference="T-NATALIE-1",
    )
    _natalies_washer(life, delivered + timedelta(days=1, hours=3))
    return life.signals


def _natalies_washer(life: Life, at: datetime) -> None:
    serial, model = "W17-NATALIE-01", {"model": "W-17"}
    life.app(at, "identify", "identify", traits={"app": True, "email": life.customer.email})
    life.appliance(
        at, "Appliance Registered", serial, order_id="T-NATALIE-1", firmware="2.4", water_hardness=18, **model
    )
    for month in range(1, 7):
        when = at + timedelta(days=30 * month)
        life.appliance(
            when,
            "Usage Summarised",
            serial,
            days=30,
            cycles=17 + month,
            favourite="Eco 40-60",
            kwh=11.2,
            litres=810,
            **model,
        )
    fault = at + timedelta(days=148, hours=5)
    life.appliance(fault, "Fault Raised", serial, code="E18", meaning="Drain blocked: pump or filter", **model)
    life.app(fault + timedelta(minutes=6), "screen", "Guide", properties={"guide": "W-17 E18"})
    life.app(fault + timedelta(minutes=41), "track", "Guide Finished", properties={"guide": "W-17 E18", "solved": True})
    life.appliance(fault + timedelta(minutes=43), "Fault Cleared", serial, code="E18", **model)
    life.desk(
        fault + timedelta(days=1), "Survey Answered", survey="guide-rating", score=9, scale=10, reference="W-17 E18"
    )
    look_around(life, life.end - timedelta(hours=2), PRODUCTS["C-2"])


def _shared_tablet(seed: int, number: int, end: datetime) -> list[Signal]:
    """Astrid and Emeka live together: one tablet, two accounts. They stay two people."""
    tablet = _cookie(seed, "okafor tablet")
    signals: list[Signal] = []
    for offset, (first, last) in enumerate((("Astrid", "Lindqvist"), ("Emeka", "Okafor"))):
        email = f"{first.lower()}@lindqvist-okafor.example"
        life = _life(
            seed, number + 100 * (offset + 1), end, first, last, email, _CITY["Göteborg"], household="home-goteborg-1"
        )
        life.customer.devices["web"] = tablet
        for visit in range(4):
            at = end - timedelta(days=90 - 20 * visit - 3 * offset, hours=2 + offset)
            look_around(life, at, PRODUCTS["S-5" if offset else "D-9"])
            if not visit:
                sign_up(life, at + timedelta(minutes=9))
        signals += life.signals
    return signals


def _one_mail_address(seed: int, number: int, end: datetime) -> list[Signal]:
    """María and José use one mail address for two accounts: the e-mail alone must not make them one person."""
    signals: list[Signal] = []
    for offset, first in enumerate(("María", "José")):
        life = _life(seed, number + 100 * (offset + 3), end, first, "Herrera", "casa@herrera.example", _CITY["Madrid"])
        at = sign_up(life, look_around(life, end - timedelta(days=60 - 9 * offset), PRODUCTS["C-2"]))
        life.web(at, "track", "Product Reviewed", "/p/c-2", properties={"product_id": "C-2", "rating": 5 - 3 * offset})
        signals += life.signals
    return signals


def _kenji(seed: int, number: int, end: datetime) -> list[Signal]:
    """Kenji moves from Osaka to Berlin: his clock, his address and his language move with him."""
    osaka = _life(seed, number, end, "健二", "佐藤", "kenji@sato.example", _CITY["大阪市"])
    at = sign_up(osaka, look_around(osaka, end - timedelta(days=400), PRODUCTS["C-2"]))
    look_around(osaka, at + timedelta(days=90), PRODUCTS["A-BEANS"])
    berlin = Life(
        seed, replace(osaka.customer, city=_CITY["Berlin"], postcode="10119", language="de"), osaka.start, end
    )
    berlin.prefix, berlin.known = f"{osaka.prefix}.berlin", True
    moved = end - timedelta(days=150)
    address = {"street": "Lindenallee 7", "city": "Berlin", "postalCode": "10119", "country": "DE"}
    traits = {"address": address, "language": "de", "timezone": "Europe/Berlin"}
    berlin.web(moved, "identify", "identify", "/account/address", traits=traits)
    berlin.web(moved, "track", "Address Changed", "/account/address", properties={"reason": "moved"})
    look_around(berlin, end - timedelta(days=9), PRODUCTS["W-11"])
    return osaka.signals + berlin.signals


def _priya(seed: int, number: int, end: datetime) -> list[Signal]:
    """Priya buys at the till with a card and a phone number; months later the same phone turns up in the web shop."""
    life = _life(seed, number, end, "Priya", "Raman", "priya@raman.example", _CITY["London"], card="TW4400000017")
    at = end - timedelta(days=240)
    sale = {"order_id": "S-PRIYA-1", "total": 385.0, "currency": "GBP", "products": [line(PRODUCTS["C-2"], "GB")]}
    life.till(at, "track", "Order Completed", {"firstName": "Priya", "phone": life.customer.phone}, properties=sale)
    look_around(life, at + timedelta(days=100), PRODUCTS["A-BEANS"])
    sign_up(life, at + timedelta(days=100, minutes=9))
    return life.signals


def _cy(seed: int, number: int, end: datetime) -> list[Signal]:
    """Cy, the stranger: comes often, says nothing; and a broken tag of the shop names him "null"."""
    life = _life(seed, number, end, "Cy", "Brandt", "cy@brandt.example", _CITY["Hamburg"])
    for visit in range(9):
        look_around(life, end - timedelta(days=2 + 5 * visit, hours=visit), PRODUCTS["O-3"], CAMPAIGNS[visit % 5])
    cookie = life.customer.devices["web"]
    body = call(
        f"{life.prefix}.null",
        end - timedelta(days=1),
        "identify",
        "identify",
        userId="null",
        anonymousId=cookie,
        traits={},
    )
    return [*life.signals, Signal(end - timedelta(days=1), "web shop", body)]


def _ola(seed: int, number: int, end: datetime) -> list[Signal]:
    """Ola sends her dryer back and withdraws her consent to marketing: from then on nobody writes to her."""
    life = _life(seed, number, end, "Ola", "Nowak", "ola@nowak.example", _CITY["Warszawa"])
    at = sign_up(life, look_around(life, end - timedelta(days=75), PRODUCTS["D-9"]))
    agree(life, at, marketing=True)
    goods = {"order_id": "T-OLA-1", "total": 2962.7, "currency": "PLN", "products": [line(PRODUCTS["D-9"], "PL")]}
    life.web(at + timedelta(minutes=4), "track", "Order Completed", "/checkout/done", properties=goods)
    text = "Suszarka D-9 jest za głośna. Chcę ją zwrócić."
    life.desk(
        at + timedelta(days=12), "Message Received", "chat", text=text, language="pl", case="C-OLA-1", topic="return"
    )
    life.web(
        at + timedelta(days=13),
        "track",
        "Return Requested",
        "/account/orders",
        properties={"order_id": "T-OLA-1", "reason": "noise"},
    )
    life.web(at + timedelta(days=20), "track", "Order Refunded", "/account/orders", properties=goods)
    agree(life, at + timedelta(days=21), marketing=False)
    return life.signals


def _george(seed: int, number: int, end: datetime) -> list[Signal]:
    """George Whitfield and Georg Whitfeild: one man, two accounts, a typing error; the review list should find him."""
    signals: list[Signal] = []
    born = date(1961, 4, 9)
    for offset, (first, last) in enumerate((("George", "Whitfield"), ("Georg", "Whitfeild"))):
        email = f"{first.lower()}.{last.lower()}@example.org"
        life = _life(seed, number + 100 * (offset + 5), end, first, last, email, _CITY["London"], birthday=born)
        life.customer = replace(
            life.customer, street="14 Church Lane", postcode="SW3 4AB", phone=f"+44791000021{offset}"
        )
        sign_up(life, look_around(life, end - timedelta(days=33 + 120 * offset), PRODUCTS["S-5"]))
        signals += life.signals
    return signals


def _life(seed: int, number: int, end: datetime, first: str, last: str, email: str, city: City, **changes: Any) -> Life:
    drawn, home = draw(seed, number), Random(f"{seed}/cast/{number}")
    place: dict[str, Any] = {
        "street": street(home, city),
        "postcode": digits(home, city.postcode),
        "phone": digits(home, city.phone),
        "household": None,
    }
    customer: Customer = replace(
        drawn,
        user_id=f"tw-{first.lower() if first.isascii() else number}-{number}",
        first=first,
        last=last,
        email=email,
        city=city,
        language=city.locale[:2],
        character=_CALM,
        devices={"web": drawn.devices["web"], "app": _cookie(seed, f"app {number}")},
        **(place | changes),
    )
    return Life(seed, customer, end - YEARS, end)


def _cookie(seed: int, name: str) -> str:
    return str(Random(f"{seed}/{name}").getrandbits(63))


_PLAYS: tuple[Callable[[int, int, datetime], list[Signal]], ...] = (
    _natalie,
    _shared_tablet,
    _one_mail_address,
    _kenji,
    _priya,
    _cy,
    _ola,
    _george,
)
