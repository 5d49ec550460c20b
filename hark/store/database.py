"""Connections and transactions: plain psycopg with JSON by msgspec. A transaction is handed in, never found."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolTimeout

from hark.errors import Retry
from hark.store.sql import Query

Row = dict[str, Any]
_encode = msgspec.json.encode


def _dumps(value: Any) -> bytes:
    return _encode(value)


set_json_dumps(_dumps)
set_json_loads(msgspec.json.decode)


class Transaction:
    """One transaction on one connection. Rows come as dicts. Parameters are named (`%(name)s`) and never pasted in."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def all(self, query: Query, /, **values: Any) -> list[Row]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.text, values).fetchall()

    def tuples(self, query: Query, /, **values: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            return cursor.execute(query.text, values).fetchall()

    def packed(self, query: Query, /, **values: Any) -> list[tuple[Any, ...]]:
        """As `tuples`, read in PostgreSQL's binary form: for steps that read thousands of ids and times a second."""
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(query.text, values).fetchall()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is run inside goes to the server in one go, without waiting for each answer; what failed is raised at the
        end. `run` then does not know how many rows it touched. There is no COPY inside."""
        with self.connection.pipeline():
            yield

    def ask(self, query: Query, /, **values: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """As `packed`, but the rows are fetched by calling what is returned: `together` several are asked at once."""
        cursor = self.connection.cursor(binary=True)
        cursor.execute(query.text, values)
        return cursor.fetchall

    def one(self, query: Query, /, **values: Any) -> Row | None:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.text, values).fetchone()

    def value(self, query: Query, /, **values: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        with self.connection.cursor() as cursor:
            row = cursor.execute(query.text, values).fetchone()
            return row[0] if row else None

    def run(self, query: Query, /, **values: Any) -> int:
        """How many rows it touched."""
        with self.connection.cursor() as cursor:
            return cursor.execute(query.text, values).rowcount

    def copy(self, query: Query, rows: Iterable[Sequence[Any]], types: Sequence[str] | None = None) -> None:
        """Send rows by COPY … FROM STDIN; `types` names the columns' types where the values leave a doubt."""
        with self.connection.cursor() as cursor, cursor.copy(query.text) as copy:
            if types:
                copy.set_types(list(types))
            for row in rows:
                copy.write_row(row)

    def stream(self, query: Query, /, size: int = 2000, **values: Any) -> Iterator[Row]:
        """Rows by a server-side cursor: for walks over a whole table."""
        with self.connection.cursor(name=f"hark_{query.name}", row_factory=dict_row) as cursor:
            cursor.itersize = size
            yield from cursor.execute(query.text, values)

    def notify(self, channel: str, payload: str = "") -> None:
        self.connection.execute("select pg_notify(%s, %s)", (channel, payload))


class Database:
    """The pool of connections of one process. `url` is a libpq address."""

    def __init__(self, url: str, *, most: int = 8, name: str = "hark") -> None:
        self.url = url
        self.pool: ConnectionPool[psycopg.Connection[Mapping[str, Any]]] = ConnectionPool(
            url,
            min_size=1,
            max_size=most,
            open=False,
            timeout=10,
            kwargs={"application_name": name, "autocommit": False},
        )

    def open(self) -> "Database":
        self.pool.open(wait=False)
        return self

    def close(self) -> None:
        self.pool.close()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commits at the end, rolls back on any error. Retry where the database cannot be reached."""
        try:
            with self.pool.connection() as connection:
                yield Transaction(connection)
        except (PoolTimeout, psycopg.errors.AdminShutdown, psycopg.errors.CannotConnectNow) as error:
            raise Retry("the database does not answer; is it running, and is HARK_DATABASE_URL right?") from error

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        """A connection of one's own, for LISTEN and for locks that outlive a transaction."""
        return psycopg.connect(self.url, autocommit=autocommit)
