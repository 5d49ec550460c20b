"""Records an import: drafts, previews, and the rows of the file in pieces, each piece a row of `raw`.

How far it came is committed with each piece, so that an interrupted import goes on where it was.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.errors import NotFound, Rejected
from hark.events.imports.read import SAMPLE, Reading, Row, columns_of, count, pieces
from hark.events.record import head_of
from hark.kit import clock
from hark.kit.ids import uuid7
from hark.kit.text import clean
from hark.model import Event, Raw, Refused, Request, Source
from hark.registry import Registry
from hark.store import Database, Queries, Transaction

queries = Queries(__file__)
PIECE = 500  # rows in one row of `raw`
COMMIT = 20  # pieces in one transaction
ENDED = ("recorded", "failed", "stopped")


class Import(Struct, frozen=True, kw_only=True):
    """One file on its way. `mapping` is in the words of the plug-in `rows`."""

    id: UUID
    source: str
    file: str
    digest: str
    reading: Reading
    mapping: dict[str, Any]
    state: str
    total: int | None
    recorded: int
    error: str | None
    by: str
    created_at: datetime
    ended_at: datetime | None


class Preview(Struct, frozen=True, kw_only=True):
    """What the first rows would become."""

    columns: list[str]
    rows: list[Row]
    events: list[Event]
    refused: list[Refused]


def guess(registry: Registry, path: Path, reading: Reading) -> dict[str, Any]:
    """A mapping to start from, with the file's own time for rows that have none."""
    columns, rows = first_rows(path, reading)
    found = registry["rows"].needed("guess").guess(columns, [row for row in rows if isinstance(row, list)])
    mapping: dict[str, Any] = msgspec.to_builtins(found)
    mapping["undated"] = clock.from_milliseconds(int(path.stat().st_mtime * 1000)).isoformat()
    return mapping


def preview(registry: Registry, path: Path, reading: Reading, mapping: dict[str, Any], most: int = 20) -> Preview:
    """The first rows as events, by the very code that will read them all. Rejected where the mapping is wrong."""
    columns, rows = first_rows(path, reading)
    rows = rows[:most]
    raw = Raw(
        id=0,
        received_at=clock.now(),
        source=Source(id="preview", name="preview", write_key=""),
        plugin="rows",
        request=Request(method="IMPORT", path="", body=_body(mapping, columns, rows, 1)),
        imported=True,
    )
    results = list(registry["rows"].needed("receive").receive(raw, {}))
    return Preview(
        columns=columns,
        rows=rows,
        events=[result for result in results if isinstance(result, Event)],
        refused=[result for result in results if isinstance(result, Refused)],
    )


def first_rows(path: Path, reading: Reading) -> tuple[list[str], list[Row]]:
    columns, rows = next(pieces(path, reading, SAMPLE), (columns_of(path, reading), []))
    return columns, rows


def draft(
    tx: Transaction,
    *,
    source: str,
    path: Path,
    name: str,
    reading: Reading,
    mapping: dict[str, Any],
    by: str,
    state: str,
) -> UUID:
    """Remember a file; `state` is "draft" while somebody still looks at it, "waiting" once it shall be recorded."""
    now = clock.now()
    identifier = uuid7(now)
    tx.run(
        queries.add_import,
        id=identifier,
        source=source,
        file=clean(name),
        digest=digest_of(path),
        reading=msgspec.json.encode(reading).decode(),
        mapping=msgspec.json.encode(mapping).decode(),
        state=state,
        total=count(path, reading),
        by=by,
        created_at=now,
    )
    return identifier


def change(
    tx: Transaction,
    identifier: UUID,
    path: Path,
    *,
    source: str,
    reading: Reading,
    mapping: dict[str, Any],
    start: bool,
) -> None:
    """Keep what somebody changed in a draft; with `start` it is recorded from now on."""
    tx.run(
        queries.change_draft,
        id=identifier,
        source=source,
        reading=msgspec.json.encode(reading).decode(),
        mapping=msgspec.json.encode(mapping).decode(),
        total=count(path, reading),
        state="waiting" if start else "draft",
    )
    if start:
        tx.notify("hark_import")


