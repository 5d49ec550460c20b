"""Live updates: whoever says how far they have seen hears of what is newer, once, and of nothing older."""

import asyncio

import pytest

from hark.store import Database
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own
from hark.web import live, static
from hark.web.live import Live


def test_who_is_behind_hears_at_once_and_who_is_not_waits(database: Database) -> None:
    async def story() -> list[tuple[int, int]]:
        heard = Live(database)
        heard.move(7)
        first = await heard.newer(3, 0)
        waiting = asyncio.create_task(heard.newer(7, 0))
        await asyncio.sleep(0)
        heard.move(5)  # late news of an older position
        heard.move(9)
        return [first, await waiting]

    assert in_a_loop_of_its_own(story()) == [(7, 0), (9, 0)]


def test_silence_is_a_sign_of_life(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT", 0.01)

    assert in_a_loop_of_its_own(Live(database).newer(3, 0)) == (3, 0)


def test_what_changes_beside_the_log_is_told_too(database: Database) -> None:
    async def story() -> tuple[int, int]:
        heard = Live(database)
        waiting = asyncio.create_task(heard.newer(3, 0))
        await asyncio.sleep(0)
        heard.stir()
        return await waiting

    assert in_a_loop_of_its_own(story()) == (3, 1)


def test_a_processed_event_reaches_those_who_listen(database: Database) -> None:
    async def story() -> int:
        heard = Live(database)
        heard.start()
        try:
            for _ in range(100):
                with database.transaction() as tx:
                    tx.notify(live.CHANNEL, "12")
                await asyncio.sleep(0.05)
                if heard.position:
                    break
            return heard.position
        finally:
            await heard.stop()

    assert in_a_loop_of_its_own(story()) == 12


@pytest.mark.parametrize("text", [None, "", "-1", "x", "9" * 30])
def test_a_strange_position_means_the_beginning(text: str | None) -> None:
    assert live._since(text) == 0


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
        for line in text.splitlines():
            if line.startswith("import") and '"./' in line:
                assert f"js/{line.split('./')[1].split(chr(34))[0]}" in scripts, (path, line)
