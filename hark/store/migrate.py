"""Brings the database to the shape the program expects: numbered files, forward only, each once; then the views.

A room keeps `migrations/NNNN_title.sql` and may keep `views.sql`: read-only views for other rooms and conditions.
"""

from collections.abc import Sequence
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import psycopg

from hark.errors import Misconfigured

LOCK = 0x4861726B  # "Hark": one migrator at a time
_BOOK = """
create table if not exists migration (
  room text not null, name text not null, digest text not null, applied_at timestamptz not null default now(),
  primary key (room, name))
"""


def migrate(connection: psycopg.Connection[Any], rooms: Sequence[str]) -> list[str]:
    """Apply what is missing, room by room in the order given; returns the names of what was applied."""
    applied: list[str] = []
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute(_BOOK)
        done = _done(connection)
        for room in rooms:
            applied += [name for name, text in _files(room) if _apply(connection, room, name, text, done)]
        _views(connection, rooms, done, force=bool(applied))
    return applied


def pending(connection: psycopg.Connection[Any], rooms: Sequence[str]) -> list[str]:
    """Names of migrations that this program has and the database does not."""
    known = connection.execute("select to_regclass('migration')").fetchone()
    done = _done(connection) if known and known[0] else {}
    return [f"{room}/{name}" for room in rooms for name, _ in _files(room) if f"{room}/{name}" not in done]


def _done(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return dict(connection.execute("select room || '/' || name, digest from migration").fetchall())


def _files(room: str) -> list[tuple[str, str]]:
    folder = resources.files(f"hark.{room}").joinpath("migrations")
    if not folder.is_dir():
        return []
    files: list[Traversable] = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(file.name, file.read_text("utf-8")) for file in files]


def _apply(connection: psycopg.Connection[Any], room: str, name: str, text: str, done: dict[str, str]) -> bool:
    digest = sha256(text.encode()).hexdigest()
    before = done.get(f"{room}/{name}")
    if before == digest:
        return False
    if before is not None:
        raise Misconfigured("database", f"migration {room}/{name} was changed after it was applied here; add a new one")
    connection.execute(text.encode())
    connection.execute("insert into migration (room, name, digest) values (%s, %s, %s)", (room, name, digest))
    return True


def _views(connection: psycopg.Connection[Any], rooms: Sequence[str], done: dict[str, str], *, force: bool) -> None:
    for room in rooms:
        file = resources.files(f"hark.{room}").joinpath("views.sql")
        if not file.is_file():
            continue
        text = file.read_text("utf-8")
        digest = sha256(text.encode()).hexdigest()
        if not force and done.get(f"{room}/views.sql") == digest:
            continue
        connection.execute(text.encode())
        connection.execute(
            "insert into migration (room, name, digest) values (%s, 'views.sql', %s)"
            " on conflict (room, name) do update set digest = excluded.digest, applied_at = now()",
            (room, digest),
        )
