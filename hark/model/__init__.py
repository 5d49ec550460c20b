"""The nouns: frozen data, no I/O. One word for each thing, as in docs/reference/glossary.md."""

from hark.model.context import Action, Context, Decision, Finding, Outcome
from hark.model.engines import Declared
from hark.model.event import Event, Identity, Refused
from hark.model.order import Line, Loved, Order, Owned, Product
from hark.model.person import Consent, IdentityKind, Person, Profile, Purpose, Trait, agrees
from hark.model.raw import Accepted, Admission, Denied, Raw, Reply, Request, Route, Source
from hark.model.subject import Subject

__all__ = [
    "Accepted",
    "Action",
    "Admission",
    "Consent",
    "Context",
    "Decision",
    "Declared",
    "Denied",
    "Event",
    "Finding",
    "Identity",
    "IdentityKind",
    "Line",
    "Loved",
    "Order",
    "Outcome",
    "Owned",
    "Person",
    "Product",
    "Profile",
    "Purpose",
    "Raw",
    "Refused",
    "Reply",
    "Request",
    "Route",
    "Source",
    "Subject",
    "Trait",
    "agrees",
]
