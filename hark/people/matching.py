"""Probable duplicates as people decide about them: pairs with their evidence, merged, kept apart or left waiting.

They are found by a job of its own (`finding.py`). Nobody is joined unless an operator chose how sure is sure enough; then
it is a merge like any other, and can be taken back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.errors import NotFound, Rejected
from hark.events import log as events
from hark.events.record import own, record_own
from hark.kit import clock
from hark.model import Declared, Identity
from hark.people import merging
from hark.people.records import Field, record_of
from hark.store import Queries, Transaction

queries = Queries(__file__, "matching.sql")
ENOUGH = 50  # people with traits, before anybody is compared unasked
REACHED_BY = ("email", "phone", "card")  # kinds of identity that are compared as fields


class Choice(Struct, frozen=True, kw_only=True):
    """review_above: how probable a pair must be to be shown. join_above: to be joined unasked; None: never."""

    review_above: float = 0.8
    join_above: float | None = None


class Learnt(Struct, frozen=True, kw_only=True):
    """From how many records the model in force was learnt, and when; None: nothing was compared yet."""

    records: int
    learnt_at: datetime | None


class Side(Struct, frozen=True, kw_only=True):
    """One of two who are alike. `record` holds what was compared."""

    match: UUID  # the id by which the pair is known
    person: UUID
    record: dict[str, str | None]
    identities: list[Identity]
    events: int
    first_seen: datetime | None
    last_seen: datetime | None


class Candidate(Struct, frozen=True, kw_only=True):
    """Two who are probably one: how probably, and per field how alike and what it weighs."""

    probability: float
    fields: tuple[Field, ...]
    a: Side
    b: Side
    found_at: datetime


def choose(tx: Transaction, choice: Choice, *, by: str) -> None:
    if not 0.5 <= choice.review_above <= 1 or not (choice.join_above is None or 0.9 <= choice.join_above <= 1):
        raise Rejected("pairs are shown from 0.5 to 1, and joined from 0.9 to 1")
    record_own(tx, [own("matching.chosen", by=by, properties=msgspec.to_builtins(choice))])
    tx.run(queries.choose, review_above=choice.review_above, join_above=choice.join_above)


def chosen(tx: Transaction) -> Choice:
    row = tx.one(queries.read_choice) or {}
    return Choice(review_above=round(row["review_above"], 4), join_above=row["join_above"])


def review(tx: Transaction, limit: int = 50) -> list[Candidate]:
    """Pairs that wait for somebody to decide, the most probable first."""
    return [_candidate(row) for row in tx.all(queries.review, least=chosen(tx).review_above, limit=limit)]


def due(tx: Transaction) -> bool:
    """Whether something came since the last run, and enough people are known for comparing to make sense."""
    row = tx.one(queries.read_progress, processed=events.processed(tx), enough=ENOUGH)
    return bool(row and row["behind"] and row["enough"])


def learnt(tx: Transaction) -> Learnt:
    row = tx.one(queries.read_choice) or {}
    return Learnt(records=row["records"], learnt_at=row["learnt_at"])


def waiting(tx: Transaction) -> int:
    return int(tx.value(queries.count_waiting, least=chosen(tx).review_above))


def join_by_hand(tx: Transaction, a: UUID, b: UUID, declared: Declared, *, by: str) -> merging.Done:
    """These two are one person."""
    match = _match(tx, a, b)
    score = match["probability"]
    done = merging.merge(tx, match["a"], match["b"], declared, by=by, reason="probable duplicates", score=score)
    tx.run(queries.decide, a=match["a"], b=match["b"], state="joined", now=clock.now(), by=by)
    return done


def dismiss(tx: Transaction, a: UUID, b: UUID, *, by: str) -> None:
    """These two are not the same; they are not shown again."""
    match = _match(tx, a, b)
    record_own(tx, [own("match.dismissed", by=by, properties={"a": str(match["a"]), "b": str(match["b"])})])
    tx.run(queries.decide, a=match["a"], b=match["b"], state="dismissed", now=clock.now(), by=by)


def reopen(tx: Transaction, a: UUID, b: UUID, *, by: str) -> None:
    """Let a pair that was dismissed wait for a decision again."""
    match = tx.one(queries.find_match, a=min(a, b), b=max(a, b))
    if match is None or match["state"] != "dismissed":
        raise Rejected("this pair was not dismissed", status=409)
    record_own(tx, [own("match.reopened", by=by, properties={"a": str(match["a"]), "b": str(match["b"])})])
    tx.run(queries.decide, a=match["a"], b=match["b"], state="waiting", now=None, by=None)


def forget(tx: Transaction, identities: Sequence[UUID]) -> dict[str, int]:
    """Erase what was found about somebody."""
    return {
        "match": tx.run(queries.forget, ids=list(identities)),
        "match_key": tx.run(queries.forget_keys, ids=list(identities)),
    }


def _candidate(row: dict[str, Any]) -> Candidate:
    return Candidate(
        probability=row["probability"],
        fields=msgspec.convert(row["evidence"], tuple[Field, ...]),
        a=_side(row, "a"),
        b=_side(row, "b"),
        found_at=row["found_at"],
    )


def _side(row: dict[str, Any], side: str) -> Side:
    identities = row[f"{side}_identities"] or []
    return Side(
        match=row[side],
        person=row[f"{side}_person"],
        record=record_of(row[side], row[f"{side}_traits"], [i for i in identities if i[0] in REACHED_BY]) or {},
        identities=[Identity(*identity) for identity in identities],
        events=row[f"{side}_events"],
        first_seen=row[f"{side}_first"],
        last_seen=row[f"{side}_last"],
    )


def _match(tx: Transaction, a: UUID, b: UUID) -> dict[str, Any]:
    match = tx.one(queries.find_match, a=min(a, b), b=max(a, b))
    if match is None:
        raise NotFound("these two were not found to be alike")
    if match["state"] != "waiting":
        raise Rejected("this was decided already", status=409)
    return match
