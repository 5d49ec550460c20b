"""A facet: what the events of one identity said, in a form that adds up. A person's profile is the fold of the facets of
their identities, so joining and parting persons moves no history.

Every part is order-free: traits keep the newest `at` (ties by source and message id), firsts the least, lasts the most,
counts and money add up. Caps keep a set that does not depend on the order either: the newest traits; of event names
those that are well known, then by a fixed order. What is over a cap stays in the log, and `full` says so.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.conditions import measure
from hark.conditions.measure import Buckets, Measure, Tally
from hark.kit.clock import milliseconds
from hark.kit.money import micros
from hark.kit.newest import Said, newest
from hark.kit.pack import pack
from hark.model import Event
from hark.people.phases import WELL_KNOWN

TRAITS = 1_000
ONCE = 200
NAMES = 500
GROUPS = 50
CURRENCIES = 20
PURPOSES = 100
AHEAD = 300_000  # a sender's clock may run five minutes ahead of ours; what claims more is read as that
_LARGEST = 2**63 - 1

# (granted, at, source, message id, proof)
Answer = tuple[bool, int, str, str, dict[str, Any]]


class Facet(Struct, array_like=True):
    traits: dict[str, Said] = {}  # the value None is a trait taken away
    once: dict[str, Said] = {}  # set where nothing else was said: the oldest wins
    hints: dict[str, Said] = {}  # time_zone and language as devices report them
    counts: dict[str, list[int]] = {}  # event name: [how often, first, last]
    money: dict[str, dict[str, int]] = {}  # event name: {currency: millionths}
    measures: dict[str, Buckets] = {}
    consents: dict[str, Answer] = {}
    groups: dict[str, Said] = {}  # group id: role
    full: set[str] = set()
    events: int = 0
    first: int | None = None
    last: int | None = None


encode = pack
decode = msgspec.msgpack.Decoder(Facet).decode


def moment(event: Event) -> int:
    """The event's time in ms, never more than five minutes after its arrival."""
    return min(milliseconds(event.at), milliseconds(event.received_at) + AHEAD)


