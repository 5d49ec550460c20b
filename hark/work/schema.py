"""The tables of the job library, made and brought up to date from the library's own files; none is copied here."""

from importlib import resources
from typing import Any

import psycopg

from hark.store import Queries, Transaction

queries = Queries(__file__)


def migrate(connection: psycopg.Connection[Any]) -> list[str]:
    """Make the tables, or apply what a newer version of the library brought. Returns the names of what was applied."""
    with connection.transaction():
        tx = Transaction(connection)
        tx.run(queries.hold_key, key="work.migrate")
        tx.run(queries.make_book)
        names = _migrations()
        if not tx.value(queries.has_schema):
            connection.execute(_text("schema.sql"))
            applied = ["schema.sql"]
        else:
            done = {name for (name,) in tx.tuples(queries.applied)}
            applied = [name for name in names if name not in done]
            for name in applied:
                connection.execute(_text(f"migrations/{name}"))
        for name in names:
            tx.run(queries.note, name=name)
        tx.run(queries.make_reasons)
    return applied


def _migrations() -> list[str]:
    folder = resources.files("procrastinate.sql").joinpath("migrations")
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def _text(path: str) -> bytes:
    return resources.files("procrastinate.sql").joinpath(path).read_text("utf-8").encode()
