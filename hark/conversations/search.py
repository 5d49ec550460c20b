"""Searching what was said: full text with filters, the newest first, a page at a time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.conversations.reading import row_place, saying
from hark.kit.text import clean
from hark.model import Message
from hark.store import Queries, Transaction

queries = Queries(__file__, "search.sql")
LONGEST = 200  # letters of a question
UNFINISHED = 3  # letters from which on a last word may be the beginning of one
MARKS = "MaxFragments=1, MaxWords=24, MinWords=8, StartSel=\x02, StopSel=\x03"


class Wanted(Struct, frozen=True, kw_only=True):
    """Where to look. `since`: not older; `files`: only messages that have some."""

    person: UUID | None = None
    status: str | None = None
    member: UUID | None = None
    team: str | None = None
    tag: str | None = None
    channel: str | None = None
    direction: str | None = None
    since: datetime | None = None
    files: bool = False


class Hit(Struct, frozen=True, kw_only=True):
    """A message that was found, in whose conversation it stands. In `excerpt`, \x02 and \x03 stand around the words."""

    message: Message
    excerpt: str
    status: str
    subject: str | None
    person: UUID | None
    name: str | None


def search(
    tx: Transaction, words: str, wanted: Wanted | None = None, *, limit: int = 30, before: str | None = None
) -> tuple[list[Hit], str | None]:
    """Messages with these words: "in quotes" together, -without. The second value goes on from there."""
    query = _query(tx, words)
    if not query:
        return [], None
    wanted = wanted or Wanted()
    at, id = row_place(before)
    asked: dict[str, Any] = {"query": query, "before": at, "id": id, "limit": limit + 1}
    asked |= {name: getattr(wanted, name) for name in ("channel", "direction", "since", "files")}
    if wanted.person is not None:
        rows = tx.all(queries.search_of_person, person=wanted.person, **asked)
    elif wanted.status or wanted.member or wanted.team or wanted.tag:
        more = {name: getattr(wanted, name) for name in ("status", "member", "team", "tag")}
        rows = tx.all(queries.search_of_conversations, **asked, **more)
    else:
        rows = tx.all(queries.search, **asked)
    found = [saying(row) for row in rows[:limit]]
    last = found[-1] if len(rows) > limit else None
    return _hits(tx, found, query), f"{last.at.isoformat()}~{last.id}" if last else None


def _query(tx: Transaction, words: str) -> str:
    finished = words[-1:].isspace()
    words = clean(words).strip()[:LONGEST]
    last = words.rpartition(" ")[2]
    unfinished = not finished and len(last) >= UNFINISHED and last.isalnum() and last not in ("or",)
    row = tx.one(queries.parse, words=words[: -len(last)] if unfinished else words, last=last if unfinished else "")
    return str(row["query"]) if row and row["query"] else ""


def _hits(tx: Transaction, found: list[Message], query: str) -> list[Hit]:
    if not found:
        return []
    ids = [message.id for message in found]
    excerpts = dict(tx.tuples(queries.excerpts, ids=ids, query=query, marks=MARKS))
    about = {row.pop("id"): row for row in tx.all(queries.people, ids=list({one.conversation for one in found}))}
    return [Hit(message=one, excerpt=excerpts.get(one.id, ""), **about[one.conversation]) for one in found]
