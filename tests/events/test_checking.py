"""Files are looked at by something that speaks as ClamAV does; what it finds is held back until it is released."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from uuid import UUID

import pytest

from hark.errors import Misconfigured, Retry
from hark.events import checking, files
from hark.kit.clock import now
from hark.model import Attached
from hark.net.clamav import scan
from hark.testing.desk import Desk
from hark.testing.house import House
from hark.web.rights import Role

# The harmless text that every scanner takes for a virus, put together here so that none takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.BaseRequestHandler):
    """The INSTREAM command as clamd documents it: pieces with their length, an empty one at the end."""

    def handle(self) -> None:
        assert self._read(10) == b"zINSTREAM\0"
        body = b""
        while (length := struct.unpack("!I", self._read(4))[0]) and len(body) < 1_000_000:
            body += self._read(length)
        if len(body) >= 1_000_000:
            said = b"INSTREAM size limit exceeded. ERROR\0"
        else:
            said = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"
        self.request.sendall(said)

    def _read(self, count: int) -> bytes:
        read = b""
        while len(read) < count and (more := self.request.recv(count - len(read))):
            read += more
        return read


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", None),
        (b"clean" * 50_000, None),
        (b"x" * 70_000 + EICAR, "Eicar-Test-Signature"),
        (b"x" * 3_000_000, "too large"),
    ],
)
def test_it_says_what_it_found(clamd: str, body: bytes, found: str | None) -> None:
    said = scan(clamd, body)

    assert said == found if found is None else found in (said or "")


def test_one_that_is_away_is_waited_for_and_a_wrong_place_is_a_setting() -> None:
    with pytest.raises(Retry):
        scan("127.0.0.1:1", b"x")
    with pytest.raises(Retry):
        scan("/nowhere/clamd.sock", b"x")
    with pytest.raises(Misconfigured, match="clamav"):
        scan("localhost", b"x")


def message_with(house: House, body: bytes) -> tuple[UUID, str]:
    """A mail with a file; its message and the file's id."""
    house.add_source("help@", plugin="email", settings={"address": "help@tidewell.example"})
    key = next(row["write_key"] for row in house.query("select write_key from source where plugin = 'email'"))
    head = b"From: ann@example.com\r\nContent-Type: application/zip; name=bill.zip\r\n\r\n"
    house.post("/v1/mail", head + body, key=key)
    house.settle()
    (row,) = house.query("select id, files from conversation_message")
    return row["id"], row["files"][0]["id"]


def test_without_one_files_count_as_good(house: House) -> None:
    _, file = message_with(house, b"PK")
    checking.turn(house.database, None)

    with house.database.transaction() as tx:
        assert files.state(tx, file) == "ok"


def test_what_it_finds_is_held_back_until_somebody_releases_it(house: House, bo: Desk, clamd: str) -> None:
    message, file = message_with(house, EICAR)
    while checking.turn(house.database, clamd):
        pass
    path = f"/messages/{message}/files/{file}"
    held = bo.get(path).status_code
    by_agent = bo.as_(Role.AGENT).post(f"{path}/release").status_code
    bo.post(f"{path}/release")
    again = bo.post(f"{path}/release").status_code

    assert (held, by_agent, again) == (403, 403, 422)
    assert bo.get(path).content.endswith(EICAR)
    assert house.query("select state from file") == [{"state": "released"}]


def test_what_is_held_back_says_so_in_the_thread(house: House, bo: Desk, clamd: str) -> None:
    message_with(house, EICAR)
    while checking.turn(house.database, clamd):
        pass
    (row,) = house.query("select conversation from conversation_message")

    assert "held back" in bo.get(f"/conversations/{row['conversation']}").text


def test_the_same_bytes_again_stay_held_back(house: House, clamd: str) -> None:
    _, file = message_with(house, EICAR)
    while checking.turn(house.database, clamd):
        pass
    with house.database.transaction() as tx:
        files.put(tx, [Attached(name="x", media_type="x/y", body=EICAR)], now(), state="unchecked")
    checking.turn(house.database, clamd)

    with house.database.transaction() as tx:
        assert files.state(tx, file) == "quarantined"
