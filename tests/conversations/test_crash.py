"""A real server whose processes are killed while letters come in and answers go out: each message is there once."""

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from hark.testing.server import Server
from tests.conversations.conftest import Office

LETTERS = 12


@pytest.fixture
def mortal(installed: dict[str, str]) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="hark-letters-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data", **installed).start()
        yield server
        server.stop()


def test_killed_again_and_again_every_message_is_there_once_and_sent_once(
    mortal: Server, office: Office, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    headers = {"authorization": f"Bearer {mortal.run('token', 'add', 'tests', '--scopes', 'admin')}"}
    settings = {"folder": str(tmp_path), "url": office.url}
    _add_source(mortal, settings)
    office.before = lambda: time.sleep(0.02)
    for number in range(LETTERS):
        said = {"id": f"L{number}", "from": f"c{number % 3}@example.com", "text": f"Letter {number}"}
        (tmp_path / f"{number:04}.part").write_bytes(msgspec.json.encode(said))
        (tmp_path / f"{number:04}.part").rename(tmp_path / f"{number:04}.json")
        if number % 4 == 1:
            _kill(mortal, chance.choice(["listen", "load", "work"]))
    ask = httpx.Client(base_url=f"{mortal.url}/api/v1", headers=headers, timeout=30)
    _wait(lambda: len(_texts(ask)) == LETTERS)
    ids = [one["conversation"]["id"] for one in ask.get("/conversations").json()["conversations"]]
    for number, id in enumerate(ids * 3):
        key = {"idempotency-key": f"k{number}", "prefer": "respond-async"}
        assert ask.post(f"/conversations/{id}/answer", json={"text": f"Answer {number}"}, headers=key).status_code < 300
        if number % 3 == 0:
            _kill(mortal, "work")
    _wait(lambda: _states(ask, ids) == ["sent"] * 9, 180)

    assert len(ids) == 3
    assert sorted(_texts(ask)) == sorted([f"Letter {n}" for n in range(LETTERS)] + [f"Answer {n}" for n in range(9)])
    assert len(set(office.keys())) == 9, "what came twice came with the same key"
    assert {letter["text"] for letter in office.letters} == {f"Answer {n}" for n in range(9)}


def _add_source(server: Server, settings: dict[str, str]) -> None:
    import psycopg

    from hark.events.sources import add_source
    from hark.store import Transaction
    from hark.store.embedded import Embedded

    with psycopg.connect(Embedded(server.data).url) as connection:
        add_source(Transaction(connection), "letters", plugin="postbox", settings=settings)


def _kill(server: Server, victim: str) -> None:
    number = server.processes().get(victim)
    if number is not None:
        os.kill(number, signal.SIGKILL)


def _messages(ask: httpx.Client, id: str) -> list[dict[str, str]]:
    messages: list[dict[str, str]] = ask.get(f"/conversations/{id}?limit=200").json()["messages"]
    return messages


def _texts(ask: httpx.Client) -> list[str]:
    listed = ask.get("/conversations?limit=200").json()["conversations"]
    return [one["text"] for row in listed for one in _messages(ask, row["conversation"]["id"])]


def _states(ask: httpx.Client, ids: list[str]) -> list[str]:
    return [one["state"] for id in ids for one in _messages(ask, id) if one["direction"] == "out"]


def _wait(happened: Callable[[], bool], seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.2)
