"""The door: events a second that are durable before their answer, beside the same route that stores nothing and the same
COPY without HTTP; the delay at half of that load; and how long the whole server takes to load what piled up."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg

from hark import app
from hark.bench import Bench, Figure
from hark.bench._load import request
from hark.config import Config
from hark.events.record import Recording, queries
from hark.events.sources import add_source
from hark.kit import clock
from hark.store import Database

BATCH = 20
CONNECTIONS = 64


def run(bench: Bench) -> Iterator[Figure]:
    seconds = 2.0 if bench.quick else 10.0
    config = Config(data=bench.folder / "door")
    with app.database_url(config) as url:
        app.prepare(url)
        key = _fresh_source(url)
        with _door(url, "nothing") as port:
            nothing = _load(port, key, seconds, BATCH)
        with _door(url, "store") as port:
            batches = _load(port, key, seconds, BATCH)
            singles = _load(port, key, seconds, 1)
            half = _load(port, key, seconds, BATCH, rate=_rate(batches) / 2)
        copied = _copy(url, key, seconds)
        rate = _rate(batches) * BATCH
        yield Figure(name="door: batches of 20, durable before the answer", value=rate, unit="events/s")
        yield Figure(name="door: p50 under full load", value=batches["p50"] * 1000, unit="ms")
        yield _against("door: the same route storing nothing", rate, _rate(nothing) * BATCH)
        yield _against("door: the same COPY without HTTP", rate, copied)
        yield Figure(name="door: single events", value=_rate(singles), unit="events/s")
        yield Figure(name="door: p50 at half of the load", value=half["p50"] * 1000, unit="ms")
        yield Figure(name="door: p99 at half of the load", value=half["p99"] * 1000, unit="ms")
        yield from _drain(config, url, key, seconds)


def _drain(config: Config, url: str, key: str, seconds: float) -> Iterator[Figure]:
    """What piled up in a burst, loaded into the log by one loader."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("truncate raw, message, event, refusal, arrival")
    with _door(url, "store") as port:
        burst = _load(port, key, seconds / 2, BATCH)
    hark = app.Hark(config, url)
    loader = hark.loader()
    started, events = time.perf_counter(), 0
    while True:
        with hark.database.transaction() as tx:
            loaded = loader.load(tx)
        if not loaded or not loaded.raws:
            break
        events += loaded.events
    took = time.perf_counter() - started
    hark.close()
    assert events == burst["events"], f"{burst['events']} events were answered, {events} are in the log"
    yield Figure(name="loader: events into the log", value=events / took, unit="events/s")
    yield Figure(
        name="loader: time to drain a burst",
        value=took,
        unit="s",
        ratio=took / burst["seconds"],
        of="the burst's length",
    )


def _fresh_source(url: str) -> str:
    database = Database(url, most=1).open()
    with database.transaction() as tx:
        source = add_source(tx, f"bench {time.time_ns()}")
        tx.connection.execute("truncate raw, message, event, refusal, arrival")
    database.close()
    return source.write_key


@contextmanager
def _door(url: str, mode: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen([sys.executable, "-m", "hark.bench._door_server", str(port), url, mode])
    try:
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.025)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def _load(port: int, key: str, seconds: float, batch: int, rate: float = 0.0) -> dict[str, Any]:
    words = [port, key, seconds, CONNECTIONS, batch, rate]
    done = subprocess.run(
        [sys.executable, "-m", "hark.bench._load", *map(str, words)], capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = msgspec.json.decode(done.stdout)
    assert not result["refused"], f"{result['refused']} requests were refused"
    return result


def _copy(url: str, key: str, seconds: float) -> float:
    """Events a second when the same rows are copied in groups of 32 by one connection, a commit for each group."""
    head, _, body = request(key, BATCH).partition(b"\r\n\r\n")
    row = Recording(
        received_at=clock.now(), source="bench", plugin="segment", head=head[:300], body=body, state=1
    ).row()
    rows = 0
    with psycopg.connect(url) as connection:
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            with connection.cursor() as cursor, cursor.copy(queries.copy_raw.text) as copy:
                copy.set_types(("timestamptz", "text", "text", "bool", "int2", "bytea", "bytea"))
                for _ in range(32):
                    copy.write_row(row)
            connection.commit()
            rows += 32
        return rows * BATCH / (time.perf_counter() - started)


def _rate(result: dict[str, Any]) -> float:
    return float(result["requests"] / result["seconds"])


def _against(name: str, rate: float, other: float) -> Figure:
    return Figure(name=name, value=other, unit="events/s", ratio=rate / other, of="the door durable over this")
