"""The plug-in contract. A plug-in is a folder; the name of each file is its promise. It imports this module, the model
and the kit, and nothing else of Hark.

plugin.toml     name, version, about, needs, level = bronze | silver | gold
config.py       class Config(Struct): settings screen and validation; def check(config, http) -> str: "test the connection",
                    says what it found; GROUPS = {heading: names of settings}: optional, how the screen puts them together
identities.py   KINDS: tuple[IdentityKind, ...]: kinds of identity that this system brings
purposes.py     PURPOSES: tuple[Purpose, ...]: purposes that it needs
receive.py      ROUTES: tuple[Route, ...]: paths it answers on the public door
                def admit(request) -> Admission: find the write key, check that the request can be taken whole
                    (raises Rejected); the door calls it before it records anything, so it must be fast and pure
                def write_key(request) -> str | None: optional; the key as far as headers and address tell it, asked
                    when admit has raised, so that what a known sender sent broken is kept and shown
                def recognises(request) -> bool: optional; where two plug-ins answer one path, whether this is mine; the
                    other takes the rest
                def answer(request, outcome, config) -> Reply: what the caller gets, for Accepted and for Denied, in its
                    own dialect; also settings documents and pixels
                def receive(raw, config) -> Iterable[Event | Refused]: bytes in, events out, pure
listen.py       async def listen(config, host): only where a connection stays open; it runs until cancelled, and is begun
                    again with a growing pause after it raised. See Host
send.py         a channel. ABILITIES: Abilities; CHANNEL: the word of its channel ("email", "chat", …)
                def send(message: Outgoing, to: Identity, config, http) -> Receipt; Retry: come back; Rejected: never
                REPEATABLE = True where sending the same message.key again does no harm
                REACHES = ("email",): kinds of identity that can be written to, for who writes first
write.py        def write(contexts, config, http) -> None: a destination; each context holds the event, the person and their
                    profile. All of them were written when it returns; Rejected: none was and none ever will be; Retry:
                    come back with all of them. What it needs besides it asks for by the names of its parameters:
                    http, folder (a Path of its own), clock
                REPEATABLE = True where writing the same event.id again does no harm; otherwise what was cut off
                    between send and receipt goes to the dead letters, for a person to decide
                def forget(persons, config, http) -> None: optional; these ids' person is erased here, and now there
                BATCH, EVERY: events in one write, and seconds to wait for that many; a setting `batch` or `every`
                    of Config goes first
push.py         a way to a person's own screen. new_key() -> str; public_key(key) -> str: what the browser is told
                def read(given: dict) -> Subscription: what a browser sent, checked; Rejected
                def push(message: Push, to: Subscription, key, contact, http, clock) -> Receipt; Rejected with status 410:
                    this browser wants nothing more; Retry: come back
detect.py       def detect(contexts, memory, config) -> Findings
fixtures/       recorded bytes and the events expected of them      README.md      test_<name>.py
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Protocol, Self

from msgspec import Meta

from hark.errors import Misconfigured, Rejected, Retry
from hark.model import (
    Abilities,
    Accepted,
    Admission,
    Attached,
    Context,
    Denied,
    Event,
    File,
    Identity,
    IdentityKind,
    Outgoing,
    Person,
    Profile,
    Purpose,
    Push,
    Raw,
    Receipt,
    Refused,
    Reply,
    Request,
    Route,
    Source,
    Subscription,
)
from hark.model.wire import deny

# A setting that is never shown again once it is saved.
Secret = Annotated[str, Meta(extra={"secret": True})]


class Answer(Protocol):
    """What came back; header names are in lower case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    def succeeded(self) -> Self:
        """Itself where it is a 2xx; else raises what to do: Retry, Rejected or Misconfigured."""


class Http(Protocol):
    """The guarded client that is handed in: it speaks to public addresses, and to those that the operator allowed."""

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer: ...
    def post(self, url: str, *, body: bytes, headers: Mapping[str, str] | None = None) -> Answer: ...
    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer: ...
    def address(self, host: str, port: int) -> str:
        """The checked address to connect to, for those who speak another protocol than HTTP."""
        ...


class Host(Protocol):
    """What a listener is given: the door from inside, a memory of its own, and its source."""

    @property
    def source(self) -> Source: ...
    @property
    def http(self) -> Http:
        """The guarded client: whoever opens a connection of another protocol asks it for the `address` to connect to."""
        ...

    async def record(self, body: bytes, *, headers: Mapping[str, str] | None = None, path: str = "") -> None:
        """Record one raw item; returns after the commit. The plug-in's own `receive` reads it afterwards."""
        ...

    async def recall(self, name: str) -> Any:
        """What was kept under this name (JSON), None before."""
        ...

    async def keep(self, name: str, value: Any) -> None: ...
    async def tell(self, state: str, detail: str = "") -> None:
        """How the connection stands, for the screen of the source: connected | waiting | failed."""
        ...


__all__ = [
    "Abilities",
    "Accepted",
    "Admission",
    "Answer",
    "Attached",
    "Context",
    "Denied",
    "Event",
    "File",
    "Host",
    "Http",
    "Identity",
    "IdentityKind",
    "Misconfigured",
    "Outgoing",
    "Person",
    "Profile",
    "Purpose",
    "Push",
    "Raw",
    "Receipt",
    "Refused",
    "Rejected",
    "Reply",
    "Request",
    "Retry",
    "Route",
    "Secret",
    "Source",
    "Subscription",
    "script",
]


def script(settings: dict[str, Any], path: str) -> Reply:
    """A client's own browser library, unmodified out of its npm package, which the operator installs: it is not ours to
    hand out. `path` starts with the package's name."""
    file = Path(settings.get("scripts") or "") / path
    if not settings.get("scripts") or not file.is_file():
        package = "/".join(path.split("/")[: 2 if path.startswith("@") else 1])
        hint = f"run `npm install {package}` in the data folder, or name another node_modules by the setting `scripts`"
        return deny(Denied(404, "no_script", f"this browser library is not installed here: {hint}"))
    return Reply(
        body=file.read_bytes(),
        content_type="application/javascript; charset=utf-8",
        headers={"cache-control": "public, max-age=3600"},
    )
