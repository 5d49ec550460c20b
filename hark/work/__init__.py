"""Durable work: jobs in our own PostgreSQL, queued in the transaction that needs them, done by the worker process."""

from hark.work.jobs import Job, Work
from hark.work.schema import migrate

__all__ = ["Job", "Work", "migrate"]
