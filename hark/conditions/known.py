"""What a condition may ask of one person: the open hand that the people room holds out to the rule language."""

from typing import Any

from msgspec import Struct

from hark.conditions.measure import Buckets


class Known(Struct):
    """Times are ms since 1970. counts: event name → [how often, first, last]. money: event name → {currency: millionths}.
    about: conversation, message, case, event → what an event is about, for rules that look at one event."""

    traits: dict[str, Any] = {}
    computed: dict[str, Any] = {}
    counts: dict[str, list[int]] = {}
    money: dict[str, dict[str, int]] = {}
    measures: dict[str, Buckets] = {}
    consents: dict[str, bool] = {}
    segments: set[str] = set()
    groups: set[str] = set()
    phase: str | None = None
    language: str | None = None
    time_zone: str | None = None
    about: dict[str, dict[str, Any]] = {}
    first_seen: int | None = None
    last_seen: int | None = None
