"""The things of this room as the path holds them, one Struct for one row, and what one event did to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.model import Identity

OPEN = ("waiting", "resting", "served")
PRIORITIES = {2: 3600, 1: 900, 0: 0, -1: -3600}  # seconds that something goes before its time
# Channels on which somebody sits and waits: what is with a member counts until it is over.
LIVE = frozenset({"chat", "web", "mobile", "phone"})


def about(anchor: UUID | None) -> tuple[Identity, ...]:
    """Whose history an event of ours is part of; the log names an identity, never a person."""
    return () if (who := whose(anchor)) is None else (who,)


def whose(anchor: UUID | None) -> Identity | None:
    return Identity("id", str(anchor)) if anchor else None


class Case(Struct, kw_only=True):
    id: UUID
    number: int
    subject: str
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    position: int
    anchor: UUID | None = None
    about: str = ""
    status: str = "open"
    priority: int = 0
    team: str | None = None
    member: UUID | None = None
    tags: list[str] = []
    fields: dict[str, Any] = {}
    conversation: UUID | None = None
    device: str | None = None
    order_number: str | None = None
    due_at: datetime | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    resolution: str | None = None
    reopened: int = 0


class Note(Struct, frozen=True, kw_only=True):
    id: UUID
    work_case: UUID
    at: datetime
    author: str
    text: str
    mentions: tuple[UUID, ...] = ()
    position: int = 0


class Task(Struct, kw_only=True):
    id: UUID
    work_case: UUID
    text: str
    position: int
    member: UUID | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None


class Agent(Struct, frozen=True, kw_only=True):
    member: UUID
    position: int = 0
    state: str = "offline"
    since: datetime | None = None
    skills: dict[str, int] = {}
    languages: dict[str, int] = {}
    capacity: dict[str, int] = {}
    assigned_at: datetime | None = None


class Ticket(Struct, frozen=True, kw_only=True):
    """Whatever waits for somebody or is with somebody; see migrations/0001_cases.sql."""

    id: UUID
    kind: str
    state: str
    channel: str
    waiting_since: datetime
    queued_at: datetime
    position: int
    conversation: UUID | None = None
    anchor: UUID | None = None
    team: str | None = None
    skills: dict[str, int] = {}
    language: str | None = None
    priority: int = 0
    boost: int = 0
    last_member: UUID | None = None
    member: UUID | None = None
    served_at: datetime | None = None
    active: bool = True
    phone: str | None = None
    zone: str | None = None
    tries: int = 0
    next_at: datetime | None = None
    outcome: str | None = None


class Pace(Struct, frozen=True, kw_only=True):
    team: str
    served: int
    seconds: float
    served_at: datetime


class Told(Struct, kw_only=True):
    """What was said about one wait; seconds is None where it was not known."""

    ticket: UUID
    at: datetime
    place: int
    anchor: UUID | None = None
    team: str | None = None
    seconds: int | None = None
    waited: int | None = None
    outcome: str | None = None


class PromiseClock(Struct, kw_only=True):
    id: UUID
    subject_kind: str
    subject: UUID
    promise: str
    target: str
    seconds: int
    state: str
    started_at: datetime
    position: int
    anchor: UUID | None = None
    calendar: str | None = None
    warn_seconds: int = 0
    team: str | None = None
    member: UUID | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    left_seconds: int | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None


class Effort(Struct, kw_only=True):
    conversation: UUID
    status: str
    opened_at: datetime
    position: int
    anchor: UUID | None = None
    channel: str | None = None
    member: UUID | None = None
    team: str | None = None
    waiting_since: datetime | None = None
    closed_at: datetime | None = None
    messages: int = 0
    waits: int = 0
    waited: int = 0
    longest: int = 0
    transfers: int = 0
    channel_changes: int = 0
    repeats: int = 0


class News(Struct, frozen=True, kw_only=True):
    """Something to be told as an event of its own, once."""

    name: str
    key: str
    properties: dict[str, Any]
    anchor: UUID | None = None


class Board(Struct, frozen=True, kw_only=True):
    """The queue and who may serve it, at one moment: everything open, everybody, and what is declared."""

    tickets: dict[UUID, Ticket]
    agents: dict[UUID, Agent]
    declared: Any  # declared.Declarations; not named here so that neither file needs the other


class Work(Struct, frozen=True, kw_only=True):
    """What one event did. `board` is there where somebody may now be given something; `asked`: a member asked for the next;
    `away`: a member whose open work goes to others; `back`: somebody came back to a member who cannot take them now."""

    board: Board | None = None
    news: tuple[News, ...] = ()
    asked: UUID | None = None
    away: UUID | None = None
    back: Ticket | None = None
    declared: Any = None
    case: Case | None = None
