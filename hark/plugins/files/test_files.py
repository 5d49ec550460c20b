"""Files appear whole, hold what was sent, and the same events again add nothing, however they are cut."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hark.plugin import Context, Event, Identity, Person, Retry
from hark.plugins.files.config import Config, check
from hark.plugins.files.write import forget, write
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.files")

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def contexts(count: int, start: int = 1) -> list[Context]:
    return [
        Context(
            event=Event(
                id=uuid4(),
                type="track",
                name='Order "Completed",\nreally',
                at=NOON,
                received_at=NOON + timedelta(hours=n // 10 * 24),
                source="web",
                message_id=str(n),
                identities=(Identity("email", "ann@example.com"),),
                properties={"total": 12.5, "n": n},
                position=n,
            ),
            person=Person(id=uuid4()),
        )
        for n in range(start, start + count)
    ]


def positions(folder: Path, form: str) -> list[int]:
    return [position for (position,) in ask(f"select position from '{folder}/*/*.{form}' order by position")]


def ask(query: str) -> list[Any]:
    with duckdb.connect() as engine:
        return engine.execute(query).fetchall()


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_day_is_a_folder_and_the_same_events_again_add_nothing(tmp_path: Path, form: str) -> None:
    config = Config(form=form)  # type: ignore[arg-type]
    sent = contexts(25)
    write(sent[:15], config, tmp_path)
    write(sent[5:25], config, tmp_path)
    write(sent[:15], config, tmp_path)

    assert positions(tmp_path, form) == list(range(1, 26))
    assert [day.name for day in sorted(tmp_path.iterdir())] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    rows = ask(f"select name, identities, properties from '{tmp_path}/*/*.{form}' where position = 7")
    assert rows == [('Order "Completed",\nreally', '[["email","ann@example.com"]]', '{"total":12.5,"n":7}')]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 30)), max_size=6))
def test_any_cuts_in_any_order_leave_each_event_once(
    cuts: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, sent = tmp_path_factory.mktemp("cut"), contexts(30)
    for start, size in cuts:
        write(sent[start : start + size], Config(), folder)
    write(sent, Config(), folder)

    assert positions(folder, "parquet") == list(range(1, 31))


def test_half_a_file_of_a_crash_is_never_read(tmp_path: Path) -> None:
    day = tmp_path / "2026-11-22"
    day.mkdir()
    (day / ".00000000000000000001-00000000000000000003.parquet.part").write_bytes(b"PAR1 half")
    write(contexts(3), Config(), tmp_path)

    assert positions(tmp_path, "parquet") == [1, 2, 3]


def test_a_folder_that_cannot_be_written_is_to_be_tried_again(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    with pytest.raises(Retry):
        write(contexts(1), Config(), tmp_path / "taken")


def test_the_test_says_where_files_go(tmp_path: Path) -> None:
    assert str(tmp_path / "new") in check(Config(), tmp_path / "new")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_an_erased_person_is_in_no_file(tmp_path: Path, form: str) -> None:
    config = Config(form=form)  # type: ignore[arg-type]
    sent = contexts(25)
    gone = {context.person.id for context in sent[3:7] + sent[20:] if context.person}
    write(sent[:9], config, tmp_path)
    write(sent[9:19], config, tmp_path)
    write(sent[19:], config, tmp_path)
    forget(frozenset(gone), config, tmp_path)

    assert positions(tmp_path, form) == [n for n in range(1, 26) if n not in (4, 5, 6, 7, 21, 22, 23, 24, 25)]
    texts = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [person for person in gone if str(person).encode() in texts]
    row = ask(f"select properties from '{tmp_path}/*/*.{form}' where position = 1")
    assert row == [('{"total":12.5,"n":1}',)]
