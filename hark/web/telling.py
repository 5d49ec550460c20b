"""Tells an event to people: a title, what was said in it, an amount; and a history by days, with runs of the same put
together. Pure: works for any company's event names, and better for the usual ones."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from hark.kit.text import shorten

LONGEST = 220
# What a person would quote of an event, in the order in which they would choose.
_QUOTED = ("text", "message", "body", "comment", "question", "feedback")
_NAMED = ("subject", "query", "title", "guide", "survey", "meaning", "reason", "topic", "name", "path", "url")
_AMOUNTS = ("total", "revenue", "amount", "value", "price")
_SILENT = frozenset(
    [
        *(*_QUOTED, *_AMOUNTS, "currency", "url", "referrer", "image_url", "products", "by", "position", "product_id"),
        *("sku", "quantity", "brand", "checkout_id", "cart_id", "language", "merge", "a", "b", "identities", "rest"),
    ]
)


class Happened(Protocol):
    """Whatever has the fields of a line of the log."""

    @property
    def at(self) -> datetime: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def phase(self) -> str | None: ...
    @property
    def properties(self) -> dict[str, Any]: ...
    @property
    def traits(self) -> dict[str, Any]: ...


class Told(Struct, frozen=True, kw_only=True):
    """`quoted` is true where the words are the person's own."""

    said: str = ""
    quoted: bool = False
    amount: float | None = None
    currency: str | None = None


class Run(Struct, frozen=True, kw_only=True):
    """The same thing happening again and again, newest first; most runs are of one."""

    first: Any
    lines: list[Any]


class Day(Struct, frozen=True, kw_only=True):
    day: date
    runs: list[Run]


# What is said of a conversation; the rest of these events are ids.
_CONVERSED = {
    "message.written": ("text",),
    "message.delivery": ("state", "detail"),
    "message.read": (),
    "message.withdrawn": (),
    "conversation.assigned": ("team", "reason"),
    "conversation.closed": ("reason",),
    "conversation.reopened": ("reason",),
    "conversation.snoozed": ("reason",),
    "conversation.tagged": (),
    "conversation.prioritised": (),
    "conversation.titled": ("subject",),
    "conversation.merged": (),
    "conversation.split": (),
    "conversation.restored": (),
    "conversation.rated": ("score",),
}


def tell(line: Happened) -> Told:
    properties = line.properties
    if (names := _CONVERSED.get(line.name)) is not None and not properties.get("comment"):
        return Told(said=" · ".join(words for name in names if (words := _words(properties.get(name)))))
    amount, currency = _amount(properties)
    for name in _QUOTED:
        if words := _words(properties.get(name)):
            return Told(said=words, quoted=True, amount=amount, currency=currency)
    return Told(said=shorten(_said(line), LONGEST), amount=amount, currency=currency)


def days(lines: Iterable[Happened], zone: ZoneInfo) -> Iterator[Day]:
    for day, members in groupby(lines, key=lambda line: line.at.astimezone(zone).date()):
        yield Day(day=day, runs=list(_runs(members)))


def _runs(lines: Iterable[Happened]) -> Iterator[Run]:
    for _, members in groupby(lines, key=lambda line: (line.name, line.channel)):
        same = list(members)
        yield Run(first=same[0], lines=same)


def _said(line: Happened) -> str:
    properties = line.properties
    if products := _products(properties.get("products")):
        return products
    if line.type == "page":
        return _words(properties.get("path") or properties.get("url") or properties.get("name"))
    if line.type in ("identify", "group") and line.traits:
        return ", ".join(name for name in line.traits)
    leading = [words for name in _NAMED[:-2] if (words := _words(properties.get(name)))][:2]
    rest = [f"{name.replace('_', ' ')} {words}" for name, words in _rest(properties)]
    return " · ".join([*leading, *rest][:4])


def _rest(properties: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in properties.items():
        if name in _SILENT or name in _NAMED or name.endswith("_at"):
            continue
        if isinstance(value, str | int | float) and not isinstance(value, bool) and (words := _words(value)):
            yield name, words


def _products(value: Any) -> str:
    if not isinstance(value, list):
        return ""
    names = [_words(item.get("name") or item.get("sku")) for item in value if isinstance(item, dict)]
    more = len(names) - 4
    return ", ".join(name for name in names[:4] if name) + (f" +{more}" if more > 0 else "")


def _amount(properties: dict[str, Any]) -> tuple[float | None, str | None]:
    for name in _AMOUNTS:
        value = properties.get(name)
        currency = properties.get("currency")
        if isinstance(value, int | float) and not isinstance(value, bool) and isinstance(currency, str):
            return float(value), currency
    return None, None


def _words(value: Any) -> str:
    if isinstance(value, str):
        return shorten(" ".join(value.split()), LONGEST)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}"
    return ""
