"""Channels whose connection stays open: every letter is recorded, failures are told, a changed source is begun anew."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hark.events import listening
from hark.events.listening import Listening
from hark.events.sources import pause
from hark.testing.house import House


@pytest.fixture
def ears(post_house: House) -> Iterator[Callable[[], Listening]]:
    """Begins to listen as the process does; the same again is a second process."""
    begun: list[Listening] = []

    def begin() -> Listening:
        one = Listening(post_house.database, post_house.hark.registry, None)
        begun.append(one)
        one.start()
        return one

    yield begin
    for one in begun:
        one.stop()
        one.join(10)


def drop(folder: Path, number: int, text: str = "Hello", **more: Any) -> None:
    said = {"id": f"L{number}", "from": "ann@example.com", "text": text, **more}
    waiting = folder / f"{number:04}.part"
    waiting.write_bytes(msgspec.json.encode(said))
    waiting.rename(folder / f"{number:04}.json")


def wait(happened: Callable[[], Any], seconds: float = 20) -> Any:
    until = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.02)
    return found


def texts(house: House) -> list[str]:
    house.settle()
    return [row["text"] for row in house.query("select text from conversation_message order by position")]


def test_letters_are_taken_in_once_also_by_two_processes(post_house: House, ears: Any, tmp_path: Path) -> None:
    post_house.add_source("letters", plugin="postbox", settings={"folder": str(tmp_path)})
    for number in range(5):
        drop(tmp_path, number, f"Letter {number}", files=[["note.txt", "x"]])
    first, _ = ears(), ears()
    wait(lambda: len(texts(post_house)) == 5)
    first.stop()
    first.join(10)
    drop(tmp_path, 5, "Letter 5")
    wait(lambda: len(texts(post_house)) == 6, 60)

    assert texts(post_house) == [f"Letter {number}" for number in range(6)]
    assert len(post_house.query("select id from conversation")) == 1
    assert len(post_house.query("select id from raw where plugin = 'postbox'")) == 6


def test_a_failure_is_told_and_tried_again(post_house: House, ears: Any, tmp_path: Path) -> None:
    source = post_house.add_source("letters", plugin="postbox", settings={"folder": str(tmp_path)})

    def stands() -> tuple[str, str]:
        with post_house.database.transaction() as tx:
            known = listening.standing(tx, [source.id]).get(source.id)
        return (known.state, known.detail) if known else ("", "")

    (tmp_path / "0001.json").write_text("broken")
    ears()
    wait(lambda: stands() == ("failed", "this letter cannot be read"))
    drop(tmp_path, 1)
    wait(lambda: texts(post_house) == ["Hello"])

    assert stands()[0] == "connected"


def test_a_paused_source_is_not_listened_to_and_a_changed_one_anew(
    post_house: House, ears: Any, tmp_path: Path
) -> None:
    source = post_house.add_source("letters", plugin="postbox", settings={"folder": str(tmp_path)})
    listener = ears()
    wait(lambda: source.id in listener._tasks)
    with post_house.database.transaction() as tx:
        pause(tx, source.id, paused=True)
    wait(lambda: not listener._tasks)
    drop(tmp_path, 1)
    with post_house.database.transaction() as tx:
        pause(tx, source.id, paused=False)

    assert wait(lambda: texts(post_house)) == ["Hello"]
