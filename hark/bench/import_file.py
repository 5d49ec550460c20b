"""A file of a million rows: how long until it is recorded, and until every row is in the profiles."""

import csv
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from hark import app
from hark.bench import Bench, Figure
from hark.bench._people import through
from hark.config import Config
from hark.events import log
from hark.events.imports import record
from hark.events.imports.read import look
from hark.events.sources import add_source

_HEAD = ("email", "first_name", "last_name", "country", "city", "event", "order_id", "amount", "currency", "ordered_at")


def run(bench: Bench) -> Iterator[Figure]:
    rows = 20_000 if bench.quick else 1_000_000
    file = bench.folder / f"rows-{rows}.csv"
    if not file.exists():
        _write(file, rows)
    data = bench.folder / "import"
    shutil.rmtree(data, ignore_errors=True)  # the same file twice changes nothing, so this one starts empty each time
    config = Config(data=data)
    with app.database_url(config) as url:
        app.prepare(url)
        hark = app.Hark(config, url)
        started = time.perf_counter()
        _record(hark, file)
        recorded = time.perf_counter() - started
        derived = through(hark).seconds
        with hark.database.transaction() as tx:
            known = log.wait_for_cursor(tx, "process")
        hark.close()
    assert known >= rows, f"only {known:,} of {rows:,} rows were processed"
    yield Figure(name=f"import: {rows:,} rows recorded", value=recorded, unit="s")
    yield Figure(
        name=f"import: {rows:,} rows fully derived",
        value=recorded + derived,
        unit="s",
        ratio=(recorded + derived) / recorded,
        of="the recording",
    )
    yield Figure(name="import: rows a second, derived", value=rows / (recorded + derived), unit="rows/s")


def _record(hark: app.Hark, file: Path) -> None:
    reading = look(file, None)
    mapping = record.guess(hark.registry, file, reading)
    with hark.database.transaction() as tx:
        source = add_source(tx, "orders", plugin="rows")
        identifier = record.draft(
            tx,
            source=source.id,
            path=file,
            name=file.name,
            reading=reading,
            mapping=mapping,
            by="bench",
            state="waiting",
        )
    done = record.record(hark.database, identifier, file, progress=lambda rows: None)
    assert done.state == "recorded", done.error


def _write(file: Path, rows: int) -> None:
    chance = random.Random(rows)
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_HEAD)
        for number in range(rows):
            person = chance.randrange(rows // 4)
            day, month = chance.randint(1, 28), chance.randint(1, 12)
            writer.writerow(
                (
                    f"person{person}@example.com",
                    f"First{person % 997}",
                    f"Last{person % 4999}",
                    chance.choice(("DE", "FR", "IT")),
                    chance.choice(("Lyon", "Graz", "Turin")),
                    "Order Completed",
                    f"o-{number}",
                    f"{chance.randint(5, 900)}.{chance.randint(0, 99):02d}",
                    "EUR",
                    f"2025-{month:02d}-{day:02d}T{number % 24:02d}:{number % 60:02d}:00Z",
                )
            )
