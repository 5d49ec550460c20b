"""One file for each group and day: `2026-11-22/00000000000000000101-00000000000000000600.parquet`, named by positions.

A file appears whole or not at all (written aside, then renamed). A group that comes again, whole or cut differently, adds
only the events that are not there yet: the names tell which files to look into.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
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
    unfinished = folder / f".{path.name}.part"
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    with unfinished.open("wb") as file:
        if form == "csv":
            pyarrow.csv.write_csv(table, file)
        else:
            pyarrow.parquet.write_table(table, file, compression="zstd")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    _sync(folder)


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
    if path.suffix == ".csv":
        only = pyarrow.csv.ConvertOptions(include_columns=["id"])
        parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
        found = pyarrow.csv.read_csv(path, convert_options=only, parse_options=parse)
    else:
        found = pyarrow.parquet.read_table(path, columns=["id"])
    return [str(number) for number in found.column("id").to_pylist()]


def _sync(folder: Path) -> None:
    # The rename itself is durable only when the folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
