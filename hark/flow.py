"""The one path every event takes. Read this file first.

receive → record → know → understand → decide → act → (record). The door (api/collect.py) receives and records, the loader
(events/load.py) makes log entries of what was recorded, and `advance` takes them through the steps below, a batch at a
time, in one transaction with its cursor: an event's effects are there exactly when the cursor is past it.
"""

import logging
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from hark.act import Doer, act
from hark.cases.decide import decide as decide_cases
from hark.cases.know import clear as clear_cases
from hark.cases.know import know as know_cases
from hark.conversations.decide import decide as decide_conversations
from hark.conversations.know import clear as clear_conversations
from hark.conversations.know import know as know_conversations
from hark.errors import Rejected
from hark.events import decisions
from hark.events import log as events
from hark.model import Context, Declared, Event
from hark.notices.decide import decide as decide_notices
from hark.orders.know import clear as clear_orders
from hark.orders.know import know as know_orders
from hark.people.know import clear as clear_people
from hark.people.know import know as know_people
from hark.store import Database, Transaction
from hark.surveys.decide import decide as decide_surveys
from hark.work import put

log = logging.getLogger(__name__)

Step = Callable[[list[Context], Transaction, Declared], list[Context]]

KNOW: tuple[Step, ...] = (know_people, know_orders, know_conversations, know_cases, decisions.know)  # what we now know
DECIDE: tuple[Step, ...] = (decide_conversations, decide_cases, decide_notices, decide_surveys)  # what we propose to do

ACT: dict[str, Doer] = {}  # what can be done, by the name of the action

# Rooms in the order in which their tables are made; each is a folder below hark/.
ROOMS = ("events", "people", "orders", "conversations", "cases", "web", "notices", "handheld", "destinations", "carry")
CURSOR = "process"
FEW = 20  # events that the loader takes down the path by itself
# What KNOW derives, room by room; a replay empties these tables and fills them again from the log.
DERIVED: tuple[Callable[[Transaction], None], ...] = (clear_people, clear_orders, clear_conversations, clear_cases)


class Engines(Struct, frozen=True, kw_only=True):
    """What a working process holds."""

    database: Database
    declared: Declared
    batch: int = 2_000


def process(batch: Sequence[Event], declared: Declared, tx: Transaction) -> None:
    contexts = [Context(event=event) for event in batch]
    for know in KNOW:
        contexts = know(contexts, tx, declared)  # each fills its own slot, one set of SQL for the whole batch
    if declared.replaying:
        return  # findings and decisions are recorded; they are read back, never made again
    for decide in DECIDE:
        contexts = decide(contexts, tx, declared)  # decisions are appended, nothing is done yet
    for number in decisions.append(tx, decisions.arbitrate(contexts, declared.purposes)):
        put(act, number, tx)  # in the same transaction as the cursor


def advance(engines: Engines) -> int:
    """Process the next batch; how many events the cursor moved over. 0 also where another process is at it."""
    with engines.database.transaction() as tx:
        if (turn := events.lock_cursor(tx, CURSOR)) is None:
            return 0
        start, replay = turn
        if replay is not None:
            return _replay(engines, tx, *replay)
        return _take(events.read_after(tx, start, engines.batch), engines, tx)


def follow(engines: Engines, tx: Transaction) -> bool:
    """Take what was just loaded down the path at once, in the transaction that loads it: a message that comes alone wakes
    nobody and is committed once. False where too much waits for that, or somebody else is at it: `advance` then does it."""
    turn = events.lock_cursor(tx, CURSOR, wait_for_disk=True)
    if turn is None or turn[1] is not None:
        return False
    batch = events.read_after(tx, turn[0], FEW + 1)
    if len(batch) > FEW:
        return False
    _take(batch, engines, tx)
    return True


def _take(batch: Sequence[Event], engines: Engines, tx: Transaction) -> int:
    if batch:
        _process_or_park(batch, engines.declared, tx)
        events.move_cursor(tx, CURSOR, batch[-1].position)
    return len(batch)


def start_replay(engines: Engines) -> int:
    """Empty what is derived; the path then rebuilds it from the log before it goes on, wherever it is interrupted. The
    position up to which it will be rebuilt. Nothing is decided or sent again."""
    with engines.database.transaction() as tx:
        events.wait_for_cursor(tx, CURSOR)
        for clear in DERIVED:
            clear(tx)
        return events.start_replay(tx)


def _replay(engines: Engines, tx: Transaction, position: int, until: int) -> int:
    batch = events.read_up_to(tx, position, until, engines.batch)
    if not batch:
        events.end_replay(tx)
        return 1  # there may be new events to go on with
    _process_or_park(batch, msgspec.structs.replace(engines.declared, replaying=True), tx)
    events.move_cursor(tx, "replay", batch[-1].position)
    return len(batch)


def retry_parked(engines: Engines, positions: Sequence[int]) -> list[int]:
    """Try events again that were set aside; those that fail again stay. Returns the positions that went through."""
    with engines.database.transaction() as tx:
        events.wait_for_cursor(tx, CURSOR)
        if events.replay_state(tx) is not None:
            raise Rejected("a replay is under way, and it tries them all again by itself", status=409)
        batch = events.read_parked(tx, positions)
        failed = set(_process_or_park(batch, engines.declared, tx))
        healed = [event.position for event in batch if event.position not in failed]
        events.unpark(tx, healed)
        return healed


def _process_or_park(batch: Sequence[Event], declared: Declared, tx: Transaction) -> list[int]:
    """A batch that fails is halved until the one event that cannot be processed is alone: it is set aside and shown."""
    try:
        with tx.connection.transaction():
            process(batch, declared, tx)
        return []
    except events.LOST:
        raise  # the database went away, the event is not to blame
    except Exception as error:
        if len(batch) > 1:
            half = len(batch) // 2
            return _process_or_park(batch[:half], declared, tx) + _process_or_park(batch[half:], declared, tx)
        log.exception("event %s at %s was set aside", batch[0].id, batch[0].position)
        events.park(tx, batch[0].position, f"{type(error).__name__}: {error}")
        return [batch[0].position]
