"""REST: files of rows: upload, look at what the columns are taken for, start, watch, fetch what was refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from anyio import open_file
from anyio.to_thread import run_sync
from litestar import Router
from litestar.params import Parameter
from litestar.response import Stream
from msgspec import Meta, Struct

from hark.api.acts import Ask, by
from hark.api.routes import creates, does_now, reads, removes
from hark.config import Config
from hark.errors import Rejected
from hark.events.imports import record, report
from hark.events.imports.read import look
from hark.events.sources import add_source, all_sources
from hark.registry import Registry
from hark.store import Database, Transaction
from hark.web.rights import Right

LARGEST = 2_000_000_000  # bytes of one upload; larger files come in by `hark import`


class Imports(Struct, frozen=True):
    imports: list[report.ListedImport]


class Reason(Struct, frozen=True):
    """Why rows were refused, and how many."""

    reason: str
    rows: int


class ImportShown(Struct, frozen=True, kw_only=True):
    """`mapping` says what each column is taken for; it can be changed until the import is started."""

    id: UUID
    file: str
    source: str
    state: str
    error: str | None
    mapping: dict[str, Any]
    total: int | None
    recorded: int
    loaded: int
    known: int
    accepted: int
    repeated: int
    refused: int
    reasons: list[Reason]


class Start(Struct, frozen=True, kw_only=True):
    """`source` is the name of a source (added where there is none); without `mapping`, the guessed one is used."""

    source: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"[^\s\x00-\x20\x7f-\xa0]")]
    mapping: dict[str, Any] | None = None


@reads("/imports", Right.IMPORTS_READ)
def list_imports(database: Database) -> Imports:
    """Every file that was imported or waits, the newest first."""
    with database.transaction() as tx:
        return Imports(report.listed(tx))


@creates("/imports", Right.IMPORTS_WRITE, sync_to_thread=None, request_max_body_size=LARGEST)
async def upload_import(
    request: Ask,
    database: Database,
    config: Config,
    registry: Registry,
    name: Annotated[str, Parameter(min_length=1, max_length=200, description="The file's name: rows.csv")],
) -> ImportShown:
    """Upload a file (CSV, JSON lines, Parquet, Excel) as the body. Nothing is recorded before it is started."""
    part = record.part_file(config.data)
    try:
        async with await open_file(part, "wb") as target:
            async for piece in request.stream():
                await target.write(piece)
        return await run_sync(_draft, part, name, by(request), database, config, registry)
    finally:
        part.unlink(missing_ok=True)


@reads("/imports/{id:uuid}", Right.IMPORTS_READ, 404)
def show_import(id: UUID, database: Database) -> ImportShown:
    """How far an import is, what came of it, and why rows were refused."""
    with database.transaction() as tx:
        return _shown(tx, id)


@does_now("/imports/{id:uuid}/start", Right.IMPORTS_WRITE, 404, 409)
def start_import(id: UUID, data: Start, database: Database, config: Config, registry: Registry) -> ImportShown:
    """Record the file from now on. The same file with the same mapping again changes nothing: the answer is the import that
    was there, and the draft stays until it is discarded."""
    path = record.keep(config.data, id)
    with database.transaction() as tx:
        found = record.find(tx, id)
        if found.state != "draft":
            raise Rejected("this import was started before", 409)
        mapping = data.mapping or found.mapping
        record.preview(registry, path, found.reading, mapping)
        source = _source(tx, data.source.strip())
        before = record.same(tx, source=source, digest=found.digest, reading=found.reading, mapping=mapping)
        if before and before[1] != "failed":
            return _shown(tx, before[0])
        record.change(tx, id, path, source=source, reading=found.reading, mapping=mapping, start=True)
        return _shown(tx, id)


@removes("/imports/{id:uuid}", Right.IMPORTS_WRITE, 404, 409)
def discard_import(id: UUID, database: Database, config: Config) -> None:
    """Let go of a file that was not started."""
    with database.transaction() as tx:
        if record.find(tx, id).state != "draft":
            raise Rejected("this import was started before", 409)
        record.discard(tx, id, config.data)


@reads("/imports/{id:uuid}/refused.csv", Right.IMPORTS_READ, 404, media_type="text/csv")
def list_refused_rows(id: UUID, database: Database) -> Stream:
    """The refused rows with their reasons, to correct and import again."""
    with database.transaction() as tx:
        record.find(tx, id)

    def lines() -> Iterator[str]:
        with database.transaction() as tx:
            yield from report.refused_csv(tx, id)

    return Stream(lines(), media_type="text/csv")


def _draft(part: Path, name: str, who: str, database: Database, config: Config, registry: Registry) -> ImportShown:
    reading = look(part, name=name)
    with database.transaction() as tx:
        id = record.draft(
            tx,
            source="",
            path=part,
            name=name,
            reading=reading,
            mapping=record.guess(registry, part, reading),
            by=who,
            state="draft",
        )
        part.rename(record.keep(config.data, id))
        return _shown(tx, id)


def _shown(tx: Transaction, id: UUID) -> ImportShown:
    found, far = record.find(tx, id), report.progress(tx, id)
    outcome = report.report(tx, id)
    return ImportShown(
        id=id,
        file=found.file,
        source=found.source,
        state=found.state,
        error=found.error,
        mapping=found.mapping,
        total=found.total,
        recorded=far.recorded,
        loaded=far.loaded,
        known=far.known,
        accepted=outcome.accepted,
        repeated=outcome.repeated,
        refused=outcome.refused,
        reasons=[Reason(reason, rows) for reason, rows in outcome.reasons],
    )


def _source(tx: Transaction, name: str) -> str:
    found = next((source for source in all_sources(tx) if name in (source.name, source.id)), None)
    return (found or add_source(tx, name)).id


IMPORTS = Router(
    path="/",
    tags=["imports"],
    route_handlers=[list_imports, upload_import, show_import, start_import, discard_import, list_refused_rows],
)
