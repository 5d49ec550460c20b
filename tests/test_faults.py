"""The database goes away and comes back, the disk is full and is not any more: clear answers meanwhile, nothing lost."""

import json
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from hark.store.embedded import Embedded
from hark.testing.server import Server


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hark-faults-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def track(number: int, text: str = "") -> bytes:
    call = {"event": "Ping", "userId": "u1", "messageId": f"m{number}", "properties": {"text": text}}
    return json.dumps(call).encode()


def in_log(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("select message_id from event where name = 'Ping'").fetchall()
    return sorted(row[0] for row in rows)


def test_the_database_is_gone_for_a_while(folder: Path) -> None:
    database = Embedded(folder / "database")
    url = database.start()
    server = Server(folder / "data", HARK_DATABASE_URL=url).start()
    key = server.add_source("shop")
    answered = []
    with httpx.Client(base_url=server.url, auth=(key, ""), timeout=20) as client:
        try:
            assert client.post("/v1/track", content=track(0)).status_code == 200
            answered.append("m0")
            database.stop()
            gone = {path: client.get(path).status_code for path in ("/health", "/ready", "/", "/api/v1/people")}
            refusal = client.post("/v1/track", content=track(1))
            wrong = client.post("/v1/track", content=track(2), headers={"x-write-key": "wrong"})
            database.start()
            until = time.monotonic() + 30
            while client.post("/v1/track", content=track(1)).status_code != 200:
                assert time.monotonic() < until, server.log()[-2000:]
                time.sleep(0.2)
            answered.append("m1")
            server.settle()

            assert gone["/health"] == 200
            assert gone["/ready"] == 503
            assert max(status for path, status in gone.items() if path != "/ready") in (200, 302, 303, 401, 503)
            assert refusal.status_code == 503
            assert int(refusal.headers["retry-after"]) > 0
            assert refusal.json()["code"] == "unavailable"
            assert wrong.status_code in (401, 503)
            assert set(answered) <= set(in_log(url))
        finally:
            server.stop()
            database.stop()


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="only Linux can limit the files of a running process")
def test_the_disk_is_full_for_a_while(folder: Path) -> None:
    """Files of PostgreSQL may not grow: it sees what it sees on a full disk, an error of writing."""
    server = Server(folder / "data").start()
    url = Embedded(server.data).url
    key = server.add_source("shop")
    with httpx.Client(base_url=server.url, auth=(key, ""), timeout=30) as client:
        try:
            _limit(server, "18000000")
            statuses = {}
            for number in range(40):
                reply = client.post("/v1/track", content=track(number, secrets.token_hex(450_000)))
                statuses[f"m{number}"] = reply.status_code
            _limit(server, "unlimited")
            assert set(statuses.values()) == {200, 503}, statuses
            until = time.monotonic() + 30
            while client.post("/v1/track", content=track(99)).status_code != 200:
                assert time.monotonic() < until, server.log()[-2000:]
                time.sleep(0.2)
            server.settle(60)

            taken = sorted(name for name, status in statuses.items() if status == 200)
            assert in_log(url) == sorted([*taken, "m99"])
        finally:
            server.stop()


def _limit(server: Server, most: str) -> None:
    """Of PostgreSQL's processes; its own account may do that, and not even root where a container forbids it."""
    postmaster = psutil.Process(server.processes()["postgres"])
    for process in (postmaster, *postmaster.children(recursive=True)):
        owner = {"user": process.uids().real, "group": process.gids().real}
        subprocess.run(["prlimit", "--pid", str(process.pid), f"--fsize={most}:"], check=True, **owner)