def discard(tx: Transaction, identifier: UUID, folder: Path) -> None:
    """Forget a draft and its file."""
    if tx.run(queries.drop_import, id=identifier):
        keep(folder, identifier).unlink(missing_ok=True)


def same(
    tx: Transaction, *, source: str, digest: str, reading: Reading, mapping: dict[str, Any]
) -> tuple[UUID, str, datetime] | None:
    """An import of the same bytes with the same meaning that was started before: its id, state and time."""
    row = tx.one(
        queries.same_import,
        source=source,
        digest=digest,
        reading=msgspec.json.encode(reading).decode(),
        mapping=msgspec.json.encode(mapping).decode(),
    )
    return (row["id"], row["state"], row["created_at"]) if row else None


def find(tx: Transaction, identifier: UUID) -> Import:
    row = tx.one(queries.find_import, id=identifier)
    if row is None:
        raise NotFound(f"there is no import {identifier}")
    return msgspec.convert(row, Import)


def record(
    database: Database,
    identifier: UUID,
    path: Path,
    *,
    progress: Callable[[int], None] = lambda rows: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Import:
    """Record the rest of the file. Stops between two commits when asked to, and goes on from there next time."""
    with database.transaction() as tx:
        found = find(tx, identifier)
    if found.state in ("recorded", "failed"):
        return found
    try:
        done = found.recorded
        todo = _behind(pieces(path, found.reading, PIECE), done)
        while group := list(islice(todo, COMMIT)):
            if stopping():
                break
            done = _commit(database, found, group, done)
            progress(done)
        else:
            _end(database, identifier, "recorded")
    except (Rejected, OSError, EOFError) as error:
        _end(database, identifier, "failed", str(error))
    with database.transaction() as tx:
        return find(tx, identifier)


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def keep(folder: Path, identifier: UUID) -> Path:
    """Where an uploaded file waits until its rows are recorded."""
    return folder / "imports" / str(identifier)


def part_file(folder: Path) -> Path:
    """A new place for an upload that is still arriving."""
    (folder / "imports").mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "imports" / f"{secrets.token_hex(8)}.part"


def turn(database: Database, folder: Path, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Record the next import that waits, and drop its file: its rows are in the database then. Whether there was one."""
    with database.transaction() as tx:
        waiting = [row[0] for row in tx.tuples(queries.waiting)]
    # Those without a file here are a command line's, which has the file.
    identifier = next((one for one in waiting if keep(folder, one).exists()), None)
    if identifier is None:
        return False
    path = keep(folder, identifier)
    if record(database, identifier, path, stopping=stopping).state in ENDED:
        path.unlink(missing_ok=True)
    return True


def _commit(database: Database, found: Import, group: list[tuple[list[str], list[Row]]], done: int) -> int:
    with database.transaction() as tx:
        row = tx.one(queries.lock_import, id=found.id)
        if row is None or row["recorded"] != done or row["state"] in ENDED:
            raise Rejected("another process is at this import, or it was stopped")
        now = clock.now()
        for columns, rows in group:
            head = head_of(Request(method="IMPORT", path=str(found.id), query={"first": str(done + 1)}))
            body = _body(found.mapping, columns, rows, done + 1)
            raw = tx.value(queries.add_raw, received_at=now, source=found.source, head=head, body=body)
            tx.run(queries.add_piece, **{"import": found.id}, first=done + 1, rows=len(rows), raw=raw)
            tx.run(queries.move_on, id=found.id, rows=len(rows))
            done += len(rows)
        tx.notify("hark_raw")
    return done


def _behind(found: Iterator[tuple[list[str], list[Row]]], done: int) -> Iterator[tuple[list[str], list[Row]]]:
    """What comes behind the rows that are recorded."""
    for columns, rows in found:
        if done >= len(rows):
            done -= len(rows)
            continue
        yield columns, rows[done:]
        done = 0


def _end(database: Database, identifier: UUID, state: str, error: str | None = None) -> None:
    with database.transaction() as tx:
        tx.run(queries.set_state, id=identifier, state=state, error=error)


def _body(mapping: dict[str, Any], columns: list[str], rows: list[Row], first: int) -> bytes:
    return msgspec.json.encode({"mapping": mapping, "columns": columns, "first": first, "rows": rows})
