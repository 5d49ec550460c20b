"""Guesses what the columns of a table mean, from their names in many languages and from the values below them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from hark.plugins.rows.forms import parse_moment, parse_number
from hark.plugins.rows.mapping import Mapping, blank

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PHONE = re.compile(r"^(\+|00)[\d ()./\-]{7,20}$")
_UTC = ZoneInfo("UTC")
_MOSTLY = 0.9

# Target: what such a column is called, in letters and digits alone. The first that fits, fits.
_NAMES: dict[str, str] = {
    "identity.email trait.email": "email mail emailaddress eposta epost courriel correo correoelectronico adressemail"
    " adresseemail mailadresse emailadresse customeremail useremail",
    "identity.phone trait.phone": "phone telephone tel telefon telefono telefone telefoon mobile mobil mobilephone handy"
    " gsm portable phonenumber telefonnummer msisdn numerotelephone",
    "identity.user_id": "userid customerid clientid customernumber customerno kundennummer kundennr kundenid numeroclient"
    " idclient klantnummer klantid idcliente nrklienta accountid memberid externalid distinctid user kundnummer kunde"
    " customer client cliente klant klient kund",
    "identity.anonymous_id": "anonymousid cookieid visitorid deviceid anonid clientcookie sessioncookie",
    "identity.card": "loyaltycard cardnumber card kundenkarte cartefidelite klantenkaart membershipcard",
    "message": "messageid eventid eventuuid insertid",
    "event": "event eventname ereignis evenement evento action activity",
    "time": "timestamp time datetime eventtime happenedat occurredat createdat date datum fecha data datetimeutc orderdate"
    " orderedat bestelldatum datecommande purchasedate eventtimestamp sentat receivedat zeit zeitpunkt processedat",
    "trait.firstName": "firstname givenname vorname prenom voornaam nombre nome imie fornamn",
    "trait.lastName": "lastname surname familyname nachname nom nomdefamille achternaam apellido apellidos cognome"
    " nazwisko efternamn",
    "trait.name": "name fullname customername",
    "trait.birthday": "birthday birthdate dateofbirth dob geburtsdatum geburtstag datenaissance datedenaissance"
    " geboortedatum fechanacimiento",
    "trait.gender": "gender sex geschlecht genre sexe",
    "trait.language": "language lang sprache langue idioma locale",
    "trait.address.street": "street address address1 strasse rue adresse calle straat addressline1",
    "trait.address.postalCode": "zip zipcode postcode postalcode plz codepostal codigopostal",
    "trait.address.city": "city town ort stadt ville ciudad stad miasto",
    "trait.address.country": "country land pays pais countrycode",
    "property.order_id": "orderid ordernumber orderno bestellnummer numerocommande bestelnummer invoiceid invoiceno",
    "property.total": "total amount totalamount ordertotal gesamtbetrag betrag montant montanttotal importe bedrag",
    "property.revenue": "revenue umsatz",
    "property.currency": "currency waehrung wahrung devise moneda",
    "property.quantity": "quantity qty menge anzahl quantite cantidad",
    "property.product_id": "productid sku artikelnummer stockcode articleno",
    "channel": "channel kanal",
    "type": "type calltype",
}
_TARGETS = {word: targets.split() for targets, words in _NAMES.items() for word in words.split()}
# A time of this name is the time of an order.
_ORDERED = frozenset(
    ("order_date", "ordered_at", "orderdate", "bestelldatum", "date_commande", "date_de_commande", "purchase_date")
)
_TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
_CHANNELS = frozenset(
    ["web", "mobile", "email", "chat", "messaging", "social", "phone", "shop", "crm", "appliance", "server"]
)


def guess(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Mapping:
    """A mapping to start from. People check it against a preview before anything is recorded."""
    below = {column: _values(rows, index) for index, column in enumerate(columns)}
    decimal = _decimal(below.values())
    targets: dict[str, list[str]] = {}
    for column in columns:
        targets[column] = _by_name(column, below[column], targets.values()) or _by_value(below[column])
    dated = any("time" in found for found in targets.values())
    named = any("event" in found for found in targets.values())
    ordered = _has(targets, "property.order_id") or any(plain(column) in _ORDERED for column in columns)
    event = "Order Completed" if dated and ordered and not named else ""
    rest = "property" if named or event else "trait"
    for column, found in targets.items():
        places = found or [f"{rest}.{plain(column)}"]
        if rest == "trait":
            places = [place.replace("property.", "trait.") for place in places]
        targets[column] = [place + _form(place, below[column], decimal) for place in places]
    return Mapping(columns=targets, event=event, decimal=decimal, rest=rest)


def plain(column: str) -> str:
    """The column's name as a name of a trait or property: "Points de fidélité" → "points_de_fidelite"."""
    letters = normalize("NFKD", column).encode("ascii", "ignore").decode() or column
    return re.sub(r"[^\w]+", "_", letters.strip().lower(), flags=re.ASCII).strip("_") or "column"


