"""Pages of people, those seen last first: of everybody or of a segment, by whichever way is the short one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hark.errors import NotFound
from hark.kit.clock import instant
from hark.store import Queries, Transaction

queries = Queries(__file__, "listing.sql")
FEW = 20_000  # members of a segment up to which looking each of them up is shorter than walking along everybody
_FIRST: tuple[Any, UUID] = ("infinity", UUID(int=2**128 - 1))


def page(
    tx: Transaction,
    limit: int,
    before: str | None = None,
    *,
    segment: str | None = None,
    phase: str | None = None,
    since: datetime | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Rows of id, traits, segments, phase, events, first_seen and last_seen; and `before` of the next page."""
    at, id = _cursor(before)
    few = segment is not None and (tx.value(queries.members, segment=segment) or 0) <= FEW
    query = queries.list_few if few else queries.list_everybody
    rows = tx.all(query, at=at, id=id, limit=limit + 1, segment=segment, phase=phase, since=since)
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], f"{last['last_seen'].isoformat()}~{last['id']}" if last else None


def _cursor(before: str | None) -> tuple[Any, UUID]:
    if not before:
        return _FIRST
    moment, _, id = before.replace(" ", "+").partition("~")  # an address writes a plus as a space
    try:
        at, person = instant(moment), UUID(id)
    except ValueError:
        at = None
    if at is None:
        raise NotFound("there is no such page: `before` is what an earlier answer gave as `next`")
    return at, person
