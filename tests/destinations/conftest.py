"""A log with people in it, a receiver of webhooks that does as it is told, and a clock that can be moved."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from hark.destinations import destination as book
from hark.destinations.deliver import deliver
from hark.destinations.destination import Destination, Wish
from hark.destinations.health import attempts
from hark.destinations.means import Means
from hark.kit.ids import derived
from hark.model import Purpose
from hark.net import Allowed, Guard, Http
from hark.registry import find
from hark.store import Database

PURPOSES = {
    "service": Purpose(name="service", label="", about="", explicit=False),
    "marketing": Purpose(name="marketing", label="", about="", explicit=True),
}


class Receiver:
    """A real HTTP server. `answers` are used up one by one, then `judge` says. `got` are (headers, body) taken."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.judge: Callable[[Any], int] = lambda body: 200
        self.on_request: Callable[[], object] = lambda: None
        self.port = 0
        self.start()

    def start(self) -> None:
        receiver, self.connections = self, list[socket.socket]()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                receiver.connections.append(self.request)
                super().setup()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.on_request()
                status, headers = receiver.answer(dict(self.headers), body)
                self.send_response(status)
                for name, value in {"content-length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """As if it were killed: open connections break."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        status, more = self.answers.pop(0) if self.answers else (self.judge(msgspec.json.decode(body)), {})
        if status == 200:
            self.got.append((headers, body))
        return status, more

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=t0p"

    @property
    def numbers(self) -> list[int]:
        """The property `n` of every event that was taken, in the order of arrival."""
        data = [msgspec.json.decode(body)["data"] for _, body in self.got]
        events = [one for some in data for one in (some if isinstance(some, list) else [some])]
        return [one["event"]["properties"]["n"] for one in events]


class Log:
    """Writes events and people as the path would have left them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.numbers = itertools.count(1)

    def person(self, email: str, *, segments: tuple[str, ...] = (), **consents: bool) -> UUID:
        number = derived("email", email)
        said = {purpose: {"granted": granted} for purpose, granted in consents.items()}
        with self.database.connect() as connection:
            connection.execute(
                "insert into portrait (id, traits, segments, consents) values (%s, %s, %s, %s) on conflict (id) do update"
                " set segments = excluded.segments, consents = excluded.consents",
                (number, _json({"email": email}), list(segments), _json(said)),
            )
            connection.execute(
                "insert into identity (id, kind, value, person, component, first_at, first_source, first_message)"
                " values (%s, 'email', %s, %s, %s, now(), 's', 'm') on conflict do nothing",
                (number, email, number, number),
            )
        return number

    def event(self, name: str = "Order Completed", person: UUID | None = None, **fields: Any) -> UUID:
        event, n = uuid4(), next(self.numbers)
        row = {
            "id": event,
            "name": name,
            "received_at": fields.get("received_at", datetime.now(UTC)),
            "source": fields.get("source", "web"),
            "traits": _json(fields.get("traits", {})),
            "properties": _json({"n": n, **fields.get("properties", {})}),
            "historical": fields.get("historical", False),
        }
        with self.database.connect() as connection:
            (position,) = connection.execute(  # type: ignore[misc]
                "insert into event (id, type, name, at, received_at, source, message_id, identities, traits, properties,"
                " context, channel, historical) values (%(id)s, 'track', %(name)s, %(received_at)s, %(received_at)s,"
                " %(source)s, %(id)s, '[]', %(traits)s, %(properties)s, '{}', 'web', %(historical)s) returning position",
                row,
            ).fetchone()
            if person:
                connection.execute(
                    "insert into timeline (anchor, at, position, name, channel, source)"
                    " values (%s, now(), %s, %s, 'web', 'web')",
                    (person, position, name),
                )
            connection.execute("update cursor set position = %s where name = 'process'", (position,))
        return event


class Outside:
    """The engine with its world: `add` a destination, `deliver` it, look at how it stands."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.later = timedelta()
        self.registry = find()
        self.http = Http(Guard(Allowed(("127.0.0.1",))), patience=2)
        self.means = Means(
            database=database,
            registry=self.registry,
            purposes=PURPOSES,
            http=self.http,
            folder=folder,
            clock=lambda: datetime.now(UTC) + self.later,
            draw=lambda low, high: high,
        )

    def add(self, plugin: str, settings: dict[str, Any], **wish: Any) -> Destination:
        asked = Wish(**{"name": "out", "plugin": plugin, "settings": settings, "beginning": True, **wish})
        with self.means.database.transaction() as tx:
            return book.add(tx, asked, self.registry, self.means.clock())

    def deliver(self, destination: Destination, **given: Any) -> Destination:
        deliver(destination.id, self.means, **given)
        return self.look(destination)

    def look(self, destination: Destination) -> Destination:
        with self.means.database.transaction() as tx:
            return book.get(tx, destination.id)

    def wait(self, seconds: float) -> None:
        self.later += timedelta(seconds=seconds)

    def outcomes(self, destination: Destination) -> list[str]:
        """Of its writes, the oldest first."""
        with self.means.database.transaction() as tx:
            return [row["outcome"] for row in reversed(attempts(tx, destination.id, 1000))]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def log(database: Database) -> Log:
    return Log(database)


@pytest.fixture
def outside(database: Database, tmp_path: Path) -> Iterator[Outside]:
    outside = Outside(database, tmp_path)
    yield outside
    outside.http.close()


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
