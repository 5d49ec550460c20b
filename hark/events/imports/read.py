"""Reads CSV, JSON lines, Parquet and Excel as columns and rows, a row at a time, whatever their encoding and delimiter."""

import codecs
import csv
import gzip
import io
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID
from zipfile import BadZipFile

import msgspec
from msgspec import Struct

from hark.errors import Rejected
from hark.kit.text import clean

csv.field_size_limit(min(sys.maxsize, 10_000_000))
SAMPLE = 500  # rows by which columns and their meaning are guessed
FORMATS = ("csv", "jsonl", "parquet", "excel")
_DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
Row = list[Any] | str  # text stands for a line that is no row


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a file is read: found by `look`, changed by whoever knows better, kept with the import."""

    format: str  # csv | jsonl | parquet | excel
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None


def look(path: Path, format_: str | None = None, name: str | None = None) -> Reading:
    """Find out how to read the file. Rejected where it is none of the forms we read."""
    form = format_ or _format(path, name or path.name)
    if form in ("parquet", "excel"):
        return Reading(format=form)
    encoding = _encoding(path)
    if form == "jsonl":
        return Reading(format=form, encoding=encoding)
    with _text(path, encoding) as file:
        lines = list(islice(file, 50))
    return Reading(format=form, encoding=encoding, delimiter=_delimiter(lines))


def checked(given: dict[str, Any]) -> Reading:
    """A reading that somebody changed by hand. Rejected says what is wrong with it."""
    try:
        reading = msgspec.convert(given, Reading)
        codecs.lookup(reading.encoding)
    except (msgspec.ValidationError, LookupError, ValueError) as error:
        raise Rejected(f"the file cannot be read like this: {error}", 422) from None
    if reading.format not in FORMATS or len(reading.delimiter) != 1 or reading.delimiter in '\r\n\0"':
        raise Rejected(f"a file is read as {', '.join(FORMATS)}, its cells parted by one sign", 422)
    return reading


def columns_of(path: Path, reading: Reading) -> list[str]:
    """The columns' names; of JSON lines those that the first rows have."""
    if reading.format == "csv":
        with _text(path, reading.encoding) as file:
            header = next(csv.reader(file, delimiter=reading.delimiter), None)
        return _names(header)
    if reading.format == "parquet":
        return [clean(name) for name in _parquet(path).schema_arrow.names]
    if reading.format == "excel":
        return _names(next(_excel(path, reading), None))
    found: dict[str, None] = {}
    for item in islice(_objects(path, reading), SAMPLE):
        if isinstance(item, dict):
            found.update(dict.fromkeys(item))
    if not found:
        raise Rejected("no line of it holds a JSON object")
    return list(found)


def pieces(path: Path, reading: Reading, size: int) -> Iterator[tuple[list[str], list[Row]]]:
    """The rows in pieces of `size`, each with its columns (JSON lines may bring new ones at any line)."""
    if reading.format == "jsonl":
        objects = _objects(path, reading)
        while items := list(islice(objects, size)):
            yield _square(items)
        return
    columns = columns_of(path, reading)
    rows = {"csv": _csv, "parquet": _parquet_rows, "excel": _excel_rows}[reading.format](path, reading)
    while piece := list(islice(rows, size)):
        yield columns, piece


def count(path: Path, reading: Reading) -> int | None:
    """How many rows there are, where that is quick to know; else None."""
    if reading.format == "parquet":
        return int(_parquet(path).metadata.num_rows)
    if reading.format == "excel":
        return None
    lines = 0
    with _bytes(path) as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
    return max(0, lines - (reading.format == "csv"))


def _format(path: Path, name: str) -> str:
    suffix = name.lower().removesuffix(".gz").rpartition(".")[2]
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return "parquet"
    if start == b"PK\x03\x04" or suffix in ("xlsx", "xlsm"):
        return "excel"
    if start == b"\xd0\xcf\x11\xe0":
        raise Rejected("this is an Excel file of before 2007; save it as .xlsx or .csv")
    with _bytes(path) as unpacked:
        first = unpacked.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not first:
        raise Rejected("the file is empty")
    if first[:1] == b"[":
        raise Rejected("this is one JSON list; write one object a line (jq -c '.[]' FILE)")
    return "jsonl" if suffix in ("jsonl", "ndjson", "json") or first[:1] == b"{" else "csv"


