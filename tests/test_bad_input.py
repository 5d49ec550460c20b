"""Badly sent requests at a real server: a clear answer, never a 500, nothing lost, and memory that stays bounded."""

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import psutil
import pytest

from hark.testing.server import Server

MEGABYTE = 1_000_000
BOMB = gzip.compress(b"\0" * (1_000 * MEGABYTE), 9)  # one megabyte that unpacks to a thousand
TP2 = "/com.snowplowanalytics.snowplow/tp2"
DOORS = ["/v1/batch", "/v1/track", "/batch/", "/e/", TP2, "/api/s/track", "/v1/events", "/beacon/v1/batch?writeKey=KEY"]


class Sender:
    def __init__(self, server: Server) -> None:
        self.server = server
        self.key = server.add_source("bad input")
        self.token = server.run("token", "add", "bad input", "--scopes", "admin")
        self.client = httpx.Client(base_url=server.url, timeout=30)
        self.sent = 0

    def post(self, path: str, content: Any, **headers: str) -> httpx.Response:
        return self.client.post(
            path.replace("KEY", self.key), content=content, headers={"x-write-key": self.key, **headers}
        )

    def good(self) -> str:
        """An event of a well-behaved neighbour; its message id."""
        self.sent += 1
        name = f"good-{self.sent}"
        reply = self.post(
            "/v1/track", json.dumps({"event": "Viewed", "userId": "neighbour", "messageId": name}).encode()
        )
        assert reply.status_code == 200
        return name

    def count(self) -> int:
        reply = self.client.get("/api/v1/people/user_id:neighbour", headers={"authorization": f"Bearer {self.token}"})
        found: int = reply.json()["counts"]["Viewed"]
        return found


@pytest.fixture(scope="module")
def sender(server: Server) -> Sender:
    return Sender(server)


@pytest.fixture(autouse=True)
def neighbours_are_served(sender: Sender) -> Iterator[None]:
    """After whatever was sent, the next one is served and lost nothing."""
    sender.good()
    yield
    sender.good()
    sender.server.settle()
    assert sender.count() == sender.sent


@pytest.fixture
def memory(sender: Sender) -> Iterator[None]:
    """What the server's Python processes hold does not grow by what was sent at them."""
    before = _memory(sender.server)
    yield
    assert _memory(sender.server) - before < 150 * MEGABYTE


def _memory(server: Server) -> int:
    held = 0
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "hark" in " ".join(words) and process.environ().get("HARK_DATA") == str(server.data):
            held += process.memory_info().rss
    assert held
    return held


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"batch":',
        b"nonsense",
        b"\0",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"text"',
        b"null",
    ],
    ids=["empty", "cut", "cut batch", "words", "nul", "utf-16", "lists", "objects", "text", "null"],
)
def test_broken_json_gets_a_clear_error(sender: Sender, path: str, body: bytes) -> None:
    reply = sender.post(path, body)

    assert reply.status_code in (400, 401), reply.text
    assert {"code", "message", "detail", "msg"} <= reply.json().keys()


@pytest.mark.parametrize(
    ("packed", "status"),
    [
        (b"\x1f\x8b\x08\x00" + b"nonsense", 400),
        (gzip.compress(b'{"batch":[]}')[:-9], 400),
        (gzip.compress(b"{}" * 200)[:20], 400),
        (b"plain", 400),
        (zlib.compress(b'{"batch":[]}'), 400),
        (BOMB, 413),
        (gzip.compress(b'{"batch":[]}') + b"more", 200),
    ],
    ids=["nonsense", "no end", "cut", "not packed", "deflate", "bomb", "trailing"],
)
@pytest.mark.usefixtures("memory")
def test_wrong_gzip(sender: Sender, packed: bytes, status: int) -> None:
    reply = sender.post("/v1/batch", packed, **{"content-encoding": "gzip"})

    assert reply.status_code == status, reply.text


