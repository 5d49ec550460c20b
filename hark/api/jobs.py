"""REST: jobs that were given up: what each said last, trying it again, letting it go."""

from typing import Annotated

from litestar import Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.routes import does_now, reads
from hark.store import Database
from hark.web.rights import Right
from hark.work import given_up


class Jobs(Struct, frozen=True):
    """`count` is how many were given up in all."""

    jobs: list[given_up.GivenUp]
    count: int


class ChosenJobs(Struct, frozen=True, forbid_unknown_fields=True):
    """Ids of jobs, as GET /api/v1/jobs gives them."""

    jobs: Annotated[list[Annotated[int, Meta(ge=1, le=2**53 - 1)]], Meta(min_length=1, max_length=500)]


class DoneJobs(Struct, frozen=True):
    """Those that it was done with; the others were not given up."""

    jobs: list[int]


@reads("/jobs", Right.EVENTS_READ)
def list_jobs(database: Database, limit: Annotated[int, Parameter(ge=1, le=500)] = 100) -> Jobs:
    """Jobs that were given up, newest first, with what they said last. What they were about is not shown."""
    with database.transaction() as tx:
        return Jobs(given_up.listed(tx, limit), given_up.count(tx))


@does_now("/jobs/retry", Right.EVENTS_WRITE)
def retry_jobs(data: ChosenJobs, database: Database) -> DoneJobs:
    """Try jobs again that were given up. Of those that share a key, one waits at a time."""
    with database.transaction() as tx:
        return DoneJobs(given_up.try_again(tx, data.jobs))


@does_now("/jobs/dismiss", Right.EVENTS_WRITE)
def dismiss_jobs(data: ChosenJobs, database: Database) -> DoneJobs:
    """Let jobs go that were given up: what they had to do is never done."""
    with database.transaction() as tx:
        return DoneJobs(given_up.dismiss(tx, data.jobs))


JOBS = Router(path="/", tags=["jobs"], route_handlers=[list_jobs, retry_jobs, dismiss_jobs])
