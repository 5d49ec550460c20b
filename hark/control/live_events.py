"""Live events: what arrives, as it arrives, with what was refused and why; for whoever connects a client right now."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from hark.events import arrivals, heard
from hark.events import sources as rooms
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, page, shows

MOST = 60


class Signal(Struct, frozen=True, kw_only=True):
    """A line of the feed: an event, or a refusal with its reason."""

    key: str
    at: datetime
    event: heard.Heard | None = None
    refusal: arrivals.Refusal | None = None


@shows("/live-events", right=Right.EVENTS_READ)
def live_events(request: Ask, form: Form, database: Database) -> Answer:
    """`source`, `name` and `identity` filter; `only` is "" for all, "events" or "refused"."""
    chosen = {name: form.text(name, most=300) for name in ("source", "name", "identity", "only")}
    with database.transaction() as tx:
        everyone = rooms.all_sources(tx)
        names = heard.names(tx)
        signals = _signals(tx, chosen)
    by_id = {source.id: source.name for source in everyone} | {rooms.OWN.id: rooms.OWN.name}
    return page(
        request,
        "control/live_events.html",
        signals=signals,
        chosen=chosen,
        names=names,
        source_names=by_id,
        source_choices=sorted(by_id.items(), key=lambda pair: pair[1].lower()),
    )


@shows("/live-events/{id:uuid}", right=Right.EVENTS_READ)
def one_event(request: Ask, id: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        whole = heard.one(tx, id)
        name = next((one.name for one in rooms.all_sources(tx) if one.id == whole.event.source), whole.event.source)
    return page(request, "control/event.html", whole=whole, event=whole.event, source_name=name)


def _signals(tx: Transaction, chosen: dict[str, str]) -> list[Signal]:
    signals: list[Signal] = []
    if chosen["only"] != "refused":
        found = heard.newest(
            tx,
            MOST,
            source=chosen["source"] or None,
            name=chosen["name"] or None,
            identity=chosen["identity"] or None,
        )
        signals += [Signal(key=str(event.position), at=event.received_at, event=event) for event in found]
    if chosen["only"] != "events" and not chosen["name"] and not chosen["identity"]:
        refused = arrivals.refusals(tx, MOST, source=chosen["source"] or None)
        signals += [Signal(key=f"r{one.id}", at=one.at, refusal=one) for one in refused]
    return sorted(signals, key=lambda signal: signal.at, reverse=True)[:MOST]


HANDLERS = [live_events, one_event]
