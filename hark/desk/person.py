"""The person page: who this is at a glance, the living timeline, what we know and where from."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hark.events.sources import all_sources
from hark.kit.clock import Clock
from hark.model import Declared
from hark.orders import reading as orders
from hark.people import glance
from hark.people.consent import allowed
from hark.people.glance import Glance, Touchpoint, Week
from hark.people.phases import PHASES
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, go, page, shown, shows
from hark.web.telling import days, tell
from hark.web.wording import time_zone

PAGE = 60
WEEKS = 52
ORDERS, LOVED = 5, 6
# What stands in the facts beside the timeline; everything else is one tab away.
FACTS = ("email", "phone", "birthday", "company", "title", "customer_since", "plan", "home", "household")


@shows("/people/{person_id:uuid}", right=Right.PEOPLE_READ)
def person(request: Ask, person_id: UUID, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    chosen = {name: form.text(name) or None for name in ("phase", "channel", "name")}
    phase = "" if chosen["phase"] == "none" else chosen["phase"]
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        if seen.id != person_id:
            return go(request, f"/people/{seen.id}")
        touchpoints = glance.touchpoints(tx, seen.id)
        weeks = glance.activity(tx, seen.id, clock() - timedelta(weeks=WEEKS))
        lines, following = glance.history(
            tx, seen.id, PAGE, form.text("before") or None, phase=phase, channel=chosen["channel"], name=chosen["name"]
        )
        bought = orders.orders_of(tx, seen.members, ORDERS + 1)
        owned = orders.owns(tx, seen.members)
        loved = orders.loves(tx, seen.members, LOVED)
        sources = names_of_sources(tx)
    link = {name: value for name, value in chosen.items() if value}
    channels = [
        name for name, _ in Counter({t.channel: 0 for t in touchpoints} | _by_channel(touchpoints)).most_common()
    ]
    return page(
        request,
        "desk/person_timeline.html",
        tab="timeline",
        person=seen,
        sources=sources,
        days=list(days(lines, time_zone(shown(request).time_zone))),
        tell=tell,
        chosen=chosen,
        newest="before" not in form,
        after=f"/people/{seen.id}?{urlencode({**link, 'before': following})}" if following else "",
        link=lambda **change: f"/people/{seen.id}?{urlencode({k: v for k, v in {**link, **change}.items() if v})}",
        channels=channels,
        phases=PHASES,
        matrix=_matrix(touchpoints),
        most=max((t.count for t in touchpoints), default=1),
        **_activity(weeks, clock(), channels),
        bought=bought,
        owned=owned,
        loved=loved,
        facts=_facts(seen),
        consents=consents_of(seen, declared),
    )


@shows("/people/{person_id:uuid}/traits", right=Right.PEOPLE_READ)
def traits(request: Ask, person_id: UUID, database: Database) -> Answer:
    """Everything we know, each with where it came from and when."""
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        sources = names_of_sources(tx)
    return page(request, "desk/person_traits.html", tab="traits", person=seen, sources=sources)


@shows("/people/{person_id:uuid}/consents", right=Right.PEOPLE_READ)
def consents(request: Ask, person_id: UUID, database: Database, declared: Declared) -> Answer:
    with database.transaction() as tx:
        seen = glance.glance(tx, person_id)
        sources = names_of_sources(tx)
    rows = consents_of(seen, declared)
    return page(request, "desk/person_consents.html", tab="consents", person=seen, sources=sources, consents=rows)


def names_of_sources(tx: Transaction) -> dict[str, str]:
    return {source.id: source.name for source in all_sources(tx)} | {"hark": "Hark"}


def consents_of(seen: Glance, declared: Declared) -> list[dict[str, Any]]:
    """Every purpose with what the person said of it, or what holds while they have said nothing."""
    said = {name: (bool(answer["granted"]),) for name, answer in seen.consents.items()}
    rows = []
    for name in sorted({*declared.purposes, *said}, key=lambda name: (name not in declared.purposes, name)):
        purpose = declared.purposes.get(name)
        rows.append(
            {
                "name": name,
                "label": purpose.label if purpose else name,
                "about": purpose.about if purpose else "",
                "explicit": purpose.explicit if purpose else True,
                "allowed": allowed(said, name, declared.purposes),
                "answer": seen.consents.get(name),
            }
        )
    return rows


def _facts(seen: Glance) -> list[tuple[str, Any, dict[str, Any]]]:
    found = [(name, seen.traits[name], seen.provenance.get(name, {})) for name in FACTS if seen.traits.get(name)]
    address = seen.traits.get("address")
    if isinstance(address, dict):
        lines = [str(address[part]) for part in ("street", "postalCode", "city", "country") if address.get(part)]
        found.append(("address", ", ".join(lines), seen.provenance.get("address", {})))
    return found


def _by_channel(touchpoints: list[Touchpoint]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for touchpoint in touchpoints:
        counts[touchpoint.channel] += touchpoint.count
    return dict(counts)


def _matrix(touchpoints: list[Touchpoint]) -> dict[tuple[str, str], Touchpoint]:
    return {(t.phase, t.channel): t for t in touchpoints}


def _activity(weeks: list[Week], now: datetime, channels: list[str]) -> dict[str, Any]:
    """Labels and one series a channel (the four busiest, then the rest) for the stacked chart of a year."""
    monday = now.date() - timedelta(days=now.weekday())
    starts = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    shown_channels = channels[:4]
    counts: Counter[tuple[Any, str]] = Counter()
    for week in weeks:
        counts[week.week, week.channel if week.channel in shown_channels else "other"] += week.count
    names = [*shown_channels, *(["other"] if any(channel == "other" for _, channel in counts) else [])]
    return {"weeks": starts, "series": [(name, [counts[start, name] for start in starts]) for name in names]}


HANDLERS = [person, traits, consents]
