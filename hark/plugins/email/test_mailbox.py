"""A real mailbox is followed: every mail is recorded once, whatever the connection and the server's numbers do meanwhile."""

import asyncio
import contextlib
import smtplib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark.plugin import Misconfigured, Retry, Source
from hark.plugins.email import listen as listening
from hark.plugins.email.config import Config, check
from hark.plugins.email.listen import joined, listen, missing
from hark.testing.outside import http, in_a_loop_of_its_own
from hark.testing.postoffice import DOMAIN, Office


def mail(number: int, body: str = "It leaks.") -> bytes:
    return f"From: ann@example.com\nSubject: {number}\nMessage-ID: <{number}@example.com>\n\n{body}\n".encode()


class FakeHost:
    """Keeps what is recorded; `broken` times it fails before it records."""

    def __init__(self) -> None:
        self.recorded: list[tuple[bytes, dict[str, str]]] = []
        self.memory: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []
        self.broken = 0
        self.source = Source(id="src_mail", name="mail", write_key="", plugin="email")
        self.http = http("127.0.0.1")

    async def record(self, body: bytes, *, headers: dict[str, str], path: str = "") -> None:
        if self.broken:
            self.broken -= 1
            raise Retry("the database is away")
        self.recorded.append((body, headers))

    async def recall(self, name: str) -> Any:
        return self.memory.get(name)

    async def keep(self, name: str, value: Any) -> None:
        self.memory[name] = msgspec.json.decode(msgspec.json.encode(value))

    async def tell(self, state: str, detail: str = "") -> None:
        self.told.append((state, detail))

    def subjects(self) -> list[str]:
        return [
            line[9:] for body, _ in self.recorded for line in body.decode().splitlines() if line.startswith("Subject: ")
        ]

    async def has(self, count: int, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while len(self.recorded) < count:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def following(config: Config, host: FakeHost) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(listen(config, host))  # type: ignore[arg-type]
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Retry):
            await task


def config(office: Office, name: str, **more: Any) -> Config:
    return msgspec.convert(office.settings(name, **more), Config)


Story = Callable[[], Coroutine[Any, Any, None]]


def told(story: Story) -> None:
    in_a_loop_of_its_own(story())


def test_what_lies_there_and_what_comes_is_recorded_at_once(office: Office) -> None:
    host, mailbox = FakeHost(), config(office, "idle")
    office.put("idle", mail(1), mail(2))

    async def story() -> None:
        async with following(mailbox, host):
            await host.has(2)
            await asyncio.to_thread(office.put, "idle", mail(3))
            await host.has(3, 10)  # by IDLE, long before the next poll

    told(story)

    assert host.subjects() == ["1", "2", "3"]
    assert host.told[0] == ("connected", "127.0.0.1")
    assert "x-mail-arrived" in host.recorded[0][1]


def test_what_somebody_reads_there_is_recorded_all_the_same_and_stays_unread(office: Office) -> None:
    host = FakeHost()
    office.put("seen", mail(1), mail(2))
    with office.session("seen") as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Seen")

    async def story() -> None:
        async with following(config(office, "seen"), host):
            await host.has(2)

    told(story)

    with office.session("seen") as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "UNSEEN") == ("OK", [b"2"])


def test_it_goes_on_where_it_was(office: Office) -> None:
    host = FakeHost()
    office.put("again", mail(1), mail(2))

    async def story() -> None:
        async with following(config(office, "again"), host):
            await host.has(2)
            while "folder INBOX" not in host.memory:
                await asyncio.sleep(0.02)
        await asyncio.to_thread(office.put, "again", mail(3))
        async with following(config(office, "again"), host):
            await host.has(3)

    told(story)

    assert host.subjects() == ["1", "2", "3"]


def test_the_place_moves_only_behind_what_is_recorded(office: Office) -> None:
    host = FakeHost()
    host.broken = 1
    office.put("broken", mail(1), mail(2))

    async def story() -> None:
        with pytest.raises(Retry):
            await listen(config(office, "broken"), host)  # type: ignore[arg-type]
        assert host.memory == {}
        async with following(config(office, "broken"), host):
            await host.has(2)

    told(story)

    assert host.subjects() == ["1", "2"]


def test_when_the_server_numbers_anew_everything_is_gone_through(office: Office) -> None:
    host = FakeHost()
    office.put("renumbered", mail(1), mail(2))

    async def story() -> None:
        async with following(config(office, "renumbered"), host):
            await host.has(2)
            while "folder INBOX" not in host.memory:
                await asyncio.sleep(0.02)
        before = host.memory["folder INBOX"]["validity"]
        await asyncio.to_thread(office.renumber, "renumbered")
        await asyncio.to_thread(office.put, "renumbered", mail(3))
        async with following(config(office, "renumbered"), host):
            await host.has(5)
        assert host.memory["folder INBOX"]["validity"] != before

    told(story)

    assert sorted(set(host.subjects())) == ["1", "2", "3"]


