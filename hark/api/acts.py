"""What is done by hand goes down the log like everything else; the caller is answered when it has taken effect."""

from typing import Any
from uuid import UUID

from litestar import Request, Response

from hark.api.entrance import Caller
from hark.api.routes import Accepted
from hark.errors import Rejected
from hark.events.record import own, record_own, wait_for
from hark.model import Identity
from hark.store import Database

PATIENCE = 5.0  # seconds that a caller is kept waiting for what came before in the log
Ask = Request[Any, Any, Any]


def by(request: Ask) -> str:
    """How the caller is written down in what they cause."""
    caller: Caller = request.scope["user"]
    return caller.by


def act(
    request: Ask,
    database: Database,
    name: str,
    properties: dict[str, Any],
    identities: tuple[Identity, ...] = (),
    **more: Any,
) -> Accepted:
    """Record an own event in the name of the caller and wait for its effect, unless asked not to."""
    with database.transaction() as tx:
        event = own(name, by=by(request), properties=properties, identities=identities, **more)
        [recorded] = record_own(tx, [event])
    return waited(request, database, recorded)


def waited(request: Ask, database: Database, event: UUID, id: UUID | None = None) -> Accepted:
    """The event was recorded and committed; wait for its effect, unless the caller prefers not to (RFC 7240)."""
    patient = "respond-async" not in request.headers.get("prefer", "")
    return Accepted(event=event, done=patient and wait_for(database, event, PATIENCE), id=id)


def answered(accepted: Accepted, more: Any = None) -> Response[Any]:
    """200 with what is true now, or 202 where it is still on its way."""
    if not accepted.done:
        return Response(accepted, status_code=202)
    return Response(accepted if more is None else more, status_code=200)


def pair(text: str) -> tuple[str, str]:
    """`kind:value` as two texts; only the first colon parts them."""
    kind, colon, value = text.partition(":")
    if not colon or not kind or not value:
        raise Rejected(f"{text[:100]!r} names nobody: write kind:value, such as email:ann@example.com", 404)
    return kind, value
