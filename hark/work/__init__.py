"""Durable work: jobs in our own PostgreSQL, queued in the transaction that needs them, done by the worker process."""

from hark.work import given_up
from hark.work.aside import Aside
from hark.work.jobs import Job, Work, put
from hark.work.schema import migrate
from hark.work.worker import Worker

__all__ = ["Aside", "Job", "Work", "Worker", "given_up", "migrate", "put"]
