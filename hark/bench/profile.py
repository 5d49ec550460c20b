"""The profile API over HTTP, as a shop asks it: by e-mail, by one caller and by eight, beside a route that does nothing."""

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from hark.app import Hark
from hark.bench import Bench, Figure
from hark.bench._people import filled
from hark.kit import clock
from hark.web.tokens import add_token

CALLERS = 8


def run(bench: Bench) -> Iterator[Figure]:
    persons, count = (2_000, 500) if bench.quick else (1_000_000, 5_000)
    with filled(bench.folder, persons) as (hark, _), _served(hark) as (address, token):
        nothing = _times(address, token, lambda: "/health", count)
        chance = random.Random(persons)
        one = _times(address, token, lambda: _path(chance, persons), count)
        many = _together(address, token, persons, count)
    told = f"of one profile by e-mail, {persons:,} persons"
    yield Figure(
        name=f"profile: p50 {told}",
        value=_at(one, 0.50),
        unit="ms",
        ratio=_at(one, 0.50) / _at(nothing, 0.50),
        of="a route that does nothing",
    )
    yield Figure(name=f"profile: p99 {told}", value=_at(one, 0.99), unit="ms")
    yield Figure(name=f"profile: p99 {told}, {CALLERS} at once", value=_at(many, 0.99), unit="ms")


def _together(address: str, token: str, persons: int, count: int) -> list[float]:
    """Eight callers with a pause between their requests, as a site under load and not as fast as can be."""
    times: list[float] = []

    def call(seed: int) -> None:
        chance = random.Random(seed)
        times.extend(_times(address, token, lambda: _path(chance, persons), count // CALLERS, pause=0.02))

    callers = [threading.Thread(target=call, args=(seed,)) for seed in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return sorted(times)


def _times(address: str, token: str, path: Callable[[], str], count: int, pause: float = 0.0) -> list[float]:
    """Milliseconds of each request, sorted."""
    times = []
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {token}"}) as client:
        for _ in range(count):
            asked = path()
            started = time.perf_counter()
            client.get(asked).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
            time.sleep(pause)
    return sorted(times)


def _at(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def _path(chance: random.Random, persons: int) -> str:
    return f"/api/v1/people/email:user-{chance.randrange(persons)}@example.com"


@contextmanager
def _served(hark: Hark) -> Iterator[tuple[str, str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with hark.database.transaction() as tx:
        token, _ = add_token(tx, "bench", ["people:read"], clock.now())
    command = [sys.executable, "-m", "hark.bench._api_server", str(port), str(hark.config.data), hark.url]
    server = subprocess.Popen(command)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address, token
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            httpx.get(f"{address}/health").raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
