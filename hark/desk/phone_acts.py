"""Carrying out what was done on a phone, perhaps hours ago: what changed since is a conflict that its member decides."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from hark.cases import reading as cases
from hark.conversations import act as conversations
from hark.conversations import reading
from hark.conversations.channels import ways
from hark.desk import phone_cases
from hark.errors import Forbidden, HarkError, Misconfigured, NotFound, Rejected, Retry
from hark.handheld import book
from hark.handheld.book import Act, Conflict, Result
from hark.model import Conversation
from hark.registry import Registry
from hark.store import Database, Queries, Transaction
from hark.web import Right, Visitor

queries = Queries(book.__file__)
LONGEST = 20_000  # letters


class Hand(NamedTuple):
    """Whose acts they are, and what they are carried out with."""

    database: Database
    registry: Registry
    visitor: Visitor
    member: UUID
    now: datetime

    @property
    def by(self) -> str:
        return f"member:{self.member}"


Do = Callable[[Transaction, Act, Hand], UUID | None]


def carry_out(act: Act, hand: Hand) -> Result:
    """Each in a transaction of its own: one that is refused does not hold the others back."""
    do = DOES.get((act.of, act.kind))
    try:
        if do is None:
            raise Rejected(f"a phone cannot {act.kind} a {act.of}")
        if not hand.visitor.may(Right.CASES_WRITE if act.of == "case" else Right.CONVERSATIONS_WRITE):
            raise Forbidden("your role may not do this")
        with hand.database.transaction() as tx:
            return book.once(tx, act, hand.member, hand.now, lambda: do(tx, act, hand))
    except Conflict as conflict:
        return Result(id=act.id, state="conflict", why=conflict.why)
    except Retry:
        return Result(id=act.id, state="again")
    except HarkError as error:
        with hand.database.transaction() as tx:
            return book.refuse(tx, act, hand.member, hand.now, _word(error))


def _word(error: HarkError) -> str:
    """The word under which the app explains it."""
    if isinstance(error, NotFound):
        return "gone"
    if isinstance(error, Misconfigured):
        return "no-way"
    return "right" if isinstance(error, Forbidden) else "wrong"


def _answer(tx: Transaction, act: Act, hand: Hand) -> UUID:
    known = _known(tx, act)
    if not act.force and tx.value(queries.answered_since, conversation=known.id, seen=act.seen, author=hand.by):
        raise Conflict("answered")
    if not act.force and known.status == "closed" and known.position > act.seen:
        raise Conflict("closed")
    draft = conversations.Draft(text=_text(act), files=book.files_of(tx, hand.member, act.files))
    return conversations.answer(tx, known.id, draft, ways(tx, hand.registry), by=hand.by, key=f"phone-{act.id}")


def _note(tx: Transaction, act: Act, hand: Hand) -> UUID:
    files = book.files_of(tx, hand.member, act.files)
    return conversations.note(tx, act.about, _text(act), by=hand.by, files=files, key=f"phone-{act.id}")


def _close(tx: Transaction, act: Act, hand: Hand) -> UUID | None:
    known = _known(tx, act)
    if known.status == "closed":
        return None
    if not act.force and tx.value(queries.written_since, conversation=known.id, seen=act.seen):
        raise Conflict("written")
    return conversations.close(tx, known.id, by=hand.by)


def _reopen(tx: Transaction, act: Act, hand: Hand) -> UUID | None:
    known = _known(tx, act)
    return conversations.reopen(tx, known.id, by=hand.by) if known.status == "closed" else None


def _take(tx: Transaction, act: Act, hand: Hand) -> UUID | None:
    known = _known(tx, act)
    if known.member == hand.member:
        return None
    if not act.force and known.member is not None and known.position > act.seen:
        raise Conflict("taken")
    return conversations.assign(tx, known.id, member=hand.member, by=hand.by, reason="phone")


def _case_note(tx: Transaction, act: Act, hand: Hand) -> UUID:
    """With files it goes into the case's conversation too, where notes have files."""
    case = cases.case(tx, act.about)
    if act.files and case.conversation:
        _note(tx, msgspec.structs.replace(act, about=case.conversation), hand)
    return phone_cases.note(tx, act, hand.by, hand.member)


def _known(tx: Transaction, act: Act) -> Conversation:
    return reading.conversation(tx, act.about)


def _text(act: Act) -> str:
    text = act.data.get("text")
    return text[:LONGEST] if isinstance(text, str) else ""


DOES: dict[tuple[str, str], Do] = {
    ("conversation", "answer"): _answer,
    ("conversation", "note"): _note,
    ("conversation", "close"): _close,
    ("conversation", "reopen"): _reopen,
    ("conversation", "take"): _take,
    ("case", "progress"): lambda tx, act, hand: phone_cases.progress(tx, act, hand.by, hand.member),
    ("case", "note"): lambda tx, act, hand: _case_note(tx, act, hand),
    ("case", "task"): lambda tx, act, hand: phone_cases.task(tx, act, hand.by, hand.member),
    ("case", "take"): lambda tx, act, hand: phone_cases.take(tx, act, hand.by, hand.member),
}
