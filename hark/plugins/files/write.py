"""One file for each group and day: `2026-11-22/00000000000000000101-00000000000000000600.parquet`, named by positions.

A file appears whole or not at all (written aside, then renamed). A group that comes again, whole or cut differently, adds
only the events that are not there yet: the names tell which files to look into.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from hark.plugin import Context, Retry
from hark.plugins.files.config import Config

REPEATABLE = True  # by the event's id

_JSON = ("identities", "traits", "properties", "context")
SCHEMA = pa.schema(
    [
        ("position", pa.int64()),
        ("id", pa.string()),
        ("type", pa.string()),
        ("name", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
        ("received_at", pa.timestamp("us", "UTC")),
        ("source", pa.string()),
        ("channel", pa.string()),
        ("person", pa.string()),
        *((name, pa.string()) for name in _JSON),
    ]
)


def write(contexts: list[Context], config: Config, folder: Path) -> None:
    days: dict[str, list[Context]] = {}
    for context in contexts:
        days.setdefault(context.event.received_at.strftime("%Y-%m-%d"), []).append(context)
    try:
        for day, some in days.items():
            _write_day(folder / day, some, config.form)
    except OSError as error:
        raise Retry(f"{folder} cannot be written: {error.strerror}") from None


def _write_day(folder: Path, contexts: list[Context], form: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    there = _there(folder, contexts[0].event.position, contexts[-1].event.position)
    rows = [row(context) for context in contexts if str(context.event.id) not in there]
    if not rows:
        return
    path = folder / f"{rows[0]['position']:020}-{rows[-1]['position']:020}.{form}"
    _replace(path, pa.Table.from_pylist(rows, schema=SCHEMA))


def forget(persons: frozenset[UUID], config: Config, folder: Path) -> None:
    """Take the persons' events out of every file."""
    ids = pa.array([str(person) for person in persons])
    for path in sorted(path for day in folder.glob("*-*-*") for path in _files(day)):
        table = _read(path)
        kept = table.filter(pyarrow.compute.invert(pyarrow.compute.is_in(table.column("person"), value_set=ids)))
        if kept.num_rows == 0:
            path.unlink()
        elif kept.num_rows < table.num_rows:
            _replace(path, kept)


def _replace(path: Path, table: pa.Table) -> None:
    """The file is there whole or as it was before."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        if path.suffix == ".csv":
            pyarrow.csv.write_csv(table, file)
        else:
            pyarrow.parquet.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    _sync(path.parent)


def row(context: Context) -> dict[str, Any]:
    event = context.event
    return {
        "position": event.position,
        "id": str(event.id),
        "type": event.type,
        "name": event.name,
        "at": event.at,
        "received_at": event.received_at,
        "source": event.source,
        "channel": event.channel,
        "person": str(context.person.id) if context.person else None,
        **{name: msgspec.json.encode(getattr(event, name)).decode() for name in _JSON},
    }


def _there(folder: Path, first: int, last: int) -> set[str]:
    """Ids of events in files whose stretch of the log touches this one."""
    return {number for path in _files(folder) if _touches(path, first, last) for number in _ids(path)}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.name.startswith(".") and path.suffix in (".parquet", ".csv"))


def _touches(path: Path, first: int, last: int) -> bool:
    start, _, end = path.stem.partition("-")
    return start.isdecimal() and end.isdecimal() and int(start) <= last and first <= int(end)


def _ids(path: Path) -> list[str]:
    return [str(number) for number in _read(path).column("id").to_pylist()]


def _read(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_table(path)
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    convert = pyarrow.csv.ConvertOptions(
        column_types=SCHEMA, strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    return pyarrow.csv.read_csv(path, parse_options=parse, convert_options=convert)


def _sync(folder: Path) -> None:
    # The rename itself is durable only when the folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