@pytest.mark.usefixtures("memory")
def test_many_bombs(sender: Sender) -> None:
    started = time.monotonic()
    statuses = {sender.post("/e/", BOMB).status_code for _ in range(30)}

    assert statuses == {413}
    assert time.monotonic() - started < 20


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("said", [True, False], ids=["with its length", "in chunks"])
def test_a_body_over_the_limit_is_refused_before_it_is_read(sender: Sender, said: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(60):
            yield b" " * MEGABYTE

    content: Any = b" " * (60 * MEGABYTE) if said else pieces()
    # The server may have answered and hung up while this client is still writing.
    with suppress(httpx.WriteError, httpx.RemoteProtocolError):
        assert sender.post("/v1/batch", content).status_code == 413


def test_wrong_keys(sender: Sender) -> None:
    for key in ("wrong", "x" * 60_000, "\x7f", "a:b:c", "'; drop table source; --", sender.key[:-1], sender.key + "x"):
        reply = sender.post("/v1/track", b'{"event":"Viewed","userId":"stranger"}', **{"x-write-key": key})

        assert reply.status_code in (400, 401, 431), key


@pytest.mark.parametrize(
    "address",
    [
        "/v1/pixel/track?data=%",
        "/v1/pixel/track?data=" + "A" * 20_000,
        "/v1/pixel/track?data=%ff%fe%00",
        "/pixel/v1/track?writeKey=KEY&" + "&".join(f"properties.a.a.a{n}=1" for n in range(500)),
        "/pixel/v1/track?writeKey=KEY&event=E&event.x=1&type=5&properties=1&properties.x=2",
        "/i?aid=KEY&e=ue&ue_px=%ff%00&cx=!!!",
        "/e/?data=eA&compression=lz64",
        "/e/?data=" + "Q" * 8_000 + "&compression=lz64&api_key=KEY",
        "/v1/projects/%00/settings",
        "/v1/projects/..%2f..%2fetc/settings",
        "/array/%22%3E%3Cscript%3E/config.js",
        "/static/array.js",
        "/static/../hark.toml",
    ],
)
def test_strange_addresses(sender: Sender, address: str) -> None:
    reply = sender.client.get(address.replace("KEY", sender.key))

    assert reply.status_code < 500, reply.text


def raw(sender: Sender, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", sender.server.port), timeout=5)
    connection.sendall(data)
    return connection


@pytest.mark.parametrize(
    "lines",
    [
        b"NONSENSE\r\n\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n{}",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n",
        b"POST /v1/track HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
    ],
)
def test_what_is_hardly_http(sender: Sender, lines: bytes) -> None:
    with raw(sender, lines) as connection:
        try:
            said = connection.recv(65_536)
        except (TimeoutError, ConnectionResetError):
            said = b""

    assert b" 500 " not in said.split(b"\r\n")[0]


@pytest.mark.usefixtures("memory")
def test_slow_clients_hold_nobody_up(sender: Sender) -> None:
    """Two hundred that send one byte and wait, while others are served at their usual speed."""
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Write-Key: {sender.key}\r\nContent-Length: 4000000\r\n\r\n{{"
    slow = [raw(sender, head.encode()) for _ in range(200)]
    started = time.monotonic()
    for _ in range(50):
        sender.good()
    took = time.monotonic() - started
    for connection in slow:
        connection.close()

    assert took < 10


def test_a_client_that_goes_away_leaves_nothing_half_there(sender: Sender) -> None:
    body = b'{"event":"Viewed","userId":"neighbour","messageId":"cut"}'
    head = f"POST /v1/track HTTP/1.1\r\nHost: x\r\nX-Write-Key: {sender.key}\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    for _ in range(20):
        raw(sender, head.encode() + body).close()


def test_nothing_of_this_made_the_server_stumble(sender: Sender) -> None:
    assert "Traceback" not in sender.server.log()
