"""Jobs that were given up: what each said last, trying it again, letting it go."""

from collections.abc import Callable, Sequence

from hark.errors import Rejected
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, does, go, page, shows
from hark.work import given_up

MOST = 200


@shows("/jobs", right=Right.EVENTS_READ)
def jobs(request: Ask, database: Database) -> Answer:
    with database.transaction() as tx:
        rows, count = given_up.listed(tx, MOST), given_up.count(tx)
    return page(request, "control/jobs.html", rows=rows, count=count)


@does("/jobs/try-again", right=Right.EVENTS_WRITE)
def try_again(request: Ask, form: Form, database: Database) -> Answer:
    done = _with_those_chosen(form, database, given_up.try_again)
    return go(request, "/jobs", "%(count)s will be tried again.", count=done)


@does("/jobs/dismiss", right=Right.EVENTS_WRITE)
def dismiss(request: Ask, form: Form, database: Database) -> Answer:
    done = _with_those_chosen(form, database, given_up.dismiss)
    return go(request, "/jobs", "%(count)s were let go.", count=done)


def _with_those_chosen(form: Form, database: Database, do: Callable[[Transaction, Sequence[int]], list[int]]) -> int:
    """`job` names one; without it, all that the page shows."""
    chosen = form.text("job", most=18)
    if chosen and not (chosen.isascii() and chosen.isdigit()):
        raise Rejected("the id of a job is a number")
    with database.transaction() as tx:
        return len(do(tx, [int(chosen)] if chosen else [one.id for one in given_up.listed(tx, MOST)]))


HANDLERS = [jobs, try_again, dismiss]
