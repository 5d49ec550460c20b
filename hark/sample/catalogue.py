"""What Tidewell, the sample company, sells and where: products, programmes, faults, campaigns and cities."""

from typing import Any, NamedTuple


class Product(NamedTuple):
    sku: str
    name: str
    category: str
    price: float  # EUR
    weight: int  # how often it is bought, against the others


class City(NamedTuple):
    name: str
    country: str
    locale: str
    zone: str
    postcode: str  # "#" stands for a digit
    phone: str  # "#" stands for a digit
    hardness: int  # of the water, in German degrees: above 14 is hard
    weight: int


APPLIANCES = (
    Product("W-17", "Washer W-17", "Washers", 749.0, 24),
    Product("W-11", "Washer W-11", "Washers", 529.0, 16),
    Product("D-9", "Dryer D-9", "Dryers", 689.0, 12),
    Product("S-5", "Dishwasher S-5", "Dishwashers", 599.0, 18),
    Product("C-2", "Coffee machine C-2", "Coffee", 449.0, 22),
    Product("O-3", "Oven O-3", "Ovens", 819.0, 8),
)
ACCESSORIES = (
    Product("A-DESCALER", "Descaler, 4 doses", "Care", 14.9, 30),
    Product("A-DETERGENT", "Detergent, 40 washes", "Care", 18.5, 24),
    Product("A-FILTER", "Lint filter, pair", "Spare parts", 22.0, 12),
    Product("A-SEAL", "Door seal W-17", "Spare parts", 39.0, 4),
    Product("A-BEANS", "Coffee beans, 1 kg", "Coffee", 21.9, 28),
    Product("A-TABS", "Dishwasher tabs, 60", "Care", 16.5, 20),
)
PRODUCTS = {product.sku: product for product in APPLIANCES + ACCESSORIES}

PROGRAMMES = {
    "Washers": ("Cotton 40", "Eco 40-60", "Quick 30", "Delicates", "Cotton 60"),
    "Dryers": ("Cupboard dry", "Iron dry", "Wool fresh"),
    "Dishwashers": ("Eco 50", "Auto", "Quick 45", "Intensive 70"),
    "Coffee": ("Espresso", "Cappuccino", "Lungo", "Latte macchiato"),
    "Ovens": ("Hot air", "Grill", "Pizza", "Steam"),
}
# Per category: code, what it says, how likely a month without and with hard water.
FAULTS = {
    "Washers": (("E18", "Drain blocked: pump or filter", 0.008, 0.034), ("E23", "Water intake too slow", 0.004, 0.010)),
    "Dryers": (("D07", "Condenser full of lint", 0.012, 0.012),),
    "Dishwashers": (("I20", "Does not drain", 0.008, 0.018), ("I30", "Leak sensor", 0.003, 0.003)),
    "Coffee": (("C04", "Descale now", 0.020, 0.085), ("C11", "Grinder blocked", 0.006, 0.006)),
    "Ovens": (("F02", "Temperature sensor", 0.004, 0.004),),
}
CARE = {
    "Washers": "A-DETERGENT",
    "Dryers": "A-FILTER",
    "Dishwashers": "A-TABS",
    "Coffee": "A-BEANS",
    "Ovens": "A-DESCALER",
}

CAMPAIGNS: tuple[dict[str, str], ...] = (
    {"name": "spring-clean", "source": "google", "medium": "cpc", "term": "quiet washing machine"},
    {"name": "black-friday", "source": "newsletter", "medium": "email", "content": "hero"},
    {"name": "barista-at-home", "source": "instagram", "medium": "social"},
    {"name": "compare-washers", "source": "google", "medium": "organic"},
    {"name": "winter-dryers", "source": "facebook", "medium": "social"},
)
REFERRERS = ("https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/", "", "", "")
# How busy a month is, January first: the new year's sales, the summer's calm, November's offers.
SEASON = (1.15, 0.85, 0.95, 0.95, 0.9, 0.85, 0.7, 0.75, 0.95, 1.05, 1.75, 1.35)
# How busy an hour of the customer's own day is, midnight first.
HOURS = (1, 0, 0, 0, 0, 1, 3, 6, 7, 8, 8, 8, 10, 9, 8, 8, 9, 11, 13, 16, 18, 15, 9, 4)

CITIES = (
    City("Lyon", "FR", "fr-FR", "Europe/Paris", "6900#", "+336########", 18, 10),
    City("Paris", "FR", "fr-FR", "Europe/Paris", "7501#", "+336########", 22, 12),
    City("Berlin", "DE", "de-DE", "Europe/Berlin", "101##", "+49151########", 20, 13),
    City("Hamburg", "DE", "de-DE", "Europe/Berlin", "200##", "+49152########", 11, 8),
    City("Amsterdam", "NL", "nl-NL", "Europe/Amsterdam", "10##", "+316########", 8, 8),
    City("London", "GB", "en-GB", "Europe/London", "SW# 4AB", "+447#########", 21, 10),
    City("Madrid", "ES", "es-ES", "Europe/Madrid", "280##", "+346########", 4, 8),
    City("Barcelona", "ES", "es-ES", "Europe/Madrid", "080##", "+346########", 19, 6),
    City("Milano", "IT", "it-IT", "Europe/Rome", "201##", "+3934########", 17, 7),
    City("Warszawa", "PL", "pl-PL", "Europe/Warsaw", "00-1##", "+4850#######", 16, 6),
    City("Göteborg", "SE", "sv-SE", "Europe/Stockholm", "411 ##", "+4670#######", 3, 5),
    City("Lisboa", "PT", "pt-PT", "Europe/Lisbon", "1100-###", "+35191#######", 7, 4),
    City("New York", "US", "en-US", "America/New_York", "100##", "+1212555####", 4, 5),
    City("大阪市", "JP", "ja-JP", "Asia/Tokyo", "530-00##", "+8190########", 3, 4),
)
# How many of the country's own money units one euro is.
MONEY = {"GB": ("GBP", 0.86), "PL": ("PLN", 4.3), "SE": ("SEK", 11.4), "US": ("USD", 1.08), "JP": ("JPY", 161.0)}


def price(product: Product, country: str) -> tuple[float, str]:
    """The shelf price there, rounded as shops round."""
    currency, rate = MONEY.get(country, ("EUR", 1.0))
    amount = product.price * rate
    return (round(amount, -1) if currency == "JPY" else round(amount, 2)), currency


def line(product: Product, country: str, quantity: int = 1) -> dict[str, Any]:
    """One line of an order, in the words of the e-commerce events that clients send."""
    amount, _ = price(product, country)
    return {
        "product_id": product.sku,
        "sku": product.sku,
        "name": product.name,
        "category": product.category,
        "brand": "Tidewell",
        "price": amount,
        "quantity": quantity,
        "url": f"https://shop.tidewell.example/p/{product.sku.lower()}",
    }
