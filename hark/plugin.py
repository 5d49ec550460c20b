"""The plug-in contract. A plug-in is a folder; the name of each file is its promise. It imports this module, the model
and the kit, and nothing else of Hark.

plugin.toml     name, version, about, needs, level = bronze | silver | gold
config.py       class Config(Struct): settings screen and validation; def check(config, http): "test the connection"
identities.py   KINDS: tuple[IdentityKind, ...]: kinds of identity that this system brings
purposes.py     PURPOSES: tuple[Purpose, ...]: purposes that it needs
receive.py      ROUTES: tuple[Route, ...]: paths it answers on the public door
                def admit(request) -> Admission: find the write key, check that the request can be taken whole
                    (raises Rejected); the door calls it before it records anything, so it must be fast and pure
                def write_key(request) -> str | None: optional; the key as far as headers and address tell it, asked
                    when admit has raised, so that what a known sender sent broken is kept and shown
                def answer(request, outcome, config) -> Reply: what the caller gets, for Accepted and for Denied, in its
                    own dialect; also settings documents and pixels
                def receive(raw, config) -> Iterable[Event | Refused]: bytes in, events out, pure
listen.py       async def listen(config, host): only where a connection stays open
send.py         ABILITIES; def send(message, to, config, http) -> Receipt
write.py        def write(events, config, http) -> None: a destination; an event may come again after a crash, so
                    `event.id` must make the write idempotent; raises Retry, Rejected or Misconfigured
detect.py       def detect(contexts, memory, config) -> Findings
fixtures/       recorded bytes and the events expected of them      README.md      test_<name>.py
"""

from hark.errors import Misconfigured, Rejected, Retry
from hark.model import (
    Accepted,
    Admission,
    Denied,
    Event,
    Identity,
    IdentityKind,
    Purpose,
    Raw,
    Refused,
    Reply,
    Request,
    Route,
    Source,
)

__all__ = [
    "Accepted",
    "Admission",
    "Denied",
    "Event",
    "Identity",
    "IdentityKind",
    "Misconfigured",
    "Purpose",
    "Raw",
    "Refused",
    "Rejected",
    "Reply",
    "Request",
    "Retry",
    "Route",
    "Source",
]
