"""A Person, the profile of what we know of them, and what rooms and plug-ins declare about identities and purposes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.model.event import Identity


class Trait(Struct, frozen=True, kw_only=True):
    """A value with where it came from: the newest `at` wins, ties by source and message id."""

    value: Any
    at: datetime
    source: str
    message_id: str


class Consent(Struct, frozen=True, kw_only=True):
    """What a person said about one purpose, and the proof of it (the event, the text shown, where)."""

    purpose: str
    granted: bool
    at: datetime
    source: str
    message_id: str
    proof: dict[str, Any] = {}


class Person(Struct, frozen=True, kw_only=True):
    """`formerly`: the other ids under which this person may have been known, before they turned out to be one."""

    id: UUID
    formerly: tuple[UUID, ...] = ()
    identities: tuple[Identity, ...] = ()
    first_seen: datetime | None = None
    last_seen: datetime | None = None


class Profile(Struct, frozen=True, kw_only=True):
    """What we know of one person, ready to be asked: see docs/reference/conditions.md for the names in conditions."""

    person: UUID
    traits: dict[str, Any] = {}
    computed: dict[str, Any] = {}
    counts: dict[str, int] = {}
    firsts: dict[str, int] = {}
    lasts: dict[str, int] = {}
    consents: dict[str, bool] = {}
    segments: frozenset[str] = frozenset()
    phase: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None


class IdentityKind(Struct, frozen=True, kw_only=True):
    """A kind of identity, declared by whoever brings it: how it is written one way, and what guards it.

    normalise   the one spelling of a value, or None where the value points to nobody
    priority    lower is stronger; on conflict the weakest identity of an event is let go first
    unique      two values of this kind never belong to one person (a veto, whatever else ties them)
    limit       most values of this kind for one person
    window_days the limit counts values seen within so many days; 0 is ever
    label       for people
    """

    name: str
    label: str
    normalise: Callable[[str], str | None]
    priority: int = 100
    unique: bool = False
    limit: int = 5
    window_days: int = 0


class Purpose(Struct, frozen=True, kw_only=True):
    """Why data is used. `explicit`: nothing is done without a yes. Otherwise it is done until a no."""

    name: str
    label: str
    about: str
    explicit: bool = True


def agrees(profile: Profile | None, purpose: Purpose | None) -> bool:
    """What the person said last; where they said nothing, or nobody is known, only a purpose that needs no yes."""
    if purpose is None:
        return False
    said = profile.consents.get(purpose.name) if profile else None
    return said if said is not None else not purpose.explicit
