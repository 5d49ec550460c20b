"""The thread as people read it: days, who said it, runs of one voice, and the lines that tell what was done. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape
from msgspec import Struct

from hark.model import Conversation, Message

TOGETHER = timedelta(minutes=6)  # messages of one voice so close stand under one name
_LINK = re.compile(r"https?://[^\s<>\"'\u200b]{3,2000}", re.IGNORECASE)
_TAIL = ".,;:!?)]}'\"»“”"


class Piece(Struct, frozen=True, kw_only=True):
    """One thing in the thread, from top to bottom.

    day           a new day begins
    conversation  another conversation of the same person begins
    message       somebody said or noted something; `first`: their name stands above it
    done          something was done with the conversation: assigned, closed, merged …
    """

    kind: Literal["day", "conversation", "message", "done"]
    at: datetime
    day: date | None = None
    message: Message | None = None
    author: str = ""
    first: bool = True
    conversation: Conversation | None = None
    done: str = ""
    words: dict[str, str] = {}


class Done(Struct, frozen=True, kw_only=True):
    """Something that was done with a conversation: `name` is the event's, `words` what its line names."""

    at: datetime
    name: str
    conversation: UUID
    words: dict[str, str] = {}


def pieces(
    said: Sequence[Message],
    done: Iterable[Done],
    conversations: Sequence[Conversation],
    members: Mapping[UUID, str],
    person: str,
    zone: ZoneInfo,
    *,
    whole: bool,
) -> list[Piece]:
    """`whole`: the first message of all is among them, so that what was done before it belongs here too."""
    known = {one.id: one for one in conversations}
    earliest = said[0].at if said and not whole else None
    lines: list[Message | Done] = [*said, *(one for one in done if earliest is None or one.at >= earliest)]
    lines.sort(key=lambda line: (line.at, isinstance(line, Done)))
    built: list[Piece] = []
    day: date | None = None
    within: UUID | None = None
    before: Message | None = None
    for line in lines:
        at = line.at
        if (today := at.astimezone(zone).date()) != day:
            day, before = today, None
            built.append(Piece(kind="day", at=at, day=today))
        if isinstance(line, Done):
            before = None
            built.append(Piece(kind="done", at=at, done=line.name, words=line.words))
            continue
        if line.conversation != within:
            within, before = line.conversation, None
            if len(known) > 1 and within in known:
                built.append(Piece(kind="conversation", at=at, conversation=known[within]))
        built.append(
            Piece(
                kind="message",
                at=at,
                message=line,
                author=author_of(line.author, members, line.name or person),
                first=not _goes_on(before, line),
            )
        )
        before = line
    return built


def author_of(author: str, members: Mapping[UUID, str], person: str) -> str:
    kind, _, name = author.partition(":")
    if kind == "member":
        try:
            return members.get(UUID(name), "")
        except ValueError:
            return ""
    return person if kind in ("person", "participant", "stranger") else name or "Hark"


def linked(text: str) -> Markup:
    """A text with its addresses as links that tell nobody where they were clicked; everything else stays a text."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        address = found.group(0).rstrip(_TAIL)
        parts.append(str(escape(text[end : found.start()])))
        parts.append(
            str(Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>').format(address))
        )
        end = found.start() + len(address)
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))


def _goes_on(before: Message | None, line: Message) -> bool:
    if before is None:
        return False
    same = (before.author, before.direction, before.channel) == (line.author, line.direction, line.channel)
    return same and line.at - before.at < TOGETHER and not line.subject
