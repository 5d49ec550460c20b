"""A Push: a short message to one browser of one person, sealed for it alone, and the Subscription that a browser gave us."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

Urgency = Literal["very-low", "low", "normal", "high"]


class Subscription(Struct, frozen=True, kw_only=True):
    """Where a browser may be reached: an address of its maker's push service, and the keys that only this browser opens."""

    endpoint: str
    p256dh: str
    auth: str


class Push(Struct, frozen=True, kw_only=True):
    """`topic`: a newer push of the same topic takes the place of one that still waits, and of the one that is shown.
    `link` is what a press opens; `lasts` how many seconds the service keeps it for a browser that is away."""

    key: UUID
    title: str
    text: str = ""
    link: str = ""
    topic: str = ""
    urgency: Urgency = "normal"
    lasts: int = 3600
    language: str = "en"
