"""What a member is told and where: this browser's subscription, what they want to hear of, and that they are looking."""

from datetime import time
from typing import Any
from uuid import UUID

import msgspec
from litestar.response import Response

from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.notices import subscriptions, wishes
from hark.registry import Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shown, shows

LARGEST = 8_000  # letters of what a browser gives us


@shows("/notices", right=Right.SIGNED_IN)
def notices(request: Ask, database: Database) -> Answer:
    member = member_of(request)
    with database.transaction() as tx:
        wish, browsers = wishes.wish_of(tx, member), subscriptions.listed(tx, member)
    return page(request, "desk/notices.html", wish=wish, browsers=browsers, kinds=wishes.KINDS)


@does("/notices", right=Right.SIGNED_IN)
def save(request: Ask, form: Form, database: Database) -> Answer:
    wanted = set(form.texts("kind"))
    wish = wishes.Wish(
        muted=tuple(kind for kind in wishes.KINDS if kind not in wanted),
        quiet_from=_hour(form.text("quiet_from")),
        quiet_until=_hour(form.text("quiet_until")),
        preview=form.flag("preview"),
    )
    with database.transaction() as tx:
        wishes.keep(tx, member_of(request), wish)
    return go(request, "/notices", "Saved.")


@shows("/notices/key", right=Right.SIGNED_IN)
def key(request: Ask, database: Database, registry: Registry, clock: Clock) -> Answer:
    """The public half of the installation's key, which a browser asks for before it subscribes."""
    with database.transaction() as tx:
        kept = subscriptions.key(tx, registry, clock())
    return _json({"key": subscriptions.plugin(registry).public_key(kept)})


@does("/notices/subscribe", right=Right.SIGNED_IN)
def subscribe(request: Ask, form: Form, database: Database, registry: Registry, clock: Clock) -> Answer:
    given = subscriptions.plugin(registry).read(_read(form))
    visitor = shown(request).visitor
    with database.transaction() as tx:
        subscriptions.add(
            tx,
            member_of(request),
            given,
            clock(),
            browser=request.headers.get("user-agent", ""),
            session=visitor.session if visitor else None,
        )
    return _json({"subscribed": True})


@does("/notices/unsubscribe", right=Right.SIGNED_IN)
def unsubscribe(request: Ask, form: Form, database: Database) -> Answer:
    with database.transaction() as tx:
        gone = subscriptions.remove_endpoint(tx, member_of(request), form.text("endpoint", most=LARGEST))
    return _json({"unsubscribed": gone})


@does("/notices/browsers/{number:uuid}/remove", right=Right.SIGNED_IN)
def remove(request: Ask, number: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        subscriptions.remove(tx, member_of(request), number)
    return go(request, "/notices", "That browser hears nothing more.")


@does("/looking", right=Right.SIGNED_IN)
def looking(request: Ask, form: Form, database: Database, clock: Clock) -> Answer:
    """A page is in front of this member (or was put away): they are not disturbed by what they see."""
    with database.transaction() as tx:
        wishes.look(tx, member_of(request), clock(), away=form.flag("away"))
    return Response(b"", status_code=204)


def member_of(request: Ask) -> UUID:
    visitor = shown(request).visitor
    if visitor is None or visitor.member is None:
        raise Rejected("this is for members of the team")
    return visitor.member


def _read(form: Form) -> dict[str, Any]:
    try:
        return msgspec.json.decode(form.text("subscription", most=LARGEST), type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise Rejected("what the browser gave is no subscription") from None


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _json(value: Any) -> Answer:
    return Response(msgspec.json.encode(value), media_type="application/json")


HANDLERS = [notices, save, key, subscribe, unsubscribe, remove, looking]
