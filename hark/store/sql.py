"""Named queries: a room writes them in its `queries.sql`, each under `-- name: verb_noun`, and calls them by name."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"^--\s*name:\s*(\w+)\s*$", re.MULTILINE)


class Query(NamedTuple):
    name: str
    text: bytes


class Queries:
    """`Queries(__file__)` reads the queries.sql beside that file; `queries.find_person` is then a Query."""

    def __init__(self, beside: str, name: str = "queries.sql") -> None:
        path = Path(beside).with_name(name)
        parts = _NAME.split(path.read_text("utf-8"))
        self._queries = {
            title: Query(title, body.strip().encode()) for title, body in zip(parts[1::2], parts[2::2], strict=True)
        }
        if len(self._queries) != len(parts) // 2:
            raise ValueError(f"{path}: a query name stands there twice")

    def __getattr__(self, name: str) -> Query:
        try:
            return self._queries[name]
        except KeyError:
            raise AttributeError(f"there is no query named {name}") from None

    def __iter__(self) -> Iterator[Query]:
        return iter(self._queries.values())
