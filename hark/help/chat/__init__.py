"""The visitors' side of live chat: the door, who they are, what they see, the script for any site."""

from collections.abc import Iterator
from uuid import UUID

from hark.events.record import Recorder
from hark.help.chat.calling import Calls
from hark.help.chat.door import ChatDoor
from hark.help.chat.hello import Hellos
from hark.help.chat.limits import Buckets
from hark.help.chat.saying import Sayings
from hark.help.chat.script import Scripts
from hark.help.chat.talk import Lines, retold
from hark.help.chat.thread import Names, Threads
from hark.kit import clock
from hark.model import Declared
from hark.registry import Registry
from hark.store import Database, Transaction
from hark.web import access
from hark.web.live import Live, Offer
from hark.web.rights import Right

__all__ = ["ChatDoor", "chat_door", "retold", "thread_offer", "visitors_threads"]


def visitors_threads(salt: bytes) -> Threads:
    return Threads(salt, Names(_members), clock.now)


def thread_offer(threads: Threads) -> Offer:
    """The topic of each visitor; the door gives it to whoever holds their secret, members may watch it too."""
    return Offer({"thread": Right.CONVERSATIONS_READ}, threads.feed)


def chat_door(
    *,
    database: Database,
    registry: Registry,
    declared: Declared,
    recorder: Recorder,
    live: Live,
    threads: Threads,
    own_url: str,
) -> ChatDoor:
    buckets = Buckets()
    sayings = Sayings(recorder, buckets, clock.now)
    hellos = Hellos(
        database=database,
        registry=registry,
        declared=declared,
        live=live,
        threads=threads,
        clock=clock.now,
        own_url=own_url,
    )
    lines, calls = Lines(live, database, sayings, buckets), Calls(database, sayings, buckets)
    return ChatDoor(hellos, lines, sayings, calls, Scripts(), buckets)


def _members(tx: Transaction) -> Iterator[tuple[UUID, str]]:
    for row in access.members(tx, clock.now()):
        yield row["id"], row["name"]