def apply(facet: Facet, event: Event, at: int, now: int, measures: Iterable[Measure] = ()) -> None:
    """Add what one event of a customer says. Consents, groups and hints come by their own functions below."""
    facet.events += 1
    if facet.first is None or at < facet.first:
        facet.first = at
    if facet.last is None or at > facet.last:
        facet.last = at
    name = event.name
    seen = facet.counts.get(name)
    if seen is not None:
        seen[0] += 1
        if at < seen[1]:
            seen[1] = at
        if at > seen[2]:
            seen[2] = at
    else:
        facet.counts[name] = [1, at, at]
        if len(facet.counts) > NAMES:
            _bound_names(facet)
    if event.properties:
        _add_money(facet, name, event.properties)
    for one in measures:
        tie = f"{event.source} {event.message_id}"
        buckets = facet.measures.setdefault(one.key, {})
        measure.add(buckets, one, event.properties, at, tie, now // measure.DAY)


def tell(facet: Facet, traits: dict[str, Any], at: int, source: str, message: str) -> None:
    """Traits as one event states them: the newest statement stands; None takes a trait away, an empty text empties it."""
    mine = facet.traits
    stamp = (at, source, message)
    for name, value in traits.items():
        old = mine.get(name)
        if old is None or old[1:] < stamp:
            mine[name] = (value, at, source, message)
    if len(mine) > TRAITS:
        _bound_traits(facet)


def tell_once(facet: Facet, traits: dict[str, Any], at: int, source: str, message: str) -> None:
    mine = facet.once
    stamp = (at, source, message)
    for name, value in traits.items():
        old = mine.get(name)
        if value is not None and (old is None or stamp < old[1:]):
            mine[name] = (value, at, source, message)
    if len(mine) > ONCE:
        _bound_traits(facet)


def answer(facet: Facet, purpose: str, granted: bool, event: Event, at: int, proof: dict[str, Any]) -> None:
    old = facet.consents.get(purpose)
    if old is None or old[1:4] < (at, event.source, event.message_id):
        facet.consents[purpose] = (granted, at, event.source, event.message_id, proof)
        if len(facet.consents) > PURPOSES:
            del facet.consents[max(facet.consents, key=measure.rank)]


def join_group(facet: Facet, group: str, role: str | None, at: int, source: str, message: str) -> None:
    newest(facet.groups, group, role or "member", at, source, message)
    if len(facet.groups) > GROUPS:
        facet.groups = _newest(facet.groups, GROUPS)
        facet.full.add("groups")


def fold(facets: Iterable[Facet]) -> Facet:
    """One facet that holds what all of them hold: the whole of a person. It shares nothing with them."""
    whole = Facet()
    for facet in facets:
        _fold_into(whole, facet)
    if len(whole.traits) > TRAITS or len(whole.once) > ONCE:
        _bound_traits(whole)
    if len(whole.counts) > NAMES:
        _bound_names(whole)
    if len(whole.groups) > GROUPS:
        whole.groups = _newest(whole.groups, GROUPS)
        whole.full.add("groups")
    return whole


def standing(facet: Facet) -> dict[str, Said]:
    """The traits that stand, with where each came from; a trait that was set once yields to one that was said."""
    traits = {name: said for name, said in facet.traits.items() if said[0] is not None}
    for name, said in facet.once.items():
        other = facet.traits.get(name)
        if other is None or (other[0] is None and other[1:] < said[1:]):
            traits[name] = said
    return traits


def _fold_into(whole: Facet, facet: Facet) -> None:
    for name, said in facet.traits.items():
        newest(whole.traits, name, *said)
    for name, said in facet.hints.items():
        newest(whole.hints, name, *said)
    for name, said in facet.groups.items():
        newest(whole.groups, name, *said)
    for name, said in facet.once.items():
        old = whole.once.get(name)
        if old is None or said[1:] < old[1:]:
            whole.once[name] = said
    for purpose, said_so in facet.consents.items():
        known = whole.consents.get(purpose)
        if known is None or known[1:4] < said_so[1:4]:
            whole.consents[purpose] = said_so
    for name, seen in facet.counts.items():
        sum_ = whole.counts.get(name)
        if sum_ is None:
            whole.counts[name] = [*seen]
        else:
            sum_[0] += seen[0]
            sum_[1] = min(sum_[1], seen[1])
            sum_[2] = max(sum_[2], seen[2])
    for name, amounts in facet.money.items():
        mine = whole.money.setdefault(name, {})
        for currency, amount in amounts.items():
            mine[currency] = _sum(mine.get(currency, 0), amount)
        while len(mine) > CURRENCIES:
            del mine[max(mine, key=measure.rank)]
    for key, buckets in facet.measures.items():
        into = whole.measures.setdefault(key, {})
        for day, tally in buckets.items():
            measure.merge(into.setdefault(day, Tally()), tally)
    whole.full |= facet.full
    whole.events += facet.events
    if facet.first is not None:
        whole.first = facet.first if whole.first is None else min(whole.first, facet.first)
    if facet.last is not None:
        whole.last = facet.last if whole.last is None else max(whole.last, facet.last)


def _add_money(facet: Facet, name: str, properties: dict[str, Any]) -> None:
    value = properties.get("revenue")
    if value is None:
        value = properties.get("total")
        if value is None:
            value = properties.get("value")
            if value is None:
                return
    amount = micros(value)
    if amount is None or name not in facet.counts:
        return
    currency = properties.get("currency")
    code = currency.strip().upper()[:3] if isinstance(currency, str) else ""
    sums = facet.money.setdefault(name, {})
    sums[code] = _sum(sums.get(code, 0), amount)
    if len(sums) > CURRENCIES:
        del sums[max(sums, key=measure.rank)]


def _sum(a: int, b: int) -> int:
    return max(-_LARGEST, min(_LARGEST, a + b))


def _bound_traits(facet: Facet) -> None:
    if len(facet.traits) > TRAITS:
        facet.traits = _newest(facet.traits, TRAITS)
        facet.full.add("traits")
    if len(facet.once) > ONCE:
        kept = sorted(facet.once.items(), key=lambda item: (*item[1][1:], item[0]))[:ONCE]
        facet.once = dict(kept)
        facet.full.add("traits")


def _newest(said: dict[str, Said], most: int) -> dict[str, Said]:
    return dict(sorted(said.items(), key=lambda item: (*item[1][1:], item[0]))[-most:])


def _bound_names(facet: Facet) -> None:
    # A name once let go must never come back, or its count would depend on the order: so the order is a fixed one.
    kept = sorted(facet.counts, key=lambda name: (name not in WELL_KNOWN, measure.rank(name), name))[:NAMES]
    facet.counts = {name: facet.counts[name] for name in kept}
    facet.money = {name: sums for name, sums in facet.money.items() if name in facet.counts}
    facet.full.add("names")
