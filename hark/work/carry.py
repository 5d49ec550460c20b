"""What the queue keeps of a person: jobs whose arguments name them."""

from typing import Any

from hark.kit.traces import Traces
from hark.model import Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    return {"jobs": [{"task": job["task_name"], "arguments": job["args"]} for job in _jobs(who, tx)]}


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    """A job under way is not called back; it looks again at who it is for before it does anything."""
    traces = _traces(who)
    reasons = tx.all(queries.reasons_like, needles=[*traces.needles()])
    tx.run(queries.forget_reasons, jobs=[row["job"] for row in reasons if traces.within(row["reason"])])
    return {"job": tx.run(queries.forget_jobs, ids=[job["id"] for job in _jobs(who, tx)])}


def _jobs(who: Subject, tx: Transaction) -> list[dict[str, Any]]:
    traces = _traces(who)
    found = tx.all(queries.jobs_like, needles=[*traces.needles()])
    return [job for job in found if traces.within(job["args"])]


def _traces(who: Subject) -> Traces:
    return Traces((*who.spellings, *map(str, who.ids)))
