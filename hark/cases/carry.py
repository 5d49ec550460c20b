"""What work keeps of a person: cases with notes and tasks, where they waited, what they were promised, what it cost them."""

from typing import Any

from hark.model import Subject
from hark.store import Queries, Transaction

queries = Queries(__file__, "carry.sql")


def export(who: Subject, tx: Transaction) -> dict[str, Any]:
    ids = list(who.ids)
    return {
        "cases": tx.all(queries.cases_of, ids=ids),
        "waits": tx.all(queries.tickets_of, ids=ids),
        "promises": tx.all(queries.clocks_of, ids=ids),
        "effort": tx.all(queries.efforts_of, ids=ids),
    }


def forget(who: Subject, tx: Transaction) -> dict[str, int]:
    ids = list(who.ids)
    return {
        "case_note": tx.run(queries.forget_notes, ids=ids),
        "case_task": tx.run(queries.forget_tasks, ids=ids),
        "work_case": tx.run(queries.forget_cases, ids=ids),
        "reservation": tx.run(queries.forget_reservations, ids=ids),
        "ticket": tx.run(queries.forget_tickets, ids=ids),
        "wait_told": tx.run(queries.forget_waits, ids=ids),
        "promise_clock": tx.run(queries.forget_clocks, ids=ids),
        "effort": tx.run(queries.forget_efforts, ids=ids),
        "automation_run": tx.run(queries.forget_runs, ids=ids),
    }
