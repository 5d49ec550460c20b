"""An installation that has the channel `postbox`, in this process and in servers, and the office that takes its letters."""

import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hark import app
from hark.registry import Plugin, Registry, find
from hark.testing.cluster import Cluster
from hark.testing.house import House

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


class Office:
    """Takes letters over HTTP. `answer` may be changed: the status that the next ones get."""

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.answer = 200
        self.before: Callable[[], None] = lambda: None
        office = self

        class Counter(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                office.before()
                office.letters.append(msgspec.json.decode(body))
                self.send_response(office.answer)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def keys(self) -> list[str]:
        return [letter["key"] for letter in self.letters]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.close()


@pytest.fixture
def post_house(cluster: Cluster, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Iterator[House]:
    """A house with the channel `postbox`."""
    known = find()
    monkeypatch.setattr(app, "find", lambda: Registry({**known.plugins, "postbox": Plugin("hark_postbox")}))
    house = House(database_url, allow_private=("127.0.0.1",))
    yield house
    house.close()


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """The environment of a server in which the package of the channel is installed."""
    about = tmp_path / "site" / "hark_postbox-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: hark-postbox\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[hark.plugins]\npostbox = hark_postbox\n")
    paths = [str(HERE), str(about.parent), str(HERE.parents[1])]
    return {"PYTHONPATH": ":".join(paths), "HARK_ALLOW_PRIVATE": "127.0.0.1"}
