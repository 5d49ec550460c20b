"""hark import: take a file of rows into the log, with a mapping that is guessed and can be changed."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from hark import app, flow
from hark.commands import configuration
from hark.errors import Misconfigured, Rejected
from hark.events.imports import record, report
from hark.events.imports.read import Reading, checked, look
from hark.events.sources import source_named


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="CSV, JSON lines, Parquet or Excel; also packed with gzip")
    parser.add_argument("--source", help="name of the source, made if it is new (default: the name of the file)")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=TARGET[,TARGET]",
        help="what a column means; may be repeated",
    )
    parser.add_argument("--event", help="the event that every row is, where no column tells; '' for rows about people")
    parser.add_argument(
        "--rest", choices=("trait", "property", "ignore"), help="what becomes of columns without a target"
    )
    parser.add_argument("--channel", help="where the rows come from (default crm)")
    parser.add_argument("--time-zone", help="zone of times that name none (default UTC)")
    parser.add_argument("--decimal", choices=(".", ","), help="the decimal sign")
    parser.add_argument("--format", choices=("csv", "jsonl", "parquet", "excel"))
    parser.add_argument("--encoding", help="such as utf-8 or cp1252")
    parser.add_argument("--delimiter")
    parser.add_argument("--sheet", help="name of the sheet of an Excel file")
    parser.add_argument("--dry-run", action="store_true", help="show the mapping and the first rows, record nothing")
    parser.add_argument("--refused", type=Path, metavar="FILE", help="where refused rows go (default FILE.refused.csv)")
    parser.add_argument("--no-wait", action="store_true", help="record, and leave the rest to the running server")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    path: Path = arguments.file
    if not path.is_file():
        raise Misconfigured("FILE", f"there is no file {path}")
    config = configuration(arguments)
    reading = _reading(arguments, look(path, arguments.format))
    with app.database_url(config) as url:
        app.prepare(url)
        hark = app.Hark(config, url, name="hark import")
        try:
            mapping = _mapping(arguments, record.guess(hark.registry, path, reading))
            shown = record.preview(hark.registry, path, reading, mapping)
            if arguments.dry_run:
                _show(reading, mapping, shown)
                return 0
            return _import(hark, arguments, reading, mapping)
        finally:
            hark.close()


def _reading(arguments: argparse.Namespace, found: Reading) -> Reading:
    given = {name: getattr(arguments, name) for name in ("encoding", "delimiter", "sheet")}
    return checked(msgspec.to_builtins(found) | {name: value for name, value in given.items() if value is not None})


def _mapping(arguments: argparse.Namespace, mapping: dict[str, Any]) -> dict[str, Any]:
    for name in ("event", "rest", "channel", "time_zone", "decimal"):
        if (value := getattr(arguments, name)) is not None:
            mapping[name] = value
    for words in arguments.map:
        column, sign, targets = words.rpartition("=")
        if not sign:
            raise Misconfigured("--map", f"{words!r}: write COLUMN=TARGET")
        if column not in mapping["columns"]:
            raise Misconfigured("--map", f"there is no column {column!r}; here are {', '.join(mapping['columns'])}")
        mapping["columns"][column] = [] if targets in ("", "ignore") else targets.split(",")
    return mapping


def _import(hark: app.Hark, arguments: argparse.Namespace, reading: Reading, mapping: dict[str, Any]) -> int:
    path: Path = arguments.file
    with hark.database.transaction() as tx:
        source = source_named(tx, arguments.source or path.name, plugin="rows")
        before = record.same(tx, source=source.id, digest=record.digest_of(path), reading=reading, mapping=mapping)
        if before and before[1] in ("recorded", "failed"):
            identifier = before[0]
            print(f"{path.name} was imported into {source.name} on {before[2]:%Y-%m-%d %H:%M}; nothing changes.")
            return 0 if before[1] == "recorded" else 1
        if before:
            identifier = before[0]
            print("Going on with an import that was interrupted.")
        else:
            identifier = record.draft(
                tx,
                source=source.id,
                path=path,
                name=path.name,
                reading=reading,
                mapping=mapping,
                by="command line",
                state="waiting",
            )
    done = record.record(hark.database, identifier, path, progress=lambda rows: _say(f"recorded {rows:,} rows"))
    if done.state == "failed":
        raise Rejected(f"{path.name}: {done.error}; {done.recorded:,} rows before it were recorded")
    print(f"\rrecorded {done.recorded:,} rows", file=sys.stderr)
    if not arguments.no_wait:
        _work(hark, identifier)
        _tell(hark, identifier, arguments.refused or path.with_name(f"{path.name}.refused.csv"))
    return 0


def _work(hark: app.Hark, identifier: UUID) -> None:
    """Help whoever works on the log; without a server that is this process alone."""
    loader, engines = hark.loader(), hark.engines()
    looked = 0.0
    while True:
        with hark.database.transaction() as tx:
            loaded = loader.load(tx)
        moved = flow.advance(engines)
        if not moved and not (loaded and loaded.raws):
            time.sleep(0.2)
        if time.monotonic() - looked > 1:
            with hark.database.transaction() as tx:
                progress = report.progress(tx, identifier)
            looked = time.monotonic()
            _say(f"known {progress.known:,} of {progress.recorded:,} rows")
            if progress.done:
                print(file=sys.stderr)
                return


def _tell(hark: app.Hark, identifier: UUID, refused: Path) -> None:
    with hark.database.transaction() as tx:
        result = report.report(tx, identifier)
        print(f"{result.accepted:,} new events, {result.repeated:,} rows were here before, {result.refused:,} refused")
        for reason, rows in result.reasons[:10]:
            print(f"  {rows:,} × {reason}")
        if result.refused:
            with refused.open("w", encoding="utf-8", newline="") as file:
                file.writelines(report.refused_csv(tx, identifier))
            print(f"The refused rows are in {refused}: correct them there and import that file.")


def _show(reading: Reading, mapping: dict[str, Any], shown: record.Preview) -> None:
    print(f"format: {reading.format}, encoding {reading.encoding}, delimiter {reading.delimiter!r}")
    options = {name: value for name, value in mapping.items() if name != "columns"}
    print("options:", ", ".join(f"{name} = {value!r}" for name, value in options.items()))
    for column, targets in mapping["columns"].items():
        print(f"  --map '{column}={','.join(targets) or 'ignore'}'")
    print(f"first {len(shown.rows)} rows:")
    for event in shown.events:
        who = ", ".join(f"{one.kind}:{one.value}" for one in event.identities)
        print(f"  {event.at:%Y-%m-%d %H:%M:%S} {event.name} of {who} {_brief(event.traits)} {_brief(event.properties)}")
    for refused in shown.refused:
        print(f"  refused: {refused.reason}")


def _brief(values: dict[str, Any]) -> str:
    return msgspec.json.encode(values).decode() if values else ""


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text}", end="", file=sys.stderr, flush=True)
