"""What became of an import: how far it is, what was refused and why, the refused rows as a file."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.events.imports.record import find, queries
from hark.store import Transaction


class Progress(Struct, frozen=True, kw_only=True):
    """Rows of the file: recorded, then loaded into the log, then known (their people's profiles are up to date)."""

    state: str
    total: int | None
    recorded: int
    loaded: int
    known: int

    @property
    def done(self) -> bool:
        return self.state == "recorded" and self.known >= self.recorded


class Report(Struct, frozen=True, kw_only=True):
    """accepted: new events; repeated: rows that were here before; refused: rows that could not become an event."""

    rows: int
    accepted: int
    repeated: int
    refused: int
    reasons: list[tuple[str, int]]


class ListedImport(Struct, frozen=True, kw_only=True):
    id: UUID
    source: str
    source_name: str | None
    file: str
    state: str
    total: int | None
    recorded: int
    error: str | None
    by: str
    created_at: datetime
    ended_at: datetime | None


def progress(tx: Transaction, identifier: UUID) -> Progress:
    found = find(tx, identifier)
    return Progress(
        state=found.state,
        total=found.total,
        recorded=found.recorded,
        loaded=(tx.one(queries.loaded_rows, id=identifier) or {"rows": 0})["rows"],
        known=tx.value(queries.derived_rows, id=identifier),
    )


def report(tx: Transaction, identifier: UUID) -> Report:
    """Complete once everything is loaded; before that, of what is."""
    loaded = (tx.one(queries.loaded_rows, id=identifier) or {"rows": 0})["rows"]
    outcome: dict[str, Any] = tx.one(queries.outcome, id=identifier) or {}
    return Report(
        rows=loaded,
        accepted=outcome["accepted"],
        refused=outcome["refused"],
        repeated=loaded - outcome["accepted"] - outcome["refused"],
        reasons=[(row["reason"], row["rows"]) for row in tx.all(queries.reasons, id=identifier)],
    )


def listed(tx: Transaction, limit: int = 100) -> list[ListedImport]:
    return [ListedImport(**row) for row in tx.all(queries.all_imports, limit=limit)]


def refused_csv(tx: Transaction, identifier: UUID) -> Iterator[str]:
    """The refused rows as CSV: the row's number, the reason, then the cells as they were, to correct and import
    again; `line` holds what was no row at all."""
    columns = list(find(tx, identifier).mapping.get("columns", ()))  # a mapping may leave all to its rest
    yield _line(["row", "reason", *columns, "line"])
    for row in tx.stream(queries.refused_rows, id=identifier):
        item = row["item"] if isinstance(row["item"], dict) else {"line": row["item"]}
        yield _line([row["row"], row["reason"], *(_safe(item.get(column)) for column in [*columns, "line"])])


def _line(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _safe(value: Any) -> Any:
    # A spreadsheet would run a cell that starts like this as a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in "=@" else value
