"""The ledger beside the database: keyed hashes of who was erased, and when. It brings a restored backup up to date."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from msgspec import Struct

NAME = "erasures.jsonl"


class Entry(Struct, frozen=True, kw_only=True):
    """`identities` are keyed hashes: without the installation's salt nobody can tell whose."""

    id: UUID
    kind: str
    at: datetime
    identities: list[UUID]


def write(folder: Path, entry: Entry) -> None:
    """Append one erasure, and be sure that it is on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("ab") as file:
        file.write(msgspec.json.encode(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[Entry]:
    if not path.exists():
        return []
    decode = msgspec.json.Decoder(Entry).decode
    return [decode(line) for line in path.read_bytes().splitlines() if line.strip()]


def missing(entries: Sequence[Entry], known: Sequence[UUID]) -> list[Entry]:
    """Erasures that a database does not know of, because it is older than they are; oldest first."""
    return sorted((entry for entry in entries if entry.id not in set(known)), key=lambda entry: entry.at)
