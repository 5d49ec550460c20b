"""The nouns: frozen data, no I/O. One word for each thing, as in docs/reference/glossary.md."""

from hark.model.context import Action, Context, Decision, Finding, Outcome
from hark.model.conversation import (
    ASKED_BY_CHANNELS,
    SAID_BY_CHANNELS,
    Abilities,
    Conversation,
    File,
    Message,
    Outgoing,
    Receipt,
)
from hark.model.engines import Declared
from hark.model.event import Attached, Event, Identity, Refused
from hark.model.order import Line, Loved, Order, Owned, Product
from hark.model.person import Consent, IdentityKind, Person, Profile, Purpose, Trait, agrees
from hark.model.push import Push, Subscription
from hark.model.raw import Accepted, Admission, Denied, Raw, Reply, Request, Route, Source
from hark.model.subject import Subject

__all__ = [
    "ASKED_BY_CHANNELS",
    "SAID_BY_CHANNELS",
    "Abilities",
    "Accepted",
    "Action",
    "Admission",
    "Attached",
    "Consent",
    "Context",
    "Conversation",
    "Decision",
    "Declared",
    "Denied",
    "Event",
    "File",
    "Finding",
    "Identity",
    "IdentityKind",
    "Line",
    "Loved",
    "Message",
    "Order",
    "Outcome",
    "Outgoing",
    "Owned",
    "Person",
    "Product",
    "Profile",
    "Purpose",
    "Push",
    "Raw",
    "Receipt",
    "Refused",
    "Reply",
    "Request",
    "Route",
    "Source",
    "Subject",
    "Subscription",
    "Trait",
    "agrees",
]
