"""What a member wants to hear of, in which hours, and whether they are looking at the desk already."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from hark.store import Queries, Transaction

queries = Queries(__file__)
KINDS = ("assigned", "answered", "mentioned", "promise", "case")
URGENT = frozenset({"promise", "mentioned"})
LOOKS_FOR = timedelta(seconds=75)  # a page in front of somebody says so every 30 seconds


class Wish(Struct, frozen=True, kw_only=True):
    """quiet_from and quiet_until are hours of the member's own day; a night goes over midnight."""

    muted: tuple[str, ...] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    preview: bool = True


def wish_of(tx: Transaction, member: UUID) -> Wish:
    row = tx.one(queries.wish_of, member=member)
    if row is None:
        return Wish()
    return Wish(**{**row, "muted": tuple(row["muted"])})


def keep(tx: Transaction, member: UUID, wish: Wish) -> None:
    tx.run(
        queries.keep_wish,
        member=member,
        muted=[kind for kind in wish.muted if kind in KINDS],
        quiet_from=wish.quiet_from,
        quiet_until=wish.quiet_until,
        preview=wish.preview,
    )


def look(tx: Transaction, member: UUID, now: datetime, *, away: bool = False) -> None:
    """The desk is in front of this member, or has just been put away."""
    if away:
        tx.run(queries.look_away, member=member)
    else:
        tx.run(queries.look, member=member, now=now)


def looks(looked_at: datetime | None, now: datetime) -> bool:
    return looked_at is not None and now - looked_at < LOOKS_FOR


def quiet(wish: Wish, now: datetime, zone: str) -> bool:
    """Whether it is an hour in which they want to hear of nothing."""
    if wish.quiet_from is None or wish.quiet_until is None or wish.quiet_from == wish.quiet_until:
        return False
    hour = now.astimezone(ZoneInfo(zone)).time()
    if wish.quiet_from < wish.quiet_until:
        return wish.quiet_from <= hour < wish.quiet_until
    return hour >= wish.quiet_from or hour < wish.quiet_until
