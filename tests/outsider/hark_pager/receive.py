"""What a pager reports becomes an event."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from hark.kit.ids import event_id
from hark.kit.text import clean
from hark.plugin import Accepted, Admission, Denied, Event, Identity, Raw, Refused, Rejected, Reply, Request, Route

ROUTES = (Route("POST", "/pager/{key}"),)


class Page(Struct, frozen=True):
    id: str
    who: str
    text: str = ""


def admit(request: Request) -> Admission:
    _page(request)
    return Admission(request.params.get("key"))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    if isinstance(outcome, Denied):
        return Reply(status=outcome.status, body=outcome.code.encode(), content_type="text/plain")
    return Reply(body=b"OK", content_type="text/plain")


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    page = _page(raw.request)
    if not page.who.strip() or not page.id.strip():
        yield Refused(index=0, reason="it names no pager or no id")
        return
    yield Event(
        id=event_id(raw.received_at, raw.source.id, page.id),
        type="track",
        name="Page Answered",
        at=raw.received_at,
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=clean(page.id)[:100],
        identities=(Identity("pager", clean(page.who)[:100]),),
        properties={"text": clean(page.text)},
        channel="messaging",
    )


def _page(request: Request) -> Page:
    try:
        return msgspec.json.decode(request.body, type=Page)
    except (ValueError, RecursionError) as error:  # broken, of another shape, no UTF-8, nested without end
        raise Rejected(str(error)) from None
