"""Telling members: looks again at who wants it and who is looking already, then pushes to each of their browsers."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from hark.errors import Misconfigured, Rejected, Retry
from hark.kit.clock import Clock
from hark.model import Decision, Push, Subscription
from hark.notices import subscriptions
from hark.notices.wishes import URGENT, Wish, looks, quiet
from hark.registry import Registry
from hark.store import Database, Queries, Transaction
from hark.web import locale

queries = Queries(__file__)


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


HEADLINES = {
    "assigned": _("is yours now"),
    "case": _("a case is yours now"),
    "answered": _("answered"),
    "mentioned": _("you are mentioned"),
    "promise": _("a promise is about to break"),
}


class Means(Protocol):
    @property
    def database(self) -> Database: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def http(self) -> Any: ...
    @property
    def clock(self) -> Clock: ...


def notify(decision: Decision, means: Means, url: str) -> None:
    """Tell each browser once. Retry comes back for those alone that could not be reached."""
    said = decision.action.parameters
    members = {UUID(member): str(kind) for member, kind in said["members"].items()}
    with means.database.transaction() as tx:
        now = means.clock()
        key = subscriptions.key(tx, means.registry, now)
        rows = tx.all(queries.reachable, members=list(members), told=decision.id)
        about = _about(tx, said)
    wanted = [row for row in rows if _wanted(row, members[row["member"]], about, now)]
    # Signatures name whom a push service may ask; an installation without TLS is one that is being tried out.
    contact = url if url.startswith("https://") else "mailto:hark@localhost"
    later: list[Retry] = []
    for row in wanted:
        message = _message(decision.id, members[row["member"]], about, row, url)
        try:
            subscriptions.plugin(means.registry).push(
                message, _subscription(row), key, contact, means.http, means.clock
            )
        except Retry as busy:
            later.append(busy)
        except (Rejected, Misconfigured) as refused:
            _note_refusal(means.database, row["id"], refused)
        else:
            with means.database.transaction() as tx:
                tx.run(queries.note_told, id=row["id"], told=decision.id, now=now)
    if later:
        raise Retry(str(later[0]), after=max(busy.after or 0.0 for busy in later) or None)


def _about(tx: Transaction, said: dict[str, Any]) -> dict[str, Any]:
    row = tx.one(queries.about_conversation, id=UUID(said["conversation"])) if "conversation" in said else None
    return {**said, **(row or {}), "known": row is not None}


def _wanted(row: dict[str, Any], kind: str, about: dict[str, Any], now: datetime) -> bool:
    if kind in row["muted"] or looks(row["looked_at"], now):
        return False
    if quiet(_wish(row), now, row["time_zone"]):
        return False
    if kind == "assigned":
        return bool(about.get("member") == row["member"])  # somebody else may have taken it since
    if kind == "answered":
        return bool(about.get("member") == row["member"] and about.get("status") != "closed")
    return True


def _message(key: UUID, kind: str, about: dict[str, Any], row: dict[str, Any], url: str) -> Push:
    say = locale.translations(row["language"] or "en").gettext
    who = about.get("name") or about.get("first_name") or (say("Somebody new") if about["known"] else "")
    headline = say(HEADLINES.get(kind, kind))
    place = (
        f"/phone/cases/{about['case']}" if "case" in about else f"/phone/conversations/{about.get('conversation', '')}"
    )
    return Push(
        key=key,
        title=f"{who}: {headline}" if who else headline[:1].upper() + headline[1:],
        text=about.get("text", "") if row["preview"] else "",
        link=f"{url}{place}",
        topic=f"{about.get('case') or about.get('conversation') or key}",
        urgency="high" if kind in URGENT else "normal",
        lasts=4 * 3600,
        language=row["language"] or "en",
    )


def _note_refusal(database: Database, subscription: UUID, refused: Rejected | Misconfigured) -> None:
    with database.transaction() as tx:
        if isinstance(refused, Rejected) and refused.status == 410:
            tx.run(queries.end_subscription, id=subscription)
        else:
            tx.run(queries.note_refusal, id=subscription, detail=str(refused)[:300])


def _subscription(row: dict[str, Any]) -> Subscription:
    return Subscription(endpoint=row["endpoint"], p256dh=row["p256dh"], auth=row["auth"])


def _wish(row: dict[str, Any]) -> Wish:
    return Wish(quiet_from=row["quiet_from"], quiet_until=row["quiet_until"])
