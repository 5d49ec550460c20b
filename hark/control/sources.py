"""Sources: who sends us events, what arrived, what was refused and why, the raw request, correcting it, sending again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from hark.config import Config
from hark.control.snippets import snippets
from hark.errors import Rejected
from hark.events import accounts, arrivals, heard, listening
from hark.events import sources as rooms
from hark.kit.clock import Clock
from hark.model import Source
from hark.registry import MASK, Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

CHANNELS = ("web", "mobile", "email", "chat", "messaging", "social", "phone", "shop", "crm", "appliance", "server")
ICONS = {"email": "mail", "webchat": "chat"}
HOURS = 24
STEPS = 28  # of six hours: seven days


class Listed(Struct, frozen=True, kw_only=True):
    """A source with what arrived of it in the last day, hour by hour."""

    source: Source
    hours: list[int]
    accepted: int
    duplicate: int
    refused: int


@shows("/sources", right=Right.SOURCES_READ)
def sources(request: Ask, database: Database, clock: Clock) -> Answer:
    now = clock()
    with database.transaction() as tx:
        everyone = rooms.all_sources(tx)
        counts = arrivals.counts(tx, now - timedelta(hours=HOURS))
        standing = listening.standing(tx, [source.id for source in everyone])
    rows = [_listed(source, counts, now) for source in everyone]
    return page(request, "control/sources.html", rows=rows, standing=standing)


@shows("/sources/new", right=Right.SOURCES_WRITE)
def new_source(request: Ask, registry: Registry) -> Answer:
    able = accounts.able(registry)
    return page(request, "control/source_new.html", form=None, errors={}, channels=CHANNELS, accounts=able, icons=ICONS)


@does("/sources/new", right=Right.SOURCES_WRITE)
def add_source(request: Ask, form: Form, database: Database, registry: Registry) -> Answer:
    name = form.text("name", most=200)
    try:
        with database.transaction() as tx:
            source = rooms.add_source(tx, name, channel=_channel(form))
    except Rejected as error:
        form.refuse("name", error.reason)
        return page(
            request,
            "control/source_new.html",
            status=422,
            form=form,
            errors=form.errors,
            channels=CHANNELS,
            accounts=accounts.able(registry),
            icons=ICONS,
        )
    return go(request, f"/sources/{source.id}", f"{source.name} may send now. Paste one of these where it lives.")


@shows("/sources/{source_id:str}", right=Right.SOURCES_READ)
def source(request: Ask, source_id: str, form: Form, database: Database, config: Config, registry: Registry) -> Answer:
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
    may_see = shown(request).may(Right.SOURCES_WRITE)
    if found.plugin == "webchat":
        return go(request, f"/sources/{source_id}/{'chat' if may_see else 'arrived'}")
    if _is_account(registry, found) and registry[found.plugin].part("listen"):
        # It fetches by itself: there is nothing to paste elsewhere.
        return go(request, f"/sources/{source_id}/{'account' if may_see else 'arrived'}")
    url = config.public_url or str(request.base_url).rstrip("/")
    ready = snippets(url, found.write_key if may_see else MASK)
    chosen = next((one for one in ready if one.id == form.text("client")), ready[0])
    return page(
        request,
        "control/source.html",
        tab="connect",
        source=found,
        account=_is_account(registry, found),
        snippets=ready,
        chosen=chosen,
        may_see=may_see,
    )


@shows("/sources/{source_id:str}/arrived", right=Right.SOURCES_READ)
def arrived(request: Ask, source_id: str, database: Database, clock: Clock, registry: Registry) -> Answer:
    now = clock()
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
        counts = arrivals.counts(tx, now - timedelta(hours=HOURS * 7), source_id)
        events = heard.newest(tx, 30, source=source_id) if shown(request).may(Right.EVENTS_READ) else []
    steps = [_start(now) + timedelta(hours=6 * step) for step in range(STEPS)]
    return page(
        request,
        "control/source_arrived.html",
        tab="arrived",
        source=found,
        account=_is_account(registry, found),
        steps=steps,
        days=_days(counts, _start(now)),
        events=events,
    )


@shows("/sources/{source_id:str}/refused", right=Right.EVENTS_READ)
def refused(request: Ask, source_id: str, form: Form, database: Database, registry: Registry) -> Answer:
    words, everything = form.text("q", most=200), form.flag("all")
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
        rows = arrivals.refusals(
            tx, 51, source=source_id, before=form.number("before"), open_only=not everything, words=words or None
        )
    after = f"/sources/{source_id}/refused?before={rows[49].id}" if len(rows) > 50 else ""
    return page(
        request,
        "control/source_refused.html",
        tab="refused",
        source=found,
        account=_is_account(registry, found),
        rows=rows[:50],
        words=words,
        everything=everything,
        after=after,
    )


@shows("/sources/{source_id:str}/settings", right=Right.SOURCES_WRITE)
def source_settings(request: Ask, source_id: str, database: Database, registry: Registry) -> Answer:
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
    return page(
        request,
        "control/source_settings.html",
        tab="settings",
        source=found,
        account=_is_account(registry, found),
        errors={},
        channels=CHANNELS,
    )


@does("/sources/{source_id:str}/settings", right=Right.SOURCES_WRITE)
def change_source(request: Ask, source_id: str, form: Form, database: Database, registry: Registry) -> Answer:
    try:
        with database.transaction() as tx:
            found = rooms.source_by_id(tx, source_id)
            rooms.change_source(tx, source_id, name=form.text("name", most=200), channel=_channel(form))
    except Rejected as error:
        form.refuse("name", error.reason)
        return page(
            request,
            "control/source_settings.html",
            status=422,
            tab="settings",
            source=found,
            account=_is_account(registry, found),
            errors=form.errors,
            channels=CHANNELS,
        )
    return go(request, f"/sources/{source_id}/settings", "Saved.")


@does("/sources/{source_id:str}/pause", right=Right.SOURCES_WRITE)
def pause_source(request: Ask, source_id: str, database: Database) -> Answer:
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
        rooms.pause(tx, source_id, paused=True)
    path = f"/sources/{source_id}"
    return go(request, path, f"{found.name} is paused: what it sends is kept and waits.", undo=f"{path}/resume")


@does("/sources/{source_id:str}/resume", right=Right.SOURCES_WRITE)
def resume_source(request: Ask, source_id: str, database: Database) -> Answer:
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
        rooms.pause(tx, source_id, paused=False)
    return go(request, f"/sources/{source_id}", f"{found.name} goes on; what waited is being loaded.")


@does("/sources/{source_id:str}/rotate", right=Right.SOURCES_WRITE)
def rotate_key(request: Ask, source_id: str, database: Database) -> Answer:
    with database.transaction() as tx:
        found = rooms.source_by_id(tx, source_id)
        rooms.rotate(tx, source_id)
    return go(request, f"/sources/{source_id}", f"{found.name} has a new write key; the old one is refused.")


@does("/sources/{source_id:str}/replay", right=Right.EVENTS_WRITE)
def replay_source(request: Ask, source_id: str, database: Database) -> Answer:
    with database.transaction() as tx:
        rooms.source_by_id(tx, source_id)
        again = arrivals.replay(tx, arrivals.open_raws(tx, source_id))
    return go(request, f"/sources/{source_id}/refused", f"{again} requests are being loaded again.")


@shows("/requests/{number:int}", right=Right.EVENTS_READ)
def recorded(request: Ask, number: int, database: Database) -> Answer:
    with database.transaction() as tx:
        found = arrivals.request(tx, number)
        refusals = arrivals.refusals_of(tx, number)
        name = next((one.name for one in rooms.all_sources(tx) if one.id == found.source), found.source)
    return page(
        request, "control/request.html", found=found, refusals=refusals, source_name=name, pretty=_pretty(found.body)
    )


@does("/requests/{number:int}/replay", right=Right.EVENTS_WRITE)
def replay_request(request: Ask, number: int, database: Database) -> Answer:
    with database.transaction() as tx:
        arrivals.replay(tx, [number])
    return go(request, f"/requests/{number}", "It is being loaded again; what came in before is recognised.")


@does("/requests/{number:int}/correct", right=Right.EVENTS_WRITE)
def correct_request(request: Ask, number: int, form: Form, database: Database) -> Answer:
    body = form.text("body", most=arrivals.SHOWN)
    with database.transaction() as tx:
        copy = arrivals.correct(tx, number, body.encode())
    return go(request, f"/requests/{copy}", "This is the corrected copy; the original stays as it arrived.")


def _is_account(registry: Registry, source: Source) -> bool:
    return accounts.has_settings(registry.plugins.get(source.plugin))


def _pretty(body: str) -> str:
    """Indented where it is JSON: it is to be read, and corrected, by people."""
    try:
        return msgspec.json.format(body, indent=2)
    except msgspec.DecodeError:
        return body


def _channel(form: Form) -> str | None:
    channel = form.text("channel")
    return channel if channel in CHANNELS else None


def _listed(source: Source, counts: Sequence[arrivals.HourOfSource], now: datetime) -> Listed:
    mine = [count for count in counts if count.source == source.id]
    by_hour = {count.hour: count.accepted for count in mine}
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    return Listed(
        source=source,
        hours=[by_hour.get(start + timedelta(hours=hour), 0) for hour in range(HOURS)],
        accepted=sum(count.accepted for count in mine),
        duplicate=sum(count.duplicate for count in mine),
        refused=sum(count.refused for count in mine),
    )


def _start(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=6 * STEPS - 1)


def _days(counts: Sequence[arrivals.HourOfSource], start: datetime) -> dict[str, list[int]]:
    """The last seven days in steps of six hours, for a chart of what was taken, heard before and refused."""
    rows: dict[str, list[int]] = {"accepted": [0] * STEPS, "duplicate": [0] * STEPS, "refused": [0] * STEPS}
    for count in counts:
        step = int((count.hour - start).total_seconds() // 21_600)
        if 0 <= step < STEPS:
            for name, values in rows.items():
                values[step] += getattr(count, name)
    return rows


HANDLERS = [
    sources,
    new_source,
    add_source,
    source,
    arrived,
    refused,
    source_settings,
    change_source,
    pause_source,
    resume_source,
    rotate_key,
    replay_source,
    recorded,
    replay_request,
    correct_request,
]
