"""The guarded client against real sockets: pinned addresses, limits of time and size, errors that say why."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest

from hark.errors import Misconfigured, Rejected, Retry
from hark.net import Allowed, Answer, Guard, Http
from hark.net.http import wait

NOON = "Thu, 01 Jan 2026 12:00:00 GMT"
Talk = Callable[[socket.socket], None]


@pytest.fixture
def listener() -> Iterator[Callable[[Talk], str]]:
    """`listener(talk)` starts a server that speaks bytes as `talk` says, and gives its address."""
    open_sockets: list[socket.socket] = []

    def start(talk: Talk) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        open_sockets.append(server)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        talk(connection)
                    except OSError:
                        pass

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in open_sockets:
        server.close()


def client(**given: Any) -> Http:
    return Http(Guard(Allowed(("127.0.0.1",))), **given)


def test_an_answer_comes_back_whole(listener: Callable[[Talk], str]) -> None:
    url = listener(lambda c: c.sendall(b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nX-A: b\r\n\r\nok"))

    answer = client().post(url, body=b"{}")

    assert (answer.status, answer.body, answer.headers["x-a"], answer.whole) == (201, b"ok", "b", True)


def test_no_address_with_its_query_is_logged(listener: Callable[[Talk], str], caplog: pytest.LogCaptureFixture) -> None:
    url = listener(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"))
    with caplog.at_level("INFO"):
        client().get(f"{url}/?token=secret")

    assert "secret" not in caplog.text


def test_a_private_address_is_refused_with_the_way_out() -> None:
    with pytest.raises(Misconfigured, match=r"127\.0\.0\.1 is not a public address.*allow_private"):
        Http(Guard(Allowed())).get("http://127.0.0.1:8080/")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "//example.com/", "example.com", "http://",
     "", "http://[::1", "http://user:secret@93.184.216.34/", "http://①②⑦.⓪.⓪.①/", "http://127.0.0.1%2f@93.184.216.34/",
     "http://93.184.216.34:25/", "http://93.184.216.34:22/", "http://93.184.216.34:6379@127.0.0.1:6379/", "http://\0/",
     "http://localhost/", "http://LOCALHOST:80/", "http://0/", "http://[::]/", "http://[::ffff:7f00:1]:9000/"],
)  # fmt: skip
def test_an_address_that_is_none_or_not_allowed_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        Http(Guard(Allowed())).get(url)

    assert "secret" not in str(refused.value)


class Watched(httpcore.NetworkBackend):
    """Notes where connections are opened to, and opens none."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def connect_tcp(self, host: str, *args: Any, **named: Any) -> httpcore.NetworkStream:
        self.opened.append(host)
        raise httpcore.ConnectError("no network here")


def test_a_name_that_changes_between_check_and_use_gains_nothing() -> None:
    """DNS rebinding: a public address when first asked, loopback ever after. It is asked once, and that is used."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []

    def lie(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    watched = Watched()
    http = Http(Guard(Allowed(), lie, watched))
    with pytest.raises(Retry):
        http.get("https://rebind.example/hook")
    with pytest.raises(Misconfigured, match="not a public address"):
        http.get("https://rebind.example/hook")

    assert watched.opened == ["93.184.216.34"]
    assert asked == ["rebind.example"] * 2


def test_one_private_address_among_public_ones_spoils_the_name() -> None:
    watched = Watched()
    http = Http(Guard(Allowed(), lambda host, port: ["93.184.216.34", "10.0.0.1"], watched))
    with pytest.raises(Misconfigured):
        http.get("https://both.example/")

    assert watched.opened == []


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    watched = Watched()
    http = Http(Guard(Allowed(), lambda host, port: ["93.184.216.34", "93.184.216.35"], watched))
    with pytest.raises(Retry, match=r"https://two\.example cannot be reached"):
        http.get("https://two.example/path?token=secret")

    assert watched.opened == ["93.184.216.34", "93.184.216.35"]


def test_a_redirect_is_answered_not_followed(listener: Callable[[Talk], str]) -> None:
    reached = threading.Event()
    inner = listener(lambda c: reached.set())
    url = listener(
        lambda c: c.sendall(f"HTTP/1.1 302 Found\r\nlocation: {inner}\r\ncontent-length: 0\r\n\r\n".encode())
    )

    answer = client().get(url)

    assert answer.status == 302
    assert not reached.is_set()


def test_an_endless_answer_is_cut_at_the_limit(listener: Callable[[Talk], str]) -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    answer = client(most=100_000).get(listener(flood))

    assert (len(answer.body), answer.whole) == (100_000, False)


@pytest.mark.parametrize("prefix", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_drips_ends_at_the_deadline(listener: Callable[[Talk], str], prefix: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(prefix)
        while True:
            connection.sendall(b"H")
            time.sleep(0.05)

    url, began = listener(drip), time.monotonic()
    with pytest.raises(Retry, match=r"did not answer within 0\.4 s"):
        client(patience=0.4).get(url)

    assert time.monotonic() - began < 5


def test_a_connection_that_breaks_is_to_be_tried_again(listener: Callable[[Talk], str]) -> None:
    with pytest.raises(Retry):
        client().get(listener(lambda c: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nha")))
    with pytest.raises(Retry):
        client().get(listener(lambda c: c.sendall(b"\x00\x01\x02 not http at all\r\n\r\n")))


@pytest.mark.parametrize(
    ("status", "error"),
    [(500, Retry), (503, Retry), (429, Retry), (404, Retry), (401, Retry), (302, Retry), (400, Rejected),
     (413, Rejected), (422, Rejected), (410, Misconfigured), (301, Misconfigured), (308, Misconfigured)],
)  # fmt: skip
def test_a_status_says_what_to_do(status: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        Answer(status=status, headers={"location": "https://new.example"}, body=b"no").succeeded()


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    with pytest.raises(Retry) as busy:
        Answer(status=429, headers={"retry-after": "17"}, body=b"").succeeded()

    assert busy.value.after == 17
    assert wait("Thu, 01 Jan 2026 12:01:00 GMT", NOON) == 60
    assert wait("Thu, 01 Jan 1970 00:00:00 GMT", NOON) == 0
    assert wait("99999999999") == 6 * 3600
    assert wait("nan", NOON) is None
    assert wait("soon", NOON) is None


def test_other_protocols_ask_for_the_checked_address() -> None:
    http = Http(Guard(Allowed(("db.internal",)), lambda host, port: ["10.0.0.5"]))

    assert http.address("db.internal", 5432) == "10.0.0.5"
    with pytest.raises(Misconfigured):
        http.address("other.internal", 5432)
