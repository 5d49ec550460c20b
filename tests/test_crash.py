"""kill -9 at any moment under load: what was answered is in the log once; what was not is there whole or not at all."""

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from hark.store.embedded import Embedded
from hark.testing.server import Server

VICTIMS = ("web", "load", "work", "postgres", "serve")
BATCH = 7


@pytest.fixture
def mortal() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="hark-crash-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data").start()
        yield server
        server.stop()


class Sender(threading.Thread):
    """A client as they are: one batch at a time, sent again with the same message ids until it is answered with 200."""

    def __init__(self, url: str, key: str, name: str, stopping: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._url, self._key, self._stopping = url, key, stopping
        self.answered: list[str] = []
        self.given_up: list[str] = []

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            number = 0
            while not self._stopping.is_set():
                batch = f"{self.name}-{number}"
                number += 1
                (self.answered if self._send(client, batch) else self.given_up).append(batch)

    def _send(self, client: httpx.Client, batch: str) -> bool:
        events = [
            {"type": "track", "event": "Ping", "messageId": f"{batch}/{n}", "userId": f"{self.name}-user-{n}"}
            for n in range(BATCH)
        ]
        while True:
            try:
                reply = client.post(f"{self._url}/v1/batch", json={"batch": events}, auth=(self._key, ""))
                if reply.status_code == 200:
                    return True
            except httpx.TransportError:
                pass
            if self._stopping.is_set():
                return False
            time.sleep(0.05)


def test_nothing_that_was_answered_is_lost_or_doubled(mortal: Server) -> None:
    key = mortal.add_source("shop")
    stopping = threading.Event()
    senders = [Sender(mortal.url, key, f"sender{n}", stopping) for n in range(4)]
    for sender in senders:
        sender.start()
    try:
        chance = random.Random(20261122)
        for victim in VICTIMS * 2:
            time.sleep(chance.uniform(0.2, 0.9))
            _kill(mortal, victim)
        _until_ready(mortal)
        time.sleep(0.5)
    finally:
        stopping.set()
    for sender in senders:
        sender.join(30)
    mortal.settle(60)

    counts = _events_in_log(mortal)
    answered = [batch for sender in senders for batch in sender.answered]
    unanswered = [batch for sender in senders for batch in sender.given_up]
    assert len(answered) > 20
    assert {batch: counts.get(batch, 0) for batch in answered} == dict.fromkeys(answered, BATCH)
    assert {counts.get(batch, 0) for batch in unanswered} <= {0, BATCH}
    assert set(counts) <= {*answered, *unanswered}


def _kill(server: Server, victim: str) -> None:
    number = server.processes().get(victim)
    if number is None:
        return  # killed a moment ago and not yet back
    if victim == "serve":
        server.kill()
        server.start()
    else:
        os.kill(number, signal.SIGKILL)


def _until_ready(server: Server) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if httpx.get(f"{server.url}/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(server.log()[-3000:])


def _events_in_log(server: Server) -> dict[str, int]:
    """How many events of each batch are in the log, counted with repetition."""
    with psycopg.connect(Embedded(server.data).url) as connection:
        rows = connection.execute(
            "select split_part(message_id, '/', 1), count(*) from event where source <> 'hark' group by 1"
        ).fetchall()
    return dict(rows)
