"""What live screens watch of work: `queue`, everything that waits or is with somebody; `cases`, and `case:<id>`. A change
carries the row as it is now, so that it may be told twice."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from hark.cases import wall
from hark.cases.case import id_of
from hark.store import Transaction
from hark.web.live import Change, Offer
from hark.web.rights import Right

QUEUE, CASES, CASE = "queue", "cases", "case"


def feed(tx: Transaction, after: int, until: int, topics: frozenset[str] | None, limit: int) -> Iterable[Change]:
    """Oldest first."""
    found: list[tuple[int, Change]] = []
    if topics is None or QUEUE in topics:
        tickets = wall.changed(tx, after, until, limit)
        found += [(one.position, Change(QUEUE, "ticket", {"ticket": msgspec.to_builtins(one)})) for one in tickets]
    everything = topics is None or CASES in topics
    ids = [] if topics is None else [id for topic in topics if (id := _named(topic))]
    if everything or ids:
        for case in wall.cases_changed(tx, after, until, limit, None if everything else ids):
            data = {"case": msgspec.to_builtins(case)}
            found += [(case.position, Change(topic, CASE, data)) for topic in (CASES, f"{CASE}:{case.id}")]
    found.sort(key=lambda pair: pair[0])
    wanted = (change for _, change in found if topics is None or change.topic in topics)
    return list(wanted)[:limit]


OFFER = Offer(
    rights={QUEUE: Right.CONVERSATIONS_READ, CASES: Right.CASES_READ, CASE: Right.CASES_READ},
    feed=feed,
)


def _named(topic: str) -> UUID | None:
    word, _, id = topic.partition(":")
    return id_of(id) if word == CASE else None
