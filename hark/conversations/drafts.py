"""What somebody has begun to write: kept on the server, so that it survives the browser, the machine and the day."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.model import File
from hark.store import Queries, Transaction

queries = Queries(__file__, "drafts.sql")
LONGEST = 100_000


class Draft(Struct, frozen=True, kw_only=True):
    note: bool
    text: str
    channel: str = ""
    files: tuple[File, ...] = ()
    changed_at: datetime | None = None


def drafts_of(tx: Transaction, member: UUID, conversation: UUID) -> dict[bool, Draft]:
    """The answer under False and the note under True, where they are begun."""
    rows = tx.all(queries.drafts_of, member=member, conversation=conversation)
    return {row["note"]: msgspec.convert(row, Draft) for row in rows}


def keep(tx: Transaction, member: UUID, conversation: UUID, draft: Draft, now: datetime) -> None:
    """An empty draft is none."""
    if not draft.text.strip() and not draft.files:
        tx.run(queries.drop_draft, member=member, conversation=conversation, note=draft.note)
        return
    tx.run(
        queries.keep_draft,
        member=member,
        conversation=conversation,
        note=draft.note,
        text=draft.text[:LONGEST],
        channel=draft.channel,
        files=msgspec.json.encode(draft.files).decode(),
        now=now,
    )


def drop(tx: Transaction, member: UUID, conversation: UUID, *, note: bool) -> None:
    tx.run(queries.drop_draft, member=member, conversation=conversation, note=note)


def begun_by(tx: Transaction, member: UUID, conversations: Sequence[UUID]) -> set[UUID]:
    """Those of the conversations in which the member has begun to write."""
    return {row["conversation"] for row in tx.all(queries.begun_by, member=member, conversations=list(conversations))}
