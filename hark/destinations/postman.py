"""Goes round the destinations that have something to do, each on a thread of its own, so that a slow one stops nobody."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg

from hark.destinations.deliver import deliver
from hark.destinations.destination import queries
from hark.destinations.means import Means
from hark.errors import Retry
from hark.events import log as events
from hark.store import Transaction

log = logging.getLogger(__name__)
THREADS = 4  # destinations served at the same moment


class Postman:
    """`turn()` starts what is due and returns at once. Across processes a destination is served by one at a time: its
    lock belongs to this postman's own connection and falls with it."""

    def __init__(self, means: Means, deliver: Callable[..., None] = deliver) -> None:
        self.means = means
        self._deliver = deliver
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="destination")
        self._busy: set[UUID] = set()
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._locks: psycopg.Connection[Any] | None = None

    def turn(self) -> bool:
        """Always False: there is nothing more to do at once; whoever calls waits for news or a moment."""
        with self.means.database.transaction() as tx:
            due = [row["id"] for row in tx.all(queries.due, now=self.means.clock(), processed=events.processed(tx))]
        for number in due:
            with self._guard:
                if number in self._busy or self._stopping.is_set() or not self._hold(number):
                    continue
                self._busy.add(number)
            self._threads.submit(self._serve, number)
        return False

    def stop(self) -> None:
        """Finish the writes that have begun."""
        self._stopping.set()
        self._threads.shutdown(wait=True)
        if self._locks:
            self._locks.close()

    def _serve(self, number: UUID) -> None:
        try:
            self._deliver(number, self.means, self._stopping.is_set)
            with self.means.database.transaction() as tx:
                tx.notify("hark_stirred")  # pages that show it look again
        except (Retry, psycopg.Error) as error:
            log.warning("destination %s: %s", number, error)
        except Exception:
            log.exception("destination %s", number)
        finally:
            with self._guard:
                self._busy.discard(number)
                self._release(number)

    def _hold(self, number: UUID) -> bool:
        if self._locks is None or self._locks.closed:
            self._locks = self.means.database.connect()
        return bool(Transaction(self._locks).value(queries.hold, key=str(number)))

    def _release(self, number: UUID) -> None:
        try:
            if self._locks:
                Transaction(self._locks).value(queries.release, key=str(number))
        except psycopg.Error:
            self._locks = None  # the connection is gone, and its locks with it
