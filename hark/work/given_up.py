"""Jobs that were given up: what they said last, trying them again, letting them go. What they were about is not shown."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from hark.store import Queries, Transaction

queries = Queries(__file__)


class GivenUp(Struct, frozen=True, kw_only=True):
    """`job` is the function that did it; `reason` what it said the last time, None where it ended without a word."""

    id: int
    job: str
    attempts: int
    reason: str | None
    at: datetime | None


def listed(tx: Transaction, limit: int = 100) -> list[GivenUp]:
    """The newest first."""
    return [msgspec.convert(row, GivenUp) for row in tx.all(queries.given_up, limit=limit)]


def count(tx: Transaction) -> int:
    return int(tx.value(queries.count_given_up))


def try_again(tx: Transaction, jobs: Sequence[int]) -> list[int]:
    """Queue them once more, with this transaction. Which were: of those that share a key only one waits at a time."""
    return sorted(row["id"] for row in tx.all(queries.try_again, jobs=list(jobs)))


def dismiss(tx: Transaction, jobs: Sequence[int]) -> list[int]:
    """Let them go for good; which were there."""
    return sorted(row["id"] for row in tx.all(queries.dismiss, jobs=list(jobs)))
