"""What arrived and what was refused: counted, shown with the raw body, corrected and sent through the door once more."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from hark.errors import NotFound, Rejected
from hark.kit.text import clean
from hark.store import Queries, Transaction

queries = Queries(__file__, "arrivals.sql")
STATES = ("waiting", "loaded", "refused", "held")
MOST_REPLAYED = 1_000  # requests sent again at once
SHOWN = 1_000_000  # bytes of a body that are shown


class HourOfSource(Struct, frozen=True, kw_only=True):
    """What arrived of one source in one hour."""

    source: str
    hour: datetime
    accepted: int
    duplicate: int
    refused: int


class Refusal(Struct, frozen=True, kw_only=True):
    """One item, or a whole request, that could not become an event, and why. `raw` leads to the request."""

    id: int
    source: str | None
    raw: int | None
    at: datetime
    item_index: int
    reason: str
    item: Any = None
    replayed_at: datetime | None = None


class Arrived(Struct, frozen=True, kw_only=True):
    """A recorded request, as it stands in the database: secrets were left out when it was recorded."""

    id: int
    received_at: datetime
    source: str
    plugin: str
    state: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str
    size: int
    is_text: bool
    is_whole: bool
    events: int


def counts(tx: Transaction, since: datetime, source: str | None = None) -> list[HourOfSource]:
    return [HourOfSource(**row) for row in tx.all(queries.list_counts, since=since, source=source)]


def refusals(
    tx: Transaction,
    limit: int,
    *,
    source: str | None = None,
    before: int | None = None,
    open_only: bool = False,
    words: str | None = None,
) -> list[Refusal]:
    """Newest first; `before` is an id. `words` are looked for in the reason."""
    rows = tx.all(
        queries.list_refusals,
        source=source,
        before=before or 2**62,
        open_only=open_only,
        words=words and f"%{_plain(words)}%",
        limit=limit,
    )
    return [Refusal(**row) for row in rows]


def refusals_of(tx: Transaction, raw: int) -> list[Refusal]:
    """Everything of one request that was refused, in its order."""
    return [Refusal(**row) for row in tx.all(queries.refusals_of, raw=raw)]


def request(tx: Transaction, id: int) -> Arrived:
    row = tx.one(queries.show_raw, id=id)
    if row is None:
        raise NotFound(f"there is no recorded request {id}")
    head = msgspec.json.decode(bytes(row.pop("head")))
    body = bytes(row.pop("body"))
    text, is_text = _readable(body[:SHOWN])
    return Arrived(
        **{**row, "state": STATES[row["state"]]},
        method=head["method"],
        path=head["path"],
        query=head.get("query", {}),
        headers=head.get("headers", {}),
        body=text,
        size=len(body),
        is_text=is_text,
        is_whole=len(body) <= SHOWN,
    )


def replay(tx: Transaction, raws: list[int]) -> int:
    """Load requests again, in their order: what came in before is known and stays, what was refused has another chance."""
    if len(raws) > MOST_REPLAYED:
        raise Rejected(f"{len(raws)} requests at once; send at most {MOST_REPLAYED}", 422)
    tx.run(queries.mark_replayed, raws=raws)
    again = tx.run(queries.load_again, raws=raws)
    tx.notify("hark_raw")
    return again


def open_raws(tx: Transaction, source: str | None, limit: int = MOST_REPLAYED) -> list[int]:
    """Requests with refusals that were not sent again yet, the oldest first."""
    return [row[0] for row in tx.tuples(queries.open_raws, source=source, limit=limit)]


def raws_of(tx: Transaction, refusals: list[int]) -> list[int]:
    return [row[0] for row in tx.tuples(queries.raws_of, ids=refusals)]


def correct(tx: Transaction, id: int, body: bytes) -> int:
    """Load a corrected copy of a request in its place; the original stays as it arrived. The id of the copy."""
    row = tx.one(queries.show_raw, id=id)
    if row is None:
        raise NotFound(f"there is no recorded request {id}")
    head = msgspec.json.decode(bytes(row["head"]))
    head.pop("refused", None)
    copy: int = tx.value(queries.record_copy, id=id, head=msgspec.json.encode(head), body=body)
    tx.run(queries.mark_replayed, raws=[id])
    tx.notify("hark_raw")
    return copy


def _readable(body: bytes) -> tuple[str, bool]:
    try:
        return clean(body.decode("utf-8")), True
    except UnicodeDecodeError:
        return body.hex(" ", 2), False


def _plain(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
