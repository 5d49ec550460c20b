"""A person as a record to compare: names, birthday, ways to reach them and where they live, from whatever traits say it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

# What a record may say.
FIELDS = (
    *("first_name", "last_name", "birthday", "email", "phone", "number"),
    *("street_number", "street", "city", "postcode", "region"),
)
# The names under which clients and files send each field, small letters without signs.
NAMES: dict[str, tuple[str, ...]] = {
    "first_name": ("firstname", "givenname", "forename", "vorname", "prenom"),
    "last_name": ("lastname", "surname", "familyname", "nachname", "nom"),
    "birthday": ("birthday", "birthdate", "dateofbirth", "dob", "born", "geburtsdatum"),
    "email": ("email", "emailaddress", "mail"),
    "phone": ("phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel"),
    "number": ("card", "cardnumber", "customernumber", "loyaltynumber", "nationalid", "taxid", "socsecid", "ssn"),
    "street": ("street", "streetaddress", "addressline1", "address1", "line1", "strasse"),
    "street_number": ("streetnumber", "housenumber", "hausnummer"),
    "city": ("city", "town", "suburb", "locality", "ort"),
    "postcode": ("postcode", "postalcode", "zip", "zipcode", "plz"),
    "region": ("region", "state", "province", "county"),
}
_FIELD = {name: field for field, names in NAMES.items() for name in names}
_SIGNS = re.compile(r"[^a-z0-9]")
_HOUSE = re.compile(r"^(\d+\s?[a-z]?)[\s,]+(.+)$|^(.+?)[\s,]+(\d+\s?[a-z]?)$", re.IGNORECASE)
_BIRTHDAY = re.compile(r"^(\d{4})-?(\d\d)-?(\d\d)")
_TITLES = re.compile(r"^(mr|mrs|ms|miss|dr|prof|herr|frau|mme|m)\.?\s+", re.IGNORECASE)


class Field(Struct, frozen=True):
    """How alike two records are in one field, and how much that speaks for one person (bits; below zero: against)."""

    name: str
    alike: str
    weight: float


def record_of(
    person: object, traits: Mapping[str, Any], identities: Sequence[Sequence[str]] | None = None
) -> dict[str, str | None] | None:
    """The fields of one person; None where too little is known to compare anything."""
    found: dict[str, str] = {}
    _collect(traits, found)
    for nested in ("address", "shippingAddress", "billing_address", "location"):
        if isinstance(traits.get(nested), Mapping):
            _collect(traits[nested], found)
    _split_name(traits.get("name"), found)
    _split_street(found)
    if (birthday := _BIRTHDAY.match(found.get("birthday", ""))) is not None:
        found["birthday"] = "".join(birthday.groups())
    for kind, value in identities or ():
        found.setdefault("number" if kind == "card" else kind, value)
    if len(found) < 2:
        return None
    return {"id": str(person), **found}


def _collect(traits: Mapping[str, Any], found: dict[str, str]) -> None:
    for name, value in traits.items():
        field = _FIELD.get(_SIGNS.sub("", name.lower()))
        if field and isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            found.setdefault(field, str(value).strip()[:200])


def _split_name(name: Any, found: dict[str, str]) -> None:
    """ "Ann Lee", "Lee, Ann", "Dr. Ann van Lee": the last word is taken for the family name where no comma says more."""
    if not isinstance(name, str) or not name.strip() or "first_name" in found or "last_name" in found:
        return
    name = _TITLES.sub("", name.strip()[:200])
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    if first.strip():
        found["first_name"] = first.strip()
    if last.strip():
        found["last_name"] = last.strip()


def _split_street(found: dict[str, str]) -> None:
    if "street_number" in found or "street" not in found:
        return
    if (parts := _HOUSE.match(found["street"])) is not None:
        before, street, other, after = parts.groups()
        found["street_number"], found["street"] = (before or after), (street or other)