def _bytes(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_bytes(path), encoding=encoding, errors="replace", newline="")


def _encoding(path: Path) -> str:
    """UTF-8 where the whole file is, UTF-16 by its mark, else the code page of western spreadsheets."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _bytes(path) as file:
        block = file.read(1 << 20)
        for mark, encoding in _BOMS:
            if block.startswith(mark):
                return encoding
        try:
            while block:
                decoder.decode(block)
                block = file.read(1 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _delimiter(lines: list[str]) -> str:
    """The one that cuts the lines into the most cells, equally many in most of them."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        most = max(set(widths), key=widths.count, default=1)
        return (widths.count(most) / len(widths) if most > 1 else 0.0, most)

    return max(_DELIMITERS, key=score)


def _names(header: list[Any] | None) -> list[str]:
    """The header as names that differ: an empty one gets its letter, a second "Name" becomes "Name (2)"."""
    if not header or all(cell is None or not str(cell).strip() for cell in header):
        raise Rejected("its first line names no columns")
    names: list[str] = []
    for number, cell in enumerate(header, 1):
        name = clean(str(cell if cell is not None else "").strip()) or f"column {number}"
        again = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({again + 1})" if again else name)
    return names


def _csv(path: Path, reading: Reading) -> Iterator[Row]:
    with _text(path, reading.encoding) as file:
        rows = csv.reader(file, delimiter=reading.delimiter)
        next(rows, None)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield f"line {rows.line_num}: {error}"
                continue
            if row:
                yield row


def _objects(path: Path, reading: Reading) -> Iterator[dict[str, Any] | str]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with _text(path, reading.encoding) as file:
        for line in file:
            if not (line := line.strip()):
                continue
            try:
                yield _flat(decode(line))
            except (msgspec.DecodeError, RecursionError):
                yield clean(line[:10_000])


def _flat(item: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """{"address": {"city": …}} has the column `address.city`."""
    flat: dict[str, Any] = {}
    for name, value in item.items():
        if isinstance(value, dict) and value and depth < 4:
            flat |= _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _square(items: list[dict[str, Any] | str]) -> tuple[list[str], list[Row]]:
    columns = list(dict.fromkeys(name for item in items if isinstance(item, dict) for name in item))
    return columns, [item if isinstance(item, str) else [item.get(name) for name in columns] for item in items]


def _parquet(path: Path) -> Any:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except pyarrow.ArrowException as error:
        raise Rejected(f"it is no Parquet file that can be read: {error}") from None


def _parquet_rows(path: Path, reading: Reading) -> Iterator[Row]:
    for batch in _parquet(path).iter_batches(batch_size=2000):
        cells = [[_plain(value) for value in column.to_pylist()] for column in batch.columns]
        yield from (list(row) for row in zip(*cells, strict=True))


def _excel(path: Path, reading: Reading) -> Iterator[list[Any]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError, KeyError, ValueError) as error:
        raise Rejected(f"it is no Excel file that can be read: {error}") from None
    if reading.sheet and reading.sheet not in book.sheetnames:
        raise Rejected(f"it has no sheet {reading.sheet!r}; it has {', '.join(book.sheetnames)}")
    sheet = book[reading.sheet] if reading.sheet else book.worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        if any(cell is not None for cell in row):
            yield [_plain(cell) for cell in row]


def _excel_rows(path: Path, reading: Reading) -> Iterator[Row]:
    rows = _excel(path, reading)
    width = len(next(rows, []))
    for row in rows:
        yield row[:width] + [None] * (width - len(row))


def _plain(value: Any) -> Any:
    """A value of a typed file as JSON has it."""
    convert = _PLAIN.get(type(value))
    return value if convert is None else convert(value)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    datetime: lambda value: value.isoformat(),
    date: lambda value: value.isoformat(),
    time: lambda value: value.isoformat(),
    timedelta: lambda value: value.total_seconds(),
    Decimal: lambda value: float(value),
    UUID: str,
    bytes: lambda value: b64encode(value).decode(),
    float: lambda value: value if abs(value) < 1.8e308 else None,
    list: lambda value: [_plain(item) for item in value],
    dict: lambda value: {str(key): _plain(item) for key, item in value.items()},
}
