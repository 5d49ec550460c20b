"""Hark's own letters, such as the link with which a customer comes in: they leave by the first mailbox that sends.

They wait in a table until there is such a mailbox; then each is a durable job. Without one, an owner reads them on the
settings screen and hands them over.
"""

from uuid import UUID

from hark.conversations.channels import Way, ways
from hark.destinations.means import Means
from hark.errors import Misconfigured
from hark.model import Identity, Outgoing
from hark.registry import Registry
from hark.store import Transaction
from hark.web import customers
from hark.work import put


def turn(means: Means) -> bool:
    """Queue what was written since; whether there was anything."""
    now = means.clock()
    with means.database.transaction() as tx:
        if mailbox(tx, means.registry) is None:
            return False
        waiting = customers.queue_letters(tx, now)
        for id in waiting:
            put(post, id, tx)
    return bool(waiting)


def post(id: UUID, means: Means) -> None:
    """Send one letter. It may go out twice where we were cut off right behind it: a link works once all the same."""
    with means.database.transaction() as tx:
        letter = customers.unsent_letter(tx, id, means.clock())
        way = mailbox(tx, means.registry)
    if letter is None:
        return
    if way is None:
        raise Misconfigured("plugin", "the mailbox that sent letters is gone")
    message = Outgoing(key=id, token=f"letter-{id.hex}", text=letter["body"], subject=letter["subject"], automatic=True)
    config = means.registry[way.source.plugin].config(way.source.settings)
    way.send.send(message, Identity("email", letter["recipient"]), config, means.http)
    with means.database.transaction() as tx:
        customers.letter_sent(tx, id, means.clock())


def mailbox(tx: Transaction, registry: Registry) -> Way | None:
    """The first by name that can write to an address and names the server to do it by."""
    able = [
        way for way in ways(tx, registry).values() if "email" in way.reaches and way.source.settings.get("smtp_host")
    ]
    return min(able, key=lambda way: way.source.name, default=None)
