"""How long one event takes while nothing else happens: a real server, one request after the other."""

import random
import time
from collections.abc import Iterator
from typing import NamedTuple

import httpx
import psycopg

from hark.app import Hark
from hark.model import Source
from hark.testing.server import Server

PAUSE = 0.03  # so that everything has come to rest before the next


class Latency(NamedTuple):
    """Seconds since the request was sent: until its answer, and until its event had gone down the whole path."""

    answered: float
    processed: float


def latencies(hark: Hark, source: Source, persons: int, count: int) -> list[Latency]:
    """Of single events of known persons, the first ones left out."""
    server = Server(hark.config.data).start()
    try:
        return list(_measure(hark.url, server.url, source, persons, count + 20))[20:]
    finally:
        server.stop()


def _measure(database: str, address: str, source: Source, persons: int, count: int) -> Iterator[Latency]:
    chance = random.Random(persons)
    with psycopg.connect(database, autocommit=True) as ears, httpx.Client(base_url=address) as client:
        ears.execute("listen hark_done")
        for _ in range(count):
            body = {"userId": f"user-{chance.randrange(persons)}", "event": "Message Written", "properties": {"n": 1}}
            time.sleep(PAUSE)
            list(ears.notifies(timeout=0))
            sent = time.perf_counter()
            client.post("/v1/track", json=body, auth=(source.write_key, "")).raise_for_status()
            answered = time.perf_counter() - sent
            list(ears.notifies(timeout=30, stop_after=1))
            yield Latency(answered, time.perf_counter() - sent)
