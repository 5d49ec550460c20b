"""Canned answers: texts kept ready in several languages, with places for what is known of the person."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations.drafts import queries
from hark.errors import NotFound, Rejected
from hark.kit.ids import uuid7
from hark.store import Transaction

PLACE = re.compile(r"\{\{\s*([a-z_]+(?:\.[a-z_]+)?)\s*(?:\|\s*([^{}|]*?)\s*)?\}\}")
LONGEST = 20_000
SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Canned(Struct, frozen=True, kw_only=True):
    """`texts` by language; `score` says how much it is used, by those who ask before all."""

    id: UUID
    shortcut: str
    title: str
    texts: dict[str, str]
    changed_by: str
    changed_at: datetime
    score: float = 0.0


def answers(tx: Transaction, member: UUID, now: datetime, limit: int = 300) -> list[Canned]:
    """In the order in which they are likely to be wanted."""
    rows = tx.all(queries.canned_answers, member=member, now=now, limit=limit)
    return [msgspec.convert(row, Canned) for row in rows]


def answer(tx: Transaction, id: UUID) -> Canned:
    row = tx.one(queries.canned_answer, id=id)
    if row is None:
        raise NotFound("there is no such canned answer")
    return msgspec.convert(row, Canned)


def keep(
    tx: Transaction, id: UUID | None, shortcut: str, title: str, texts: Mapping[str, str], by: str, now: datetime
) -> UUID:
    """A new one where `id` is None. Rejected where it could not be called or says nothing."""
    said = {language: text[:LONGEST] for language, text in texts.items() if text.strip()}
    if not SHORTCUT.fullmatch(shortcut):
        raise Rejected("a shortcut is made of small letters, digits and dashes")
    if not said:
        raise Rejected("write the answer in one language at least")
    chosen = id or uuid7(now)
    if tx.value(queries.shortcut_taken, shortcut=shortcut, id=chosen):
        raise Rejected("another answer has this shortcut")
    kept = msgspec.json.encode(said).decode()
    tx.run(queries.keep_canned, id=chosen, shortcut=shortcut, title=title[:120] or shortcut, texts=kept, by=by, now=now)
    return chosen


def drop(tx: Transaction, id: UUID) -> str:
    title = tx.value(queries.drop_canned, id=id)
    if title is None:
        raise NotFound("there is no such canned answer")
    return str(title)


def use(tx: Transaction, id: UUID, member: UUID, now: datetime) -> None:
    tx.run(queries.use_canned, id=id, member=member, now=now)


def text_for(answer: Canned, *languages: str | None) -> tuple[str, str]:
    """(language, text): the first of these languages that it has, else English, else any."""
    for language in (*languages, "en"):
        base = (language or "").split("-")[0].lower()
        if base in answer.texts:
            return base, answer.texts[base]
    return next(iter(answer.texts.items()))


def filled(text: str, known: Mapping[str, Any]) -> str:
    """`{{ person.first_name | there }}` becomes what is known, else the word after the bar, else nothing. No template
    engine: what stands in the braces is a name, and what is put in is never read again."""

    def put(found: re.Match[str]) -> str:
        value = known.get(found.group(1))
        return str(value) if value not in (None, "") else (found.group(2) or "")

    return PLACE.sub(put, text)
