"""Whether a machine of ours may answer: never another machine, once a day to the same address, and never in a rush.

Everything that Hark says by itself on a channel that is pushed passes here (RFC 3834, and what peers learned the hard way);
what people write never does.
"""

from datetime import datetime, timedelta
from uuid import UUID

from hark.kit.ids import derived
from hark.model import Identity
from hark.store import Queries, Transaction

queries = Queries(__file__, "restraint.sql")
REST = timedelta(hours=24)
RUSH = 10  # messages of the other side within an hour, from which on nobody answers by itself
MOST = 500  # addresses that are answered within an hour, all conversations together


def why_not(
    tx: Transaction, conversation: UUID, to: Identity, now: datetime, salt: bytes, because: UUID | None = None
) -> str | None:
    """The reason to keep silent. None: answer now, the day of this address has begun. `because` is the event that made
    us speak: what is said on account of our own doing (a closed conversation, a promise of time) takes nobody's day."""
    heard = tx.one(queries.last_heard, conversation=conversation)
    if heard is None:
        return "the person has said nothing here"
    if heard["automatic"]:
        return "a machine wrote last, and machines are not answered by machines"
    if heard["trust"] == "unverified":
        return "the sender is not who they claim to be"
    if because is not None and not tx.value(queries.is_heard, id=because):
        return None
    hour = now - timedelta(hours=1)
    if int(tx.value(queries.heard_since, conversation=conversation, since=hour)) > RUSH:
        return f"more than {RUSH} messages came within an hour"
    if int(tx.value(queries.answered_by_us, since=hour)) >= MOST:
        return f"{MOST} addresses were answered within an hour already"
    tx.run(queries.forget, before=now - REST)
    address = derived("restraint", to.kind, to.value.strip().lower(), salt=salt)
    if tx.one(queries.take, address=address, now=now, before=now - REST) is None:
        return "this address was answered by itself within 24 hours already"
    return None
