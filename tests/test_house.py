"""The house keeps its shape: names, sizes, whose tables are whose, everything documented."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import hark
from hark.cli import COMMANDS
from hark.config import Config
from hark.flow import ROOMS

ROOT = Path(hark.__file__).resolve().parents[1]
HARK = ROOT / "hark"
CODE = ("*.py", "*.js", "*.css", "*.html", "*.sql")
# What says nothing about what lies in it.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc", "lib"}


def _files(*patterns: str) -> Iterator[Path]:
    for folder in (HARK, ROOT / "tests"):
        for pattern in patterns:
            for path in folder.rglob(pattern):
                if "node_modules" not in path.parts:
                    yield path


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in _files(*CODE)}

    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_names_say_what_lies_there() -> None:
    empty = [
        path.relative_to(ROOT) for path in _files(*CODE) if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES
    ]

    assert empty == []


def test_every_file_says_what_lives_there() -> None:
    silent = [
        path.relative_to(ROOT) for path in _files("*.py") if not path.read_text("utf-8").lstrip().startswith('"""')
    ]

    assert silent == []


def test_sql_stands_in_sql_files() -> None:
    """A room's Python names queries; only the store and what measures or tests may write a statement."""
    allowed = {"store", "testing", "bench", "plugins", "work"}
    statement = re.compile(r"""["'](select|insert into|update|delete from|create table|truncate)\s""", re.IGNORECASE)
    found = [
        f"{path.relative_to(HARK)}: {match.group(0)}"
        for path in HARK.rglob("*.py")
        if path.relative_to(HARK).parts[0] not in allowed
        for match in statement.finditer(path.read_text("utf-8"))
    ]

    assert found == []


def _tables(room: str) -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in (HARK / room / "migrations").glob("*.sql"))
    return set(re.findall(r"create (?:unlogged )?table (?:if not exists )?(\w+)", text))


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_owner_of_a_table_writes_it(room: str) -> None:
    others = {table for other in ROOMS if other != room for table in _tables(other)}
    writing = re.compile(r"\b(?:insert into|update|delete from|truncate(?: table)?|copy)\s+(\w+)", re.IGNORECASE)
    text = "\n".join(path.read_text("utf-8") for path in (HARK / room).rglob("*.sql") if "migrations" not in path.parts)

    assert set(writing.findall(text)) & others == set()


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    missing = [field.name for field in msgspec.structs.fields(Config) if f"`{field.name}`" not in text]

    assert missing == []


def test_every_command_is_documented() -> None:
    text = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"`hark {name}" not in text] == []


def test_the_architecture_page_stays_one_that_is_read() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text("utf-8").splitlines()) <= 200


def test_every_room_says_what_lives_in_it() -> None:
    rooms = [path for path in HARK.iterdir() if path.is_dir() and (path / "migrations").is_dir() and path.name in ROOMS]

    assert [room.name for room in rooms if not (room / "README.md").is_file()] == []


def test_nothing_of_a_third_party_is_committed() -> None:
    built = [path.relative_to(ROOT) for path in _files("*.min.js", "*.min.css", "*.whl", "*.so", "*.onnx", "*.woff2")]

    assert built == []
