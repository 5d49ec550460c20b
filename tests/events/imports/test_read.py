"""Files as people have them: other delimiters and encodings, packed, with a mark, broken in places."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from hark.errors import Rejected
from hark.events.imports.read import Reading, columns_of, count, look, pieces

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: bytes, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def rows(path: Path, reading: Reading | None = None) -> list[object]:
    return [row for _, piece in pieces(path, reading or look(path), 3) for row in piece]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_delimiter_and_encoding(write: Write, delimiter: str, encoding: str) -> None:
    text = '"Prénom";"Note"\r\n"Chloé";"a, b; c"\r\n"Zoé";"two\nlines"\r\n'.replace('";"', f'"{delimiter}"')
    path = write(text.encode(encoding))

    assert columns_of(path, look(path)) == ["Prénom", "Note"]
    assert rows(path) == [["Chloé", "a, b; c"], ["Zoé", "two\nlines"]]


def test_a_packed_file(write: Write) -> None:
    path = write(gzip.compress(b"a,b\n1,2\n"), "people.csv.gz")

    assert rows(path) == [["1", "2"]]
    assert count(path, look(path)) == 1


def test_columns_without_a_name_and_with_the_same_name_are_told_apart(write: Write) -> None:
    path = write(b"Name,,Name\n1,2,3\n")

    assert columns_of(path, look(path)) == ["Name", "column 2", "Name (2)"]


def test_json_lines_bring_their_own_columns(write: Write) -> None:
    path = write(b'{"a":1,"home":{"city":"Lyon"}}\n{broken\n\n{"a":2,"new":[1]}\n', "events.jsonl")
    found = [(columns, piece) for columns, piece in pieces(path, look(path), 2)]

    assert found == [
        (["a", "home.city"], [[1, "Lyon"], "{broken"]),
        (["a", "new"], [[2, [1]]]),
    ]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    table = pyarrow.table({"id": [1, 2], "paid": [Decimal("9.90"), None], "at": [datetime(2024, 1, 1, tzinfo=UTC)] * 2})
    parquet.write_table(table, tmp_path / "orders")
    path = tmp_path / "orders"

    assert look(path).format == "parquet"
    assert count(path, look(path)) == 2
    assert rows(path) == [[1, 9.9, "2024-01-01T00:00:00+00:00"], [2, None, "2024-01-01T00:00:00+00:00"]]


def test_excel_by_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["other"])
    sheet = book.create_sheet("People")
    for row in (["id", "born"], [7, datetime(1990, 5, 4)], [None, None], [8, None]):  # noqa: DTZ001 - as Excel has it
        sheet.append(row)
    path = tmp_path / "people.xlsx"
    book.save(path)

    assert rows(path, Reading(format="excel", sheet="People")) == [[7, "1990-05-04T00:00:00"], [8, None]]
    with pytest.raises(Rejected, match="it has Sheet, People"):
        rows(path, Reading(format="excel", sheet="Absent"))


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.csv", "the file is empty"),
        (b"[{}]", "list.json", "one object a line"),
        (b"\xd0\xcf\x11\xe0old", "old.xls", "before 2007"),
        (b"PAR1 not really", "x.parquet", "no Parquet file that can be read"),
        (b"PK\x03\x04 not really", "x.xlsx", "no Excel file that can be read"),
        (b"not gzip at all \x00\n", "x.csv", None),
    ],
)
def test_what_is_no_table_is_refused_with_a_way_out(
    write: Write, content: bytes, name: str, reason: str | None
) -> None:
    path = write(content, name)
    if reason is None:
        assert rows(path) == []
        return
    with pytest.raises(Rejected, match=reason):
        columns_of(path, look(path))
