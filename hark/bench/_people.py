"""Databases full of persons for the benchmarks: filled once through the loader and the path, then kept."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
import psycopg

from hark import app, flow
from hark.config import Config
from hark.events.record import Recording, head_of, own, record, record_own
from hark.events.sources import add_source, all_sources
from hark.kit import clock
from hark.model import Request, Source
from hark.store import Database

BATCH = 20
_HEAD = head_of(Request(method="POST", path="/v1/batch", headers={"content-type": "application/json"}))
_CITIES = ("Lyon", "Turin", "Gent", "Porto", "Graz", "Malmö", "Kraków", "Leeds", "Basel", "Oulu")
_SEGMENTS = {
    "german": 'traits.country = "DE"',
    "buyers": 'count("Order Completed") >= 1',
    "loyal": 'count("Order Completed", 365 days) >= 3',
    "lookers": 'count("Product Viewed") >= 5 and count("Order Completed") = 0',
    "reachable": "traits.email is set",
}


@contextmanager
def filled(folder: Path, persons: int) -> Iterator[tuple[app.Hark, Source]]:
    """Hark over a database with so many persons, each with an e-mail, a device and a few events."""
    config = Config(data=folder / f"people-{persons}")
    with app.database_url(config) as url:
        app.prepare(url)
        hark = app.Hark(config, url)
        source = _source(hark.database)
        done = config.data / "filled"
        if not done.exists():
            _define(hark)
            for start in range(0, persons, 50_000):
                numbers = range(start, min(persons, start + 50_000))
                write(
                    hark.database, source, (event for number in numbers for event in first_events(number)), f"f{start}"
                )
                hark.settle()
                trim(url)
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("vacuum analyze")
            done.touch()
        try:
            yield hark, source
        finally:
            hark.close()


def first_events(number: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(number)
    user, device = f"user-{number}", f"device-{number}"
    yield {"type": "page", "anonymousId": device, "properties": {"path": "/", "title": "Home"}}
    yield {
        "type": "identify",
        "userId": user,
        "anonymousId": device,
        "traits": {
            "email": f"{user}@example.com",
            "name": f"Person {number}",
            "country": chance.choice(("DE", "FR", "IT", "PL", "GB")),
            "city": chance.choice(_CITIES),
        },
    }


def later_events(persons: int, count: int, seed: int, *, scattered: bool = False) -> Iterator[dict[str, Any]]:
    """What comes in on a day: mostly views and tracks of known persons, some orders, some new devices.

    A batch of a browser or a telephone holds what one person did there, a server's holds many persons: here it is half and
    half. `scattered`: every event is somebody else's, which no day is like; nothing that was read helps the next event.
    """
    chance = random.Random(seed)
    own = False
    number = 0
    for nth in range(count):
        if nth % BATCH == 0:
            own, number = not scattered and chance.random() < 0.5, chance.randrange(persons)
        elif not own:
            number = chance.randrange(persons)
        ids = {"userId": f"user-{number}", "anonymousId": f"device-{number}"}
        kind = chance.random()
        if kind < 0.10:
            yield {"type": "identify", **ids, "traits": {"city": chance.choice(_CITIES), "visits": nth}}
        elif kind < 0.35:
            yield {"type": "page", **ids, "properties": {"path": f"/p/{nth % 997}", "title": "A page of the shop"}}
        elif kind < 0.85:
            product = {
                "product_id": f"p{nth % 500}",
                "sku": f"s{nth % 500}",
                "price": 49.9,
                "name": "A kettle with a whistle",
            }
            yield {"type": "track", "event": "Product Viewed", **ids, "properties": product}
        elif kind < 0.97:
            yield {
                "type": "track",
                "event": "App Opened",
                "anonymousId": f"device-{number}",
                "properties": {"version": "5.2"},
            }
        else:
            order = {
                "order_id": f"o{seed}-{nth}",
                "revenue": 149.5,
                "currency": "EUR",
                "products": [{"sku": f"s{nth % 500}", "quantity": 1}],
            }
            yield {"type": "track", "event": "Order Completed", **ids, "properties": order}


def write(database: Database, source: Source, events: Iterator[dict[str, Any]], name: str) -> int:
    """Record events as a client's batches of 20; how many there were."""
    rows, batch, count = [], [], 0
    now = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    context = {"library": {"name": "analytics.js", "version": "2.11"}, "locale": "de-DE", "timezone": "Europe/Berlin"}
    for event in events:
        count += 1
        batch.append({"messageId": f"{name}-{count}", "timestamp": now, "context": context, **event})
        if len(batch) == BATCH:
            rows.append(_row(source, batch, now))
            batch = []
    if batch:
        rows.append(_row(source, batch, now))
    for start in range(0, len(rows), 1000):
        with database.transaction() as tx:
            record(tx, rows[start : start + 1000])
    return count


class Spent(NamedTuple):
    """Seconds: in all, those of the steps, and the processor time of the steps in this process and in PostgreSQL, which
    says something on a busy machine too."""

    seconds: float
    busy: float
    process: float
    server: float


def through(hark: app.Hark) -> Spent:
    """Loader and steps each in a process of its own, as in the server."""
    engines = hark.engines()
    app.calm_collector()
    with hark.database.transaction() as tx:
        server = psutil.Process(tx.connection.info.backend_pid)  # the one connection that the steps use
    process, served = time.process_time(), _processor_time(server)
    started = time.perf_counter()
    loader = subprocess.Popen([sys.executable, "-m", "hark.bench._loader", hark.url, str(hark.config.data)])
    busy = 0.0
    while True:
        turn = time.perf_counter()
        moved = flow.advance(engines)
        if moved:
            busy += time.perf_counter() - turn
        elif loader.poll() is not None and not flow.advance(engines):
            seconds = time.perf_counter() - started
            return Spent(seconds, busy, time.process_time() - process, _processor_time(server) - served)
        else:
            time.sleep(0.002)


def _processor_time(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def trim(url: str) -> None:
    """Raw requests of the filling are not needed for measuring, and they would only fill the disk."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("truncate raw")


def _row(source: Source, batch: list[dict[str, Any]], now: str) -> Recording:
    return Recording(
        received_at=clock.now(),
        source=source.id,
        plugin="segment",
        head=_HEAD,
        body=msgspec.json.encode({"batch": batch, "sentAt": now}),
    )


def _source(database: Database) -> Source:
    with database.transaction() as tx:
        known = [source for source in all_sources(tx) if source.name == "bench"]
        return known[0] if known else add_source(tx, "bench")


def _define(hark: app.Hark) -> None:
    with hark.database.transaction() as tx:
        record_own(
            tx,
            [
                own("segment.defined", by="bench", properties={"name": name, "label": name, "condition": condition})
                for name, condition in _SEGMENTS.items()
            ],
        )
    hark.settle()
