"""Consent: the purposes for which data is used, how events grant and withdraw them, and what a no takes out of a profile.

A purpose that is `explicit` is allowed only after a yes; any other until a no. A withdrawal takes effect on the event
that brings it:

profiling          no computed traits and no segments
analytics          behaviour (counts, money, phase, measures) is neither shown nor asked by any condition
special_category   health, belief, origin … (GDPR Article 9) are withheld from the profile until there is an explicit yes

The other purposes bind those who act: marketing and personalisation at send time, training where models learn.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from hark.model import Event, Purpose

SPECIAL = "special_category"
SEEDED = (
    Purpose(name="service", label="Service", about="Fulfil orders, deliver, repair, answer.", explicit=False),
    Purpose(name="analytics", label="Analytics", about="Understand how we are used.", explicit=False),
    Purpose(name="personalisation", label="Personalisation", about="Fit what is shown to the person.", explicit=False),
    Purpose(name="profiling", label="Profiling", about="Compute traits, segments and predictions.", explicit=False),
    Purpose(name="marketing", label="Marketing", about="Write to the person about offers.", explicit=True),
    Purpose(name="training", label="Training", about="Let models learn from their data.", explicit=True),
    Purpose(name=SPECIAL, label="Sensitive data", about="Keep health, belief, origin and the like.", explicit=True),
)
_BY_NAME = {purpose.name: purpose for purpose in SEEDED}

# Categories as consent banners write them; C0001 to C0005 are those of the most used one.
_CATEGORIES = {
    "c0001": "service",
    "strictly necessary": "service",
    "necessary": "service",
    "essential": "service",
    "c0002": "analytics",
    "performance": "analytics",
    "statistics": "analytics",
    "measurement": "analytics",
    "c0003": "personalisation",
    "functional": "personalisation",
    "preferences": "personalisation",
    "personalization": "personalisation",
    "c0004": "marketing",
    "c0005": "marketing",
    "targeting": "marketing",
    "advertising": "marketing",
    "social media": "marketing",
}
_SENSITIVE = frozenset(
    [
        "health",
        "illness",
        "disease",
        "diagnosis",
        "medical",
        "medication",
        "disability",
        "pregnancy",
        "pregnant",
        "allergy",
        "allergies",
        "blood_type",
        "religion",
        "religious",
        "faith",
        "belief",
        "beliefs",
        "church",
        "ethnicity",
        "ethnic",
        "race",
        "racial",
        "skin_colour",
        "skin_color",
        "origin_ethnic",
        "politics",
        "political",
        "political_party",
        "party_membership",
        "political_opinion",
        "political_views",
        "sexuality",
        "sexual",
        "sexual_orientation",
        "sex_life",
        "gender_identity",
        "biometric",
        "biometrics",
        "fingerprint",
        "face_template",
        "voiceprint",
        "iris",
        "genetic",
        "genetics",
        "genome",
        "dna",
        "trade_union",
        "union_membership",
    ]
)
# Businesses say these of accounts and appliances, not of bodies.
_HARMLESS = frozenset(
    ["account_health", "customer_health", "health_score", "device_health", "battery_health", "appliance_health"]
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


# (purpose, granted, proof)
Answer = tuple[str, bool, dict[str, Any]]


def declared_purposes(brought: Mapping[str, Purpose]) -> dict[str, Purpose]:
    """The seeded purposes and those that rooms and plug-ins bring."""
    return {**_BY_NAME, **brought}


def allowed(answers: Mapping[str, Any], purpose: str, known: Mapping[str, Purpose]) -> bool:
    """Whether a purpose is allowed; `answers` are (granted, …) by purpose. A purpose nobody declared needs a yes."""
    answer = answers.get(purpose)
    if answer is not None:
        return bool(answer[0])
    declared = known.get(purpose)
    return declared is not None and not declared.explicit


@lru_cache(maxsize=4096)
def sensitive(trait: str) -> bool:
    """Whether a trait's name speaks of a special category of personal data."""
    words = [word.lower() for word in _WORDS.findall(trait)]
    joined = "_".join(words)
    if any(entry in joined for entry in _HARMLESS):
        return False
    return joined in _SENSITIVE or any(f"_{entry}_" in f"_{joined}_" for entry in _SENSITIVE)


def answers(event: Event) -> Iterable[Answer]:
    """(purpose, granted, proof) of everything that an event says about consent."""
    if event.name in ("consent.granted", "consent.withdrawn"):
        yield from _by_name(event)
    said = event.context.get("consent")
    if isinstance(said, dict) and isinstance(said.get("categoryPreferences"), dict):
        proof = _proof(event, said)
        for category, granted in said["categoryPreferences"].items():
            if isinstance(granted, bool):
                yield purpose_of(category), granted, proof


def purpose_of(category: str) -> str:
    name = category.strip().lower()
    return _CATEGORIES.get(name, name.replace(" ", "_"))[:100]


def _by_name(event: Event) -> Iterable[Answer]:
    named = event.properties.get("purposes", event.properties.get("purpose"))
    proof = _proof(event, {k: v for k, v in event.properties.items() if k not in ("purpose", "purposes")})
    for purpose in named if isinstance(named, list) else [named]:
        if isinstance(purpose, str) and purpose.strip():
            yield purpose_of(purpose), event.name == "consent.granted", proof


def _proof(event: Event, said: dict[str, Any]) -> dict[str, Any]:
    """What shows that the person said so: the event, where they were, what stood there."""
    page = event.context.get("page")
    where = page.get("url") if isinstance(page, dict) else None
    proof = {"event": str(event.id), "channel": event.channel, "url": where, "ip": event.context.get("ip"), **said}
    return {name: value for name, value in proof.items() if value is not None}
