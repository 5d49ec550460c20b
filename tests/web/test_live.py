"""Live screens: whoever says how far they have seen hears of what is newer, once, and of nothing that is not theirs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, cast

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hark.kit import clock
from hark.store import Database, Transaction
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own
from hark.web import access, line, live, sessions, static
from hark.web.live import Change, Live, Offer
from hark.web.rights import Right, Role
from hark.web.visitor import Visitor


class Shelf:
    """A toy room: things with a value and the position that changed them last; its feed reads them as rooms do."""

    def __init__(self) -> None:
        self.things: dict[str, tuple[int, int]] = {}
        self.position = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield

    def change(self, *names: str) -> int:
        for name in names:
            self.position += 1
            self.things[name] = (self.things.get(name, (0, 0))[0] + 1, self.position)
        return self.position

    def feed(self, tx: Transaction, after: int, until: int, topics: frozenset[str] | None, limit: int) -> list[Change]:
        rows = sorted((at, name, value) for name, (value, at) in self.things.items() if after < at <= until)
        changes = [Change(f"shelf:{name[0]}", "thing", {"name": name, "value": value}) for at, name, value in rows]
        return [change for change in changes if topics is None or change.topic in topics][:limit]

    def snapshot(self, letter: str) -> dict[str, int]:
        return {name: value for name, (value, _) in self.things.items() if name[0] == letter}

    def live(self) -> Live:
        return Live(cast(Database, self), [Offer({"shelf": Right.HOME}, self.feed)])


class Client:
    """Keeps a snapshot of its topic up to date by what its line says."""

    def __init__(self, live: Live, shelf: Shelf, letter: str) -> None:
        self.live, self.shelf, self.letter = live, shelf, letter
        self.known = shelf.snapshot(letter)
        self.seen = shelf.position
        self.frames: list[dict[str, Any]] = []

    async def connect(self) -> None:
        self.line = self.live.open(self.hear)
        await self.live.watch(self.line, [f"shelf:{self.letter}"], self.seen)

    async def hear(self, text: str) -> None:
        frame = msgspec.json.decode(text)
        self.frames.append(frame)
        if frame.get("reset"):
            self.known, self.seen = self.shelf.snapshot(self.letter), self.shelf.position
        for change in frame["changes"]:
            self.known[change["name"]] = change["value"]
        self.seen = max(self.seen, frame["position"])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.lists(st.sampled_from(["a1", "a2", "a3", "b1", "b2"]), min_size=1, max_size=6)),
        st.tuples(st.sampled_from(["advance", "cut", "return", "pause", "fresh"]), st.just([])),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, bytes_waiting=st.sampled_from([120, 400, 100_000]), most=st.sampled_from([3, 1000]))
def test_a_snapshot_with_its_changes_is_a_fresh_snapshot(
    steps: list[tuple[str, list[str]]], bytes_waiting: int, most: int
) -> None:
    line.MOST_BYTES, live.MOST = bytes_waiting, most
    try:
        in_a_loop_of_its_own(_live_through(steps))
    finally:
        line.MOST_BYTES, live.MOST = 256_000, 2_000


async def _live_through(steps: list[tuple[str, list[str]]]) -> None:
    shelf = Shelf()
    hub = shelf.live()
    client = Client(hub, shelf, "a")
    await client.connect()
    connected = True
    for step, names in steps:
        if step == "change":
            hub.move(shelf.change(*names))
        elif step == "advance":
            await hub.advance()
        elif step == "cut" and connected:
            await hub.close(client.line)
            connected = False
        elif step == "return" and not connected:
            await client.connect()
            connected = True
        elif step == "pause":
            await asyncio.sleep(0)
        elif step == "fresh" and not connected:
            client = Client(hub, shelf, "a")
    if not connected:
        await client.connect()
    await hub.advance()
    for _ in range(20):
        await asyncio.sleep(0.001)
        if client.known == shelf.snapshot("a"):
            break

    assert client.known == shelf.snapshot("a")


def test_one_read_serves_everybody_and_each_gets_their_part() -> None:
    async def story() -> tuple[list[Any], list[Any]]:
        shelf = Shelf()
        hub = shelf.live()
        one, other = Client(hub, shelf, "a"), Client(hub, shelf, "b")
        await one.connect()
        await other.connect()
        hub.move(shelf.change("a1", "b1", "a2"))
        await hub.advance()
        await asyncio.sleep(0.01)
        return one.frames, other.frames

    mine, theirs = in_a_loop_of_its_own(story())

    assert [change["name"] for frame in mine for change in frame["changes"]] == ["a1", "a2"]
    assert [change["name"] for frame in theirs for change in frame["changes"]] == ["b1"]
    assert mine[0]["position"] == 3


def test_who_does_not_read_does_not_fill_our_memory() -> None:
    async def story() -> int:
        shelf = Shelf()
        hub = shelf.live()
        never = asyncio.Event()

        async def send(text: str) -> None:
            await never.wait()

        slow = hub.open(send)
        await hub.watch(slow, ["shelf:a"], 0)
        for _ in range(3000):
            hub.move(shelf.change(*[f"a{n}" for n in range(10)]))
            await hub.advance()
        size = slow._size
        await hub.close(slow)
        return size

    assert in_a_loop_of_its_own(story()) <= line.MOST_BYTES


def test_rights_are_asked_for_every_topic() -> None:
    hub = Shelf().live()

    assert hub.may(Role.AGENT, "shelf:a")
    assert not hub.may(Role.CUSTOMER, "shelf:a")
    assert not hub.may(None, "shelf:a")
    assert not hub.may(Role.OWNER, "nothing:like-it")


def test_a_line_ends_with_the_session_it_belongs_to(house: House) -> None:
    with house.database.transaction() as tx:
        member = access.add_member(
            tx, clock.now(), email="bo@x.example", name="Bo", role=Role.AGENT, password="long enough to pass"
        )
        secret = sessions.open_session(tx, clock.now(), timedelta(hours=1), member=member)
        visitor = sessions.find(tx, secret, clock.now())
    assert visitor

    async def story(visitor: Visitor) -> tuple[bool, bool]:
        hub = Live(house.database)
        hub.start()
        held = hub.open(_nowhere, visitor)
        await hub.look_again()
        before = held.closed
        for _ in range(100):
            await asyncio.sleep(0.02)
            await asyncio.to_thread(_sign_out, house, visitor)
            if held.closed:
                break
        await hub.stop()
        return before, held.closed

    assert in_a_loop_of_its_own(story(visitor)) == (False, True)


def _sign_out(house: House, visitor: Visitor) -> None:
    with house.database.transaction() as tx:
        sessions.close(tx, visitor.session)


async def _nowhere(text: str) -> None:
    return


def test_a_processed_event_reaches_those_who_listen(database: Database) -> None:
    assert in_a_loop_of_its_own(_pages_told(database, live.CHANNEL, "12"))[0]["position"] == 12


def test_what_changes_beside_the_log_is_told_too(database: Database) -> None:
    assert in_a_loop_of_its_own(_pages_told(database, live.STIRRED, ""))[0]["stirred"] is True


async def _pages_told(database: Database, channel: str, payload: str) -> list[Any]:
    hub, heard = Live(database), []

    async def send(text: str) -> None:
        heard.append(msgspec.json.decode(text))

    await hub.watch(hub.open(send), [live.PAGES], 0)
    hub.start()
    try:
        for _ in range(100):
            await asyncio.to_thread(_notify, database, channel, payload)
            await asyncio.sleep(0.05)
            if heard:
                break
        return heard
    finally:
        await hub.stop()


def _notify(database: Database, channel: str, payload: str) -> None:
    with database.transaction() as tx:
        tx.notify(channel, payload)


def test_typing_is_seen_by_the_others_and_by_who_comes_later(database: Database) -> None:
    async def story() -> tuple[list[Any], list[Any], list[Any]]:
        hub = Live(database, [Offer({"shelf": Right.HOME}, Shelf().feed)])
        hub.start()
        heard: list[list[Any]] = [[], [], []]
        lines = [hub.open(_into(list_)) for list_ in heard]
        for one in lines[:2]:
            await hub.watch(one, ["shelf:a"])
        for _ in range(100):
            await hub.tell(lines[0], "shelf:a", "typing")
            await asyncio.sleep(0.05)
            if heard[1]:
                break
        await hub.watch(lines[2], ["shelf:a"])
        await asyncio.sleep(0.05)
        await hub.close(lines[0])
        for _ in range(100):
            await asyncio.sleep(0.02)
            if heard[1][-1]["kind"] == "left":
                break
        await hub.stop()
        return heard[0], heard[1], heard[2]

    own, other, late = in_a_loop_of_its_own(story())

    assert own == []
    assert [other[0]["kind"], other[-1]["kind"]] == ["typing", "left"]
    assert late[0]["kind"] == "typing"


def _into(heard: list[Any]) -> Any:
    async def send(text: str) -> None:
        heard.append(msgspec.json.decode(text))

    return send


def test_static_files_are_kept_for_ever_under_their_name(house: House) -> None:
    kept = house.ask("GET", f"/static/{static.version()}/hark.css")
    old = house.ask("GET", "/static/old/js/hark.js")
    outside = house.ask("GET", "/static/x/..%2f..%2faccess.py")

    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-type"].startswith("text/css")
    assert kept.text.index("@layer tokens, ground") < kept.text.index("--paper")
    assert old.headers["cache-control"] == "no-cache"
    assert outside.status_code == 404


def test_every_script_that_is_imported_is_there() -> None:
    scripts = {path: body.decode() for path, (body, kind) in static._files().items() if kind == "text/javascript"}

    for path, text in scripts.items():
        folder = path.rpartition("/")[0]
        for line_ in text.splitlines():
            if line_.startswith("import") and '"./' in line_:
                assert f"{folder}/{line_.split('./')[1].split(chr(34))[0]}" in scripts, (path, line_)
