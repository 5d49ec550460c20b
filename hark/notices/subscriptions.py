"""The browsers in which members want to be told: given by the browser, kept with the installation's key, ended by either."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import Misconfigured
from hark.kit.ids import derived
from hark.model import Subscription
from hark.registry import Registry
from hark.store import Queries, Transaction

queries = Queries(__file__)
MOST = 10  # browsers of one member; the oldest makes room


class Browser(Struct, frozen=True, kw_only=True):
    """One browser as its owner sees it in their settings. `detail`: why its service did not take the last message."""

    id: UUID
    browser: str
    added_at: datetime
    told_at: datetime | None = None
    detail: str | None = None


def plugin(registry: Registry) -> Any:
    """The plug-in's part that seals and sends."""
    part = registry["web_push"].part("push")
    if part is None:
        raise Misconfigured("web_push", "the plug-in has no push.py")
    return part


def key(tx: Transaction, registry: Registry, now: datetime) -> str:
    """The installation's own key pair, made when it is first asked for."""
    kept = tx.value(queries.read_key)
    if kept is None:
        tx.run(queries.keep_key, key=plugin(registry).new_key(), now=now)
        kept = tx.value(queries.read_key)  # another process may have been first
    return str(kept)


def add(
    tx: Transaction,
    member: UUID,
    given: Subscription,
    now: datetime,
    *,
    browser: str = "",
    session: bytes | None = None,
) -> UUID:
    """The same browser again takes the place of what it was; a browser belongs to who signed in there last."""
    number = derived("push", given.endpoint)
    tx.run(
        queries.add_subscription,
        id=number,
        member=member,
        session=session,
        endpoint=given.endpoint,
        p256dh=given.p256dh,
        auth=given.auth,
        browser=browser[:200],
        now=now,
    )
    tx.run(queries.drop_oldest, member=member, most=MOST)
    return number


def listed(tx: Transaction, member: UUID) -> list[Browser]:
    return [Browser(**row) for row in tx.all(queries.subscriptions_of, member=member)]


def remove(tx: Transaction, member: UUID, number: UUID) -> bool:
    """Only one's own; False where there is none."""
    return tx.run(queries.remove_subscription, id=number, member=member) > 0


def remove_endpoint(tx: Transaction, member: UUID, endpoint: str) -> bool:
    return remove(tx, member, derived("push", endpoint))
