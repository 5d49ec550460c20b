"""The reverse feed of a real server that is killed again and again: nothing is lost, and what may be double is known."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from hark.testing.server import Server

EVENTS = 200


@pytest.fixture
def own_server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="hark-crash-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data", HARK_ALLOW_PRIVATE="127.0.0.1").start()
        yield server
        server.stop()


def test_killed_again_and_again_every_event_still_arrives_in_order(own_server: Server, receiver: Any) -> None:
    server = own_server
    key = server.add_source("shop")
    headers = {"authorization": f"Bearer {server.run('token', 'add', 'tests', '--scopes', 'admin')}"}
    body = {"name": "hook", "plugin": "webhook", "settings": {"url": receiver.url}}
    made = httpx.post(f"{server.url}/api/v1/destinations", json=body, headers=headers).json()
    receiver.on_request = lambda: time.sleep(0.005)
    batch = [
        {"type": "track", "userId": "ann", "event": "Viewed", "messageId": str(n), "properties": {"n": n}}
        for n in range(EVENTS)
    ]
    httpx.post(f"{server.url}/v1/batch", json={"batch": batch}, auth=(key, ""))
    for part in (1, 2):
        _wait(lambda part=part: len(receiver.got) > part * EVENTS // 4)
        server.kill()
        server.start()
    _wait(lambda: len(receiver.numbers) >= EVENTS and receiver.numbers[-1] == EVENTS - 1)
    attempts = httpx.get(f"{server.url}/api/v1/destinations/{made['id']}/attempts?limit=500", headers=headers).json()

    first = list(dict.fromkeys(receiver.numbers))
    assert first == list(range(EVENTS))
    doubled = len(receiver.numbers) - EVENTS
    unknown = [one for one in attempts["attempts"] if one["outcome"] == "unknown"]
    assert doubled <= len(unknown) <= 2
    numbers = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(numbers)) == EVENTS, "what came twice came with the same key"
    assert {msgspec.json.decode(body)["type"] for _, body in receiver.got} == {"Viewed"}


def _wait(happened: Any, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.02)