def _values(rows: Sequence[Sequence[Any]], index: int) -> list[Any]:
    return [row[index] for row in rows if index < len(row) and not blank(row[index])]


def _by_name(column: str, values: list[Any], taken: Iterable[list[str]]) -> list[str]:
    word = plain(column.replace("ß", "ss")).replace("_", "")
    found = _TARGETS.get(word, [])
    if any(place in other for place in found for other in taken if not place.startswith("identity")):
        return []  # the first column of that meaning has it
    if "identity.email" in found and not _mostly(values, _is_email):
        return []
    if found == ["identity.user_id"] and not _mostly(values, lambda value: " " not in str(value).strip()):
        return ["trait.name"]  # a column "customer" may as well hold names
    if found == ["type"] and not all(str(value).lower() in _TYPES for value in values):
        return []
    if found == ["channel"] and not all(str(value).lower() in _CHANNELS for value in values):
        return []
    if found == ["time"] and not _mostly(values, lambda value: _order([value]) is not None):
        return []
    return list(found)


def _by_value(values: list[Any]) -> list[str]:
    if _mostly(values, _is_email):
        return ["identity.email", "trait.email"]
    if _mostly(values, lambda value: bool(_PHONE.match(str(value)))):
        return ["identity.phone", "trait.phone"]
    return []


def _form(target: str, values: list[Any], decimal: str) -> str:
    if target == "time":
        first = _order(values) or "ymd"
        return ":iso" if first == "ymd" else f":{first}"
    place, _, name = target.partition(".")
    if place not in ("trait", "property") or not values or name in ("email", "phone"):
        return ""
    if name == "address.postalCode" or name.endswith(("id", "code", "number")):
        return ""  # 01067 is no number
    if all(isinstance(value, bool) for value in values):
        return ""
    if _mostly(values, lambda value: _looks_numeric(value, decimal), 1.0):
        return ":number"
    if (name == "birthday" or name.endswith(("date", "_on"))) and (order := _order(values)):
        return ":date" if order == "ymd" else f":date-{order}"
    return ""


def _looks_numeric(value: Any, decimal: str) -> bool:
    if isinstance(value, int | float):
        return True
    written = str(value).strip()
    if re.match(r"^[+-]?0\d", written) or written.startswith("+"):
        return False  # leading zeros mean something
    return parse_number(written, decimal) is not None


def _order(values: list[Any]) -> str | None:
    """Whether days or months come first: what can read every value; for 3/4/2024 alone the day, as most of the world."""
    for order in ("ymd", "dmy", "mdy"):
        if values and all(parse_moment(value, order, _UTC) is not None for value in values[:200]):
            return order
    return None


def _decimal(columns: Iterable[list[Any]]) -> str:
    comma = point = 0
    for values in columns:
        for value in values[:200]:
            if isinstance(value, str):
                comma += bool(re.match(r"^[^\w]*[+-]?\d{1,3}(\.?\d{3})*,\d{1,2}\b", value))
                point += bool(re.match(r"^[^\w]*[+-]?\d{1,3}(,?\d{3})*\.\d{1,2}\b(?!\.)", value))
    return "," if comma > point else "."


def _is_email(value: Any) -> bool:
    return bool(_EMAIL.match(str(value).strip()))


def _mostly(values: Sequence[Any], test: Callable[[Any], bool], share: float = _MOSTLY) -> bool:
    seen = values[:200]
    return bool(seen) and sum(map(test, seen)) >= share * len(seen)


def _has(targets: dict[str, list[str]], place: str) -> bool:
    return any(place in found for found in targets.values())
