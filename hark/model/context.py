"""What travels with one event along the path; each step fills its own slot."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.model.conversation import Conversation, Message
from hark.model.event import Event
from hark.model.person import Person, Profile


class Finding(Struct, frozen=True, kw_only=True):
    """What a detector concluded from an event. certainty is 0..1; evidence lets a person check it."""

    event: UUID
    kind: str
    value: Any
    certainty: float
    evidence: dict[str, Any] = {}
    detector: str = ""
    version: str = ""


class Action(Struct, frozen=True, kw_only=True):
    """Something to be done: `name` is registered by whoever can do it."""

    name: str
    parameters: dict[str, Any] = {}


class Decision(Struct, frozen=True, kw_only=True):
    """An action, who decided it and because of what. Its id is derived from (event, decider, action, n): it is also the
    job's and the provider's key. Held-out decisions are recorded and not carried out, so that effect can be measured."""

    id: UUID
    event: UUID
    decider: str
    action: Action
    person: UUID | None = None
    findings: tuple[UUID, ...] = ()
    score: float = 0.0
    propensity: float = 1.0
    held_out: bool = False
    purpose: str = "service"


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of a decision, with money where there is some. It arrives as the event `decision.outcome`."""

    decision: UUID
    kind: str
    at: datetime
    amount: Decimal | None = None
    currency: str | None = None


class Context(Struct, kw_only=True):
    """One event on its way. Rooms add what they know: this definition is the data-flow diagram."""

    event: Event
    anchor: UUID | None = None  # people: the identity whose history this event is part of
    person: Person | None = None  # people: whose it is, after this event
    profile: Profile | None = None  # people: what is known of them, after this event
    orders: tuple[str, ...] = ()  # orders: numbers of the orders this event changed
    entered: tuple[str, ...] = ()  # people: segments entered by this event
    left: tuple[str, ...] = ()  # people: segments left by this event
    conversation: Conversation | None = None  # conversations: the one this event belongs to, after it
    message: Message | None = None  # conversations: the message that this event is
    opened: bool = False  # conversations: this event opened it, or opened it again
    cases: tuple[UUID, ...] = ()  # cases: those that this event changed
    work: Any = None  # cases: what this event changed of the queue, of promises and of what is told (cases/work.py)
    findings: tuple[Finding, ...] = ()  # understand
    decisions: tuple[Decision, ...] = ()  # decide
