"""A running Hark with a source, and a look at what became of what a client sent."""

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from hark.testing.server import Server

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


class Front:
    """What a client needs to send, and what a test needs to see what came of it."""

    def __init__(self, server: Server) -> None:
        self.url = server.url
        self.port = server.port
        self.key = server.add_source("clients")
        self._server = server
        token = server.run("token", "add", "tests", "--scopes", "people:read")
        self._api = httpx.Client(
            base_url=f"{server.url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=10
        )

    def person(self, key: str) -> dict[str, Any] | None:
        reply = self._api.get(f"/people/{quote(key, safe=':')}")
        if reply.status_code == 404:
            return None
        person: dict[str, Any] = reply.raise_for_status().json()
        return person

    def history(self, key: str, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """The person's events, oldest first, once there are so many."""
        until = time.monotonic() + seconds
        events: list[dict[str, Any]] = []
        while time.monotonic() < until:
            reply = self._api.get(f"/people/{quote(key, safe=':')}/events", params={"limit": 100})
            if reply.status_code == 200:
                events = reply.json()["events"]
                if len(events) >= count:
                    break
            time.sleep(0.05)
        self._server.settle()
        assert len(events) == count, f"{key}: {[event['name'] for event in events]} is not {count} events"
        return events[::-1]

    def identities(self, key: str) -> set[tuple[str, str]]:
        person = self.person(key)
        assert person is not None, f"nobody is {key}"
        return {(identity["kind"], identity["value"]) for identity in person["identities"]}


@pytest.fixture(scope="module")
def front(server: Server) -> Front:
    return Front(server)


def need(tool: str, there: bool) -> None:
    """Skip with the name of what is missing; on CI a missing tool is a failure."""
    if there:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{tool} is missing, and CI must not skip what needs it")
    pytest.skip(f"{tool} is missing: run `make tools`")


@pytest.fixture(scope="module")
def node() -> str:
    program = shutil.which("node")
    need("node", program is not None)
    version = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    need(f"node 20 or newer (this is {version})", int(version.removeprefix("v").partition(".")[0]) >= 20)
    need("the npm packages of tests/clients", MODULES.is_dir())
    return str(program)
