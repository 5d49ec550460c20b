"""Jobs: put into a transaction at hand, run by a worker until they are done.

    work = Work(database.url, {act: engines})
    put(act, decision, tx)              # queued if and when tx commits: never without its cause, never lost with it
    work.run(stop)                      # in the worker process: act(decision, engines), again after Retry

A job is a plain function of (argument, what is handed in). Its argument is data. It may run twice (a worker that died
took the news of its success along), so it looks first whether its work is done already.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, get_type_hints

import msgspec
import procrastinate
import psycopg
from procrastinate import retry as procrastinate_retry
from procrastinate.jobs import Job as Stored

from hark.errors import Misconfigured, Rejected, Retry
from hark.kit.text import clean
from hark.store import Queries, Transaction

queries = Queries(__file__)
log = logging.getLogger(__name__)

Job = Callable[[Any, Any], None]

ATTEMPTS = 20  # after Retry: with the waits below about half a day
FAULTS = 5  # after an error that nobody foresaw
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0  # seconds
LONGEST_REASON = 1000  # letters that are kept of why a job failed
GRACE = 20.0  # seconds that running jobs get when the worker is asked to stop
SILENT = 60.0  # seconds without a sign of life after which a worker's jobs are given to others


def put(job: Job | str, argument: Any, tx: Transaction, *, at: datetime | None = None, once: str | None = None) -> None:
    """Queue `job(argument, hand)` with this transaction. A room below the job knows it by name alone ("hark.act.act").

    at      not before this moment
    once    nothing happens while a job with this key still waits
    """
    arguments = msgspec.json.encode({"argument": msgspec.to_builtins(argument)}).decode()
    if once is not None:
        tx.run(queries.hold_key, key=once)
    tx.run(queries.put, name=job if isinstance(job, str) else _name(job), once=once, arguments=arguments, at=at)


class Work:
    """The jobs that there are, each with what is handed to it as its second argument."""

    def __init__(self, url: str, jobs: Mapping[Job, Any]) -> None:
        self.url = url
        self._jobs = {_name(job): self._bound(job, hand) for job, hand in jobs.items()}

    def run(self, stop: threading.Event, *, together: int = 4, until_empty: bool = False) -> None:
        """Do what is queued until `stop` is set (or, for tests, until nothing is left that may run now)."""
        asyncio.run(self._run(stop, together, until_empty))

    async def _run(self, stop: threading.Event, together: int, until_empty: bool) -> None:
        connector = procrastinate.PsycopgConnector(
            conninfo=self.url, min_size=1, max_size=together + 2, kwargs={"application_name": "hark work"}
        )
        app = procrastinate.App(connector=connector)
        for name, job in self._jobs.items():
            app.task(name=name, retry=_Again(), pass_context=True)(job)
        async with app.open_async():
            await _rescue(app)
            worker = asyncio.create_task(
                app.run_worker_async(
                    concurrency=together,
                    wait=not until_empty,
                    listen_notify=not until_empty,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    stalled_worker_timeout=SILENT,
                    fetch_job_polling_interval=2.0,
                    delete_jobs="successful",
                )
            )
            await _watch(app, worker, stop)

    def _bound(self, job: Job, hand: Any) -> Callable[..., None]:
        kind = next(iter(get_type_hints(job).values()), Any)

        def do(context: procrastinate.JobContext, argument: Any) -> None:
            try:
                job(msgspec.convert(argument, kind, strict=False), hand)
            except (Retry, Rejected, Misconfigured) as error:
                log.warning("%s: %s", _name(job), error)
                self._note(context, str(error))
                raise
            except Exception as error:
                # The argument may hold what a person wrote to us, so it stays out of the log.
                log.exception("%s failed", _name(job))
                self._note(context, f"{type(error).__name__}: {error}")
                raise

        return do

    def _note(self, context: procrastinate.JobContext, reason: str) -> None:
        """Keep why, for those who look at jobs that were given up; the job itself fails as it would without."""
        try:
            with psycopg.connect(self.url, application_name="hark work") as connection:
                Transaction(connection).run(
                    queries.note_reason, job=context.job.id, reason=clean(reason)[:LONGEST_REASON]
                )
        except psycopg.Error as error:
            log.warning("why a job failed could not be kept: %s", error)


def waiting(tx: Transaction) -> int:
    return int(tx.value(queries.waiting))


def pause(attempt: int, draw: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds until the next try after so many: doubling, and spread so that those who failed together come apart."""
    most = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt, 20))
    return draw(most / 2, most)


def _name(job: Job) -> str:
    return f"{job.__module__}.{job.__name__}"


class _Again(procrastinate_retry.BaseRetryStrategy):
    """Our errors say themselves whether trying again makes sense."""

    def get_retry_decision(self, *, exception: BaseException, job: Stored) -> procrastinate_retry.RetryDecision | None:
        if isinstance(exception, Rejected | Misconfigured):
            return None
        most = ATTEMPTS if isinstance(exception, Retry) else FAULTS
        if job.attempts >= most:
            return None
        wait = max(pause(job.attempts), getattr(exception, "after", None) or 0.0)
        return procrastinate_retry.RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


async def _watch(app: procrastinate.App, worker: asyncio.Task[None], stop: threading.Event) -> None:
    """Stop the worker when asked to, and now and then give the jobs of dead workers back."""
    ticks = 0
    while not worker.done():
        if stop.is_set():
            worker.cancel()
            await asyncio.wait([worker])
            break
        await asyncio.wait([worker], timeout=0.2)
        ticks += 1
        if ticks % 150 == 0:
            await _rescue(app)
    if not worker.cancelled() and (error := worker.exception()):
        raise error


async def _rescue(app: procrastinate.App) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT):
        log.warning("job %s of a worker that went away starts again", job.id)
        await app.job_manager.retry_job(job)


# It would log every job with its arguments.
logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
