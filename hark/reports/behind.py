"""What stands behind a figure: the conversations that were counted, the newest first, page by page or all of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound
from hark.kit.clock import instant
from hark.reports.figures import Asked
from hark.store import Queries, Transaction

queries = Queries(__file__)
WHATS = (
    *("opened", "closed", "backlog", "unanswered", "rated", "happy", "unhappy"),
    *("transferred", "switched", "repeated", "broken"),
)
PAGE = 2_000  # rows that a file is written by


class Row(Struct, frozen=True, kw_only=True):
    id: UUID
    status: str
    channel: str
    opened_at: datetime
    language: str | None = None
    team: str | None = None
    member: UUID | None = None
    member_name: str | None = None
    subject: str | None = None
    tags: list[str] = []
    first_answer_at: datetime | None = None
    closed_at: datetime | None = None
    rating: int | None = None
    first_answer: float | None = None
    resolution: float | None = None
    person: UUID | None = None
    name: str | None = None
    transfers: int | None = None
    channel_changes: int | None = None
    repeats: int | None = None
    waited: int | None = None


class Figure(Struct, frozen=True, kw_only=True):
    """Which figure was pressed."""

    what: str = "opened"
    rating: int | None = None
    hour: int | None = None
    weekday: int | None = None


def listed(
    tx: Transaction, asked: Asked, figure: Figure, *, limit: int = 50, before: str | None = None
) -> tuple[list[Row], str | None]:
    at, number = _place(before)
    rows = [Row(**row) for row in tx.all(queries.behind, **_values(asked, figure, at, number, limit + 1))]
    more = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{more.opened_at.isoformat()}~{more.id}" if more else None


def everything(tx: Transaction, asked: Asked, figure: Figure) -> Iterator[Row]:
    before: str | None = None
    while True:
        rows, before = listed(tx, asked, figure, limit=PAGE, before=before)
        yield from rows
        if before is None:
            return


def _values(asked: Asked, figure: Figure, at: Any, number: UUID, limit: int) -> dict[str, Any]:
    said = {name: getattr(figure, name) for name in Figure.__struct_fields__}
    return {**asked.values(), **said, "before_at": at, "before_id": number, "limit": limit}


def _place(before: str | None) -> tuple[Any, UUID]:
    if not before:
        return "infinity", UUID(int=2**128 - 1)
    moment, _, number = before.replace(" ", "+").partition("~")
    at = instant(moment)
    try:
        place = UUID(number)
    except ValueError:
        at = None
    if at is None:
        raise NotFound("there is no such page of this list")
    return at, place