def test_what_was_missed_is_found_by_the_daily_look(office: Office) -> None:
    host = FakeHost()
    office.put("missed", mail(1), mail(2), mail(3))

    async def story() -> None:
        async with following(config(office, "missed"), host):
            await host.has(3)
            while "folder INBOX" not in host.memory:
                await asyncio.sleep(0.02)
        host.memory["folder INBOX"] |= {"taken": [[1, 1], [3, 3]], "looked_at": "2026-01-01T00:00:00+00:00"}
        async with following(config(office, "missed"), host):
            await host.has(4)

    told(story)

    assert host.subjects() == ["1", "2", "3", "2"]


def test_a_lost_connection_is_told_and_harms_nothing(office: Office) -> None:
    host = FakeHost()
    office.put("lost", mail(1))

    async def story() -> None:
        task = asyncio.create_task(listen(config(office, "lost"), host))  # type: ignore[arg-type]
        await host.has(1)
        while "folder INBOX" not in host.memory:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(office.stop)
        with pytest.raises(Retry):
            await asyncio.wait_for(task, 20)
        await asyncio.to_thread(office.start)
        await asyncio.to_thread(office.put, "lost", mail(2))
        async with following(config(office, "lost"), host):
            await host.has(2)

    told(story)

    assert host.subjects() == ["1", "2"]


def test_a_mail_that_is_too_large_is_left_there_and_told(office: Office) -> None:
    host = FakeHost()
    office.put("large", mail(1, "x\n" * 100_000), mail(2))

    async def story() -> None:
        async with following(config(office, "large", largest=100_000), host):
            await host.has(2)

    told(story)

    (large, headers), (_, others) = host.recorded
    assert int(headers["x-mail-size"]) > 200_000
    assert b"Subject: 1" in large
    assert b"x\r\nx" not in large
    assert "x-mail-size" not in others


def test_several_folders_are_followed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "POLL", 0.2)
    host = FakeHost()
    with office.session("folders") as client:
        client.create("Spam")
    office.put("folders", mail(1))
    office.put("folders", mail(2), folder="Spam")

    async def story() -> None:
        async with following(config(office, "folders", folders="INBOX, Spam"), host):
            await host.has(2)
            await asyncio.to_thread(office.put, "folders", mail(3), folder="Spam")
            await host.has(3)

    told(story)

    assert sorted(host.subjects()) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"folders": "Nowhere"}, "folders"),
        ({"imap_encryption": "starttls"}, None),
        ({"smtp_password": "wrong"}, "password"),
    ],
)
def test_the_test_of_the_connection_names_what_is_wrong(
    office: Office, changed: dict[str, str], field: str | None
) -> None:
    with pytest.raises((Misconfigured, Retry)) as wrong:
        check(config(office, "help", **changed), http("127.0.0.1"))

    assert getattr(wrong.value, "field", None) == field


def test_the_test_of_the_connection_says_what_it_found(office: Office) -> None:
    assert "INBOX holds" in check(config(office, "help"), http("127.0.0.1"))


def test_private_servers_are_refused_unless_the_operator_allowed_them(office: Office) -> None:
    for changed in ({"smtp_host": ""}, {"imap_host": ""}):
        with pytest.raises(Misconfigured, match="allow_private"):
            check(config(office, "help", **changed), http())


def test_an_away_server_is_to_be_tried_again() -> None:
    away = Config(address=f"help@{DOMAIN}", imap_host="127.0.0.1", imap_port=1, imap_encryption="none")
    with pytest.raises(Retry):
        check(away, http("127.0.0.1"))


def test_the_office_itself_delivers(office: Office) -> None:
    with smtplib.SMTP("127.0.0.1", office.smtp) as server:
        server.sendmail("ann@example.com", [f"new@{DOMAIN}"], mail(1))

    with office.session("new") as client:
        assert client.select("INBOX") == ("OK", [b"1"])


@given(st.lists(st.integers(1, 60), max_size=60), st.lists(st.integers(1, 60)))
def test_runs_hold_what_was_taken_and_nothing_else(taken: list[int], there: list[int]) -> None:
    runs: tuple[tuple[int, int], ...] = ()
    for uid in taken:
        runs = joined(runs, uid)

    assert missing(sorted(set(there)), runs) == sorted(set(there) - set(taken))
    assert [uid for first, last in runs for uid in range(first, last + 1)] == sorted(set(taken))
