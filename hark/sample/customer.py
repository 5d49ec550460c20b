"""Who a sample customer is: drawn from the seed and their number alone, so that anyone can be drawn again alone."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hark.sample import names
from hark.sample.catalogue import CITIES, City

PAIRS = 8  # every eighth customer lives with the next one: a household that shares an address and a tablet


@dataclass(frozen=True)
class Character:
    """What moves them; everything between 0 and 1."""

    keen: float  # how often they come
    patience: float  # how long a wait they forgive
    thrift: float  # how much they wait for an offer
    digital: float  # app and web rather than shop and phone
    talkative: float  # how readily they write


@dataclass(frozen=True)
class Customer:
    number: int
    user_id: str
    first: str
    last: str
    email: str
    phone: str
    card: str | None  # loyalty card of the shops
    birthday: date
    city: City
    street: str
    postcode: str
    language: str
    character: Character
    household: str | None
    devices: dict[str, str] = field(default_factory=dict)  # web, app, tablet: the anonymous id there

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.city.zone)

    @property
    def traits(self) -> dict[str, Any]:
        return {
            "email": self.email,
            "firstName": self.first,
            "lastName": self.last,
            "phone": self.phone,
            "birthday": self.birthday.isoformat(),
            "address": {
                "street": self.street,
                "city": self.city.name,
                "postalCode": self.postcode,
                "country": self.city.country,
            },
        }


def draw(seed: int, number: int) -> Customer:
    chance = Random(f"{seed}/customer/{number}")
    home = Random(f"{seed}/home/{_head(number)}")  # both of a household draw the same home
    city = home.choices(CITIES, [city.weight for city in CITIES])[0]
    place, postcode = street(home, city), digits(home, city.postcode)
    language = city.locale[:2]
    first = chance.choice(names.FIRST[language])
    last, maiden = home.choice(names.LAST[language]), chance.choice(names.LAST[language])
    last = last if chance.random() < 0.7 else maiden
    return Customer(
        number=number,
        user_id=f"tw-{seed:x}{number:05d}",
        first=first,
        last=last,
        email=_email(chance, first, last, number, city.country),
        phone=digits(chance, city.phone),
        card=digits(chance, "TW##########") if chance.random() < 0.35 else None,
        birthday=date(1948, 1, 1) + timedelta(days=int(chance.triangular(0, 21_000, 12_500))),
        city=city,
        street=place,
        postcode=postcode,
        language=language,
        character=Character(*(round(chance.betavariate(2, 2), 3) for _ in range(5))),
        household=f"home-{seed:x}{_head(number):05d}" if _shares(number) else None,
        devices=_devices(chance, home, number),
    )


def digits(chance: Random, pattern: str) -> str:
    return "".join(str(chance.randrange(10)) if sign == "#" else sign for sign in pattern)


def hexadecimal(chance: Random) -> str:
    text = f"{chance.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _shares(number: int) -> bool:
    return number % PAIRS < 2


def _head(number: int) -> int:
    return number - number % PAIRS if _shares(number) else number


def street(home: Random, city: City) -> str:
    name = home.choice(names.STREETS[city.locale[:2]])
    number = home.randrange(1, 120)
    return f"{number} {name}" if city.country in ("FR", "GB", "US") else f"{name} {number}"


def _email(chance: Random, first: str, last: str, number: int, country: str) -> str:
    domain = chance.choice(("example.com", "example.org", "example.net", f"mail.{country.lower()}.example"))
    return f"{names.latin(first)}.{names.latin(last)}{number}@{domain}"


def _devices(chance: Random, home: Random, number: int) -> dict[str, str]:
    devices = {"web": hexadecimal(chance)}
    if chance.random() < 0.55:
        devices["app"] = hexadecimal(chance)
    if _shares(number):
        devices["tablet"] = hexadecimal(home)
    return devices
