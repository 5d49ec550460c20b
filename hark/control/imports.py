"""Imports: upload a file, look at what Hark takes its columns for, start, watch it come in, fetch what was refused."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile
from litestar.response import Stream

from hark.config import Config
from hark.errors import HarkError, Misconfigured, Rejected
from hark.events.imports import record, report
from hark.events.imports.read import Reading, Row, checked, look
from hark.events.sources import all_sources, source_named
from hark.registry import Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

LARGEST = 2_000_000_000  # bytes of one upload; larger files come in by `hark import`
OPTIONS = ("event", "channel", "time_zone", "decimal", "rest")


@shows("/imports", right=Right.IMPORTS_READ)
def imports(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        rows = report.listed(tx)
    return page(request, "control/imports.html", rows=rows, errors={})


@does("/imports", right=Right.IMPORTS_WRITE, request_max_body_size=LARGEST)
def upload(request: Ask, form: Form, database: Database, config: Config, registry: Registry) -> Answer:
    """The file goes to disk as it arrives, and waits there until somebody has said what its columns mean."""
    file = form.file("file")
    try:
        if file is None:
            raise Rejected("choose a file first")
        identifier = _draft(request, file, database, config, registry)
    except HarkError as error:
        form.refuse("file", str(error))
        with database.transaction() as tx:
            rows = report.listed(tx)
        return page(request, "control/imports.html", rows=rows, errors=form.errors, status=422)
    return go(request, f"/imports/{identifier}")


@shows("/imports/{identifier:uuid}", right=Right.IMPORTS_READ)
def one(request: Ask, identifier: UUID, database: Database, config: Config, registry: Registry) -> Answer:
    with database.transaction() as tx:
        found = record.find(tx, identifier)
    if found.state == "draft":
        return _ask(request, found, record.keep(config.data, identifier), registry, database)
    with database.transaction() as tx:
        how_far, result = report.progress(tx, identifier), report.report(tx, identifier)
        source = next((source for source in all_sources(tx) if source.id == found.source), None)
    return page(request, "control/import.html", found=found, how_far=how_far, result=result, source=source)


@does("/imports/{identifier:uuid}", right=Right.IMPORTS_WRITE)
def change(
    request: Ask, identifier: UUID, form: Form, database: Database, config: Config, registry: Registry
) -> Answer:
    """Keep what was changed; with the button "start" it is recorded from now on."""
    path = record.keep(config.data, identifier)
    with database.transaction() as tx:
        found = record.find(tx, identifier)
    try:
        reading = _reading(form, found.reading)
    except Rejected as error:
        return _ask(request, found, path, registry, database, errors={"mapping": str(error)})
    mapping = _mapping(form, found.mapping) if reading == found.reading else record.guess(registry, path, reading)
    wanted = msgspec.structs.replace(found, mapping=mapping, reading=reading)
    try:
        record.preview(registry, path, reading, mapping)
    except (Rejected, Misconfigured) as error:
        form.refuse("mapping", str(error))
        return _ask(request, wanted, path, registry, database, errors=form.errors)
    start = form.text("act") == "start"
    with database.transaction() as tx:
        source = source_named(tx, form.text("source") or found.file, plugin="rows").id
        before = record.same(tx, source=source, digest=found.digest, reading=reading, mapping=mapping)
        if start and before and before[1] != "failed":
            record.discard(tx, identifier, config.data)
            return go(request, f"/imports/{before[0]}", "This file was imported before: nothing changes.")
        record.change(tx, identifier, path, source=source, reading=reading, mapping=mapping, start=start)
    return go(request, f"/imports/{identifier}")


@does("/imports/{identifier:uuid}/discard", right=Right.IMPORTS_WRITE)
def discard(request: Ask, identifier: UUID, database: Database, config: Config) -> Answer:
    with database.transaction() as tx:
        record.discard(tx, identifier, config.data)
    return go(request, "/imports", "The file is gone; nothing of it was recorded.")


@shows("/imports/{identifier:uuid}/refused.csv", right=Right.IMPORTS_READ)
def refused(identifier: UUID, database: Database) -> Stream:
    """The refused rows, to correct and import again."""
    with database.transaction() as tx:
        record.find(tx, identifier)

    def lines() -> Any:
        with database.transaction() as tx:
            yield from report.refused_csv(tx, identifier)

    name = f'attachment; filename="refused-{identifier}.csv"'
    return Stream(lines(), media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


def _draft(request: Ask, file: UploadFile, database: Database, config: Config, registry: Registry) -> UUID:
    part = record.part_file(config.data)
    try:
        with part.open("wb") as target:
            shutil.copyfileobj(file.file, target, 1 << 20)
        reading = look(part, name=file.filename)
        visitor = shown(request).visitor
        with database.transaction() as tx:
            identifier = record.draft(
                tx,
                source="",
                path=part,
                name=file.filename[:200],
                reading=reading,
                mapping=record.guess(registry, part, reading),
                by=visitor.name if visitor else "",
                state="draft",
            )
            part.rename(record.keep(config.data, identifier))
        return identifier
    finally:
        part.unlink(missing_ok=True)


def _ask(
    request: Ask,
    found: record.Import,
    path: Path,
    registry: Registry,
    database: Database,
    errors: dict[str, str] | None = None,
) -> Answer:
    """The draft: what each column means, and what the first rows become by that."""
    preview: record.Preview | None = None
    columns: list[tuple[str, list[Any]]] = []
    try:
        columns = _beside(*record.first_rows(path, found.reading))
        preview = None if errors else record.preview(registry, path, found.reading, found.mapping, most=8)
    except (HarkError, OSError) as error:
        errors = {"mapping": str(error)} | (errors or {})
    with database.transaction() as tx:
        names = [source.name for source in all_sources(tx)]
        source = next((source.name for source in all_sources(tx) if source.id == found.source), found.file)
    return page(
        request,
        "control/import_draft.html",
        found=found,
        columns=columns,
        preview=preview,
        errors=errors or {},
        source=source,
        source_names=names,
        kinds=sorted(registry.kinds()),
        status=422 if errors else 200,
    )


def _beside(names: list[str], rows: list[Row]) -> list[tuple[str, list[Any]]]:
    """Each column with the first values that are not empty."""
    whole = [row for row in rows[:40] if isinstance(row, list) and len(row) == len(names)]
    return [(name, [row[n] for row in whole if row[n] not in (None, "")][:3]) for n, name in enumerate(names)]


def _mapping(form: Form, before: dict[str, Any]) -> dict[str, Any]:
    mapping = dict(before)
    columns = dict(before["columns"])
    for number, column in enumerate(list(columns)):
        if f"target-{number}" in form:
            words = form.text(f"target-{number}").replace(";", ",").split(",")
            columns[column] = [word.strip() for word in words if word.strip() and word.strip() != "ignore"]
    mapping["columns"] = columns
    return mapping | {name: form.text(name) for name in OPTIONS if name in form}


def _reading(form: Form, before: Reading) -> Reading:
    given = {name: form.text(name) for name in ("encoding", "delimiter", "sheet") if form.text(name)}
    if given.get("delimiter") == "tab":
        given["delimiter"] = "\t"
    return checked(msgspec.to_builtins(before) | given)


HANDLERS = [imports, upload, one, change, discard, refused]
