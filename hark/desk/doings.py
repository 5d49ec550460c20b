"""What was done with a person's conversations, as lines of their thread: assigned, snoozed, closed, merged."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hark.desk.stream import Done, author_of
from hark.people import glance
from hark.store import Transaction

SHOWN = (
    "conversation.assigned",
    "conversation.closed",
    "conversation.reopened",
    "conversation.snoozed",
    "conversation.prioritised",
    "conversation.merged",
    "conversation.split",
    "conversation.restored",
    "conversation.rated",
)
MOST = 200


def done_in(
    tx: Transaction, person: UUID | None, conversations: Sequence[UUID], members: Mapping[UUID, str]
) -> list[Done]:
    """Those of the conversations that the thread shows, oldest first."""
    if person is None:
        return []
    known = {str(id): id for id in conversations}
    rows = glance.happened(tx, person, SHOWN, MOST)
    return [_done(row, known[said], members) for row in rows if (said := _about(row["properties"])) in known]


def _about(properties: Mapping[str, Any]) -> str:
    return str(properties.get("conversation") or "")


def _done(row: Mapping[str, Any], conversation: UUID, members: Mapping[UUID, str]) -> Done:
    said = row["properties"]
    words = {
        name: str(said[name])[:200]
        for name in ("reason", "team", "priority", "until", "score", "comment")
        if said.get(name)
    }
    words["by"] = author_of(str(said.get("by") or "hark"), members, "")
    if member := said.get("member"):
        words["member"] = author_of(f"member:{member}", members, "")
    return Done(at=row["at"], name=row["name"], conversation=conversation, words=words)
