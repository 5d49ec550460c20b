"""PostgreSQL for tests: one embedded cluster for a run, a fresh migrated database for each test by copying a template."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hark.app import prepare
from hark.store.embedded import Embedded

# A test's data need not survive a power cut; tests of crashes start a cluster of their own.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class Cluster:
    """`new()` gives the address of a fresh database in the shape of this program."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._numbers = itertools.count()
        self._admin("create database template_hark")
        prepare(self._url("template_hark"))
        self._admin("alter database template_hark with is_template true allow_connections false")

    def new(self) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._admin(f"create database {name} template template_hark strategy file_copy")
        return self._url(name)

    def copy(self, url: str) -> str:
        """A database with the same rows as another, to which nobody is connected."""
        name = f"copy_{os.getpid()}_{next(self._numbers)}"
        self._admin(f"create database {name} template {url.split('/')[-1].split('?')[0]} strategy file_copy")
        return self._url(name)

    def empty(self) -> str:
        """A database with nothing in it."""
        name = f"empty_{os.getpid()}_{next(self._numbers)}"
        self._admin(f"create database {name}")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._admin(f"drop database if exists {url.split('/')[-1].split('?')[0]} with (force)")

    def _url(self, database: str) -> str:
        head, _, query = self._address.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{database}?{query}"

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="hark-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        named = os.environ.get("HARK_POSTGRES_BIN")  # to run the tests on another PostgreSQL
        embedded = Embedded(Path(folder), Path(named) if named else None, settings=_FAST)
        url = embedded.start()
        try:
            yield Cluster(url)
        finally:
            embedded.stop()
