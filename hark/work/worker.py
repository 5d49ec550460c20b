"""The thread of a working process that does the jobs, and comes back when the database does."""

import logging
import threading

import procrastinate.exceptions
import psycopg

from hark.work.jobs import Work

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """`stop()` lets what has begun come to its end."""

    def __init__(self, work: Work) -> None:
        super().__init__(name="jobs", daemon=True)
        self._work = work
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._work.run(self._stopping)
            except (procrastinate.exceptions.ConnectorException, psycopg.Error, OSError) as error:
                log.warning("jobs wait for the database: %s", error)
                self._stopping.wait(1.0)
