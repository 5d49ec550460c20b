"""People: the list, and the search that forgives typos."""

from datetime import timedelta
from urllib.parse import urlencode

from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import glance, reading
from hark.store import Database, Transaction
from hark.web import Answer, Ask, Form, Right, page, shows

PAGE = 50
FOUND = 30
SEEN = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30), "year": timedelta(days=365)}


@shows("/people", right=Right.PEOPLE_READ)
def people(request: Ask, form: Form, database: Database, declared: Declared, clock: Clock) -> Answer:
    """`q` searches; else everybody, seen last first, filtered by segment, phase and last seen."""
    words, chosen = form.text("q", most=200), {name: form.text(name) for name in ("segment", "phase", "seen")}
    since = clock() - SEEN[chosen["seen"]] if chosen["seen"] in SEEN else None
    with database.transaction() as tx:
        segments = glance.segment_names(tx)
        how_many = glance.how_many(tx)
        if words:
            rows, following = _search(tx, words, declared, FOUND), None
        else:
            rows, following = glance.everybody(
                tx,
                PAGE,
                form.text("before") or None,
                segment=chosen["segment"] or None,
                phase=chosen["phase"] or None,
                since=since,
            )
    after = "/people?" + urlencode({**{k: v for k, v in chosen.items() if v}, "before": following}) if following else ""
    return page(
        request,
        "control/people.html",
        rows=rows,
        words=words,
        chosen=chosen,
        segments=segments,
        how_many=how_many,
        after=after,
        first="before" not in form,
    )


def _search(tx: Transaction, words: str, declared: Declared, limit: int) -> list[glance.Listed]:
    found = reading.search(tx, words, limit, declared)
    phases = glance.phases_of(tx, [one.id for one in found])
    return [
        glance.listed(
            id=one.id,
            traits=one.traits,
            segments=one.segments,
            phase=phases.get(one.id),
            events=one.events,
            first_seen=one.first_seen,
            last_seen=one.last_seen,
        )
        for one in found
    ]


HANDLERS = [people]
