"""One turn of one destination: what waits behind its cursor is judged, written group by group, and receipted.

A write is noted before it begins, and its receipt moves the cursor in the same transaction, so nothing is receipted twice
here. The other side may get a group twice: a write that was cut off between send and receipt is shown as unknown and sent
again only where the plug-in says that this does no harm.

What fails:
- Rejected: the group is halved until the event that spoils it is alone; that one goes to the dead letters.
- Retry: the same again later, with longer and longer waits. After five times in a row the group is halved too, and where
  a lone event still fails, the one behind it is tried: if that arrives, the lone one is to blame; if not, it is the
  other side, and nothing is given up, however long it takes.
- Misconfigured: the destination stops and waits for a person.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.destinations import letters
from hark.destinations.destination import Destination, get, queries
from hark.destinations.judge import Judged, judge
from hark.destinations.means import Means, Writer
from hark.destinations.whose import whose
from hark.errors import Misconfigured, NotFound, Rejected, Retry
from hark.events import log as events
from hark.model import Context, Event
from hark.store import Transaction
from hark.work.jobs import pause

log = logging.getLogger(__name__)

STUBBORN = 5  # failures in a row after which we ask whether it is the event or the other side
FRESH = 2.0  # seconds for which a judgement of consent and segments holds
CHUNK = 500  # events read at once, or as many as the plug-in takes in one write
Outcome = Rejected | Retry | Misconfigured | None
Stop = Callable[[], bool]


def deliver(number: UUID, means: Means, stop: Stop = lambda: False) -> None:
    """Deliver until nothing is left, a wait begins, or `stop` says so. Only one may do so at a time per destination."""
    try:
        with means.database.transaction() as tx:
            writer = Writer(get(tx, number), means)
            _cut_off(tx, writer)
        _again(writer, stop)
        while not stop() and _stretch(writer, stop):
            pass
    except NotFound:
        pass  # removed meanwhile
    except Misconfigured as wrong:
        _halt(means, number, wrong)


class Turn(Struct):
    """Where a stretch stands: `behind` is the cursor, `last` the end of what was read."""

    destination: Destination
    judged: Judged
    behind: int
    last: int
    whole: bool  # there is more in the log than was read
    aside: list[Event]  # could not be processed, so nobody knows whose they are


def _stretch(writer: Writer, stop: Stop) -> bool:
    """Deliver one stretch of the log; whether to go on with the next at once."""
    turn = _read(writer)
    if turn is None:
        return False
    fresh = time.monotonic() + FRESH
    while turn.judged.send:
        if stop():
            return False
        size = min(writer.batch, turn.destination.size or writer.batch)
        group = turn.judged.send[:size]
        if not turn.whole and len(group) < size and _may_wait(writer, group):
            return False
        if not _send(writer, turn, group):
            return False
        if time.monotonic() > fresh:
            return True
    with writer.means.database.transaction() as tx:
        return _move(tx, writer, turn, turn.last)


def _read(writer: Writer) -> Turn | None:
    with writer.means.database.transaction() as tx:
        destination = get(tx, writer.number)
        now = writer.means.clock()
        if destination.state != "on" or (destination.retry_at and destination.retry_at > now):
            return None
        writer.take(destination)
        size = max(CHUNK, writer.batch)
        found = events.read_up_to(tx, destination.position, events.processed(tx), size)
        if not found:
            return None
        aside = events.set_aside(tx, found[0].position, found[-1].position)
        known = [event for event in found if event.position not in aside]
        judged = judge(whose(tx, known), destination, writer.means.purposes)
        if events.replay_state(tx) is not None:  # asked last: what was read before a replay began is whole
            return None
    return Turn(
        destination=destination,
        judged=judged,
        behind=destination.position,
        last=found[-1].position,
        whole=len(found) == size,
        aside=[event for event in found if event.position in aside],
    )


def _may_wait(writer: Writer, group: list[Context]) -> bool:
    """More may come to fill the group, and its oldest has not waited for long."""
    return writer.means.clock() - group[0].event.received_at < timedelta(seconds=writer.every)


def _send(writer: Writer, turn: Turn, group: list[Context]) -> bool:
    """Write one group and note what came of it; whether to go on at once."""
    failed, attempt = write(writer, group)
    with writer.means.database.transaction() as tx:
        now = _finish(tx, writer, attempt, failed)
        if failed is None:
            turn.destination = _grown(turn.destination, writer.batch)
            _count(tx, writer, now, delivered=len(group))
            return _move(tx, writer, turn, group[-1].event.position)
        if isinstance(failed, Misconfigured):
            tx.run(queries.stop, id=writer.number, reason=str(failed))
            return False
        if isinstance(failed, Rejected):
            return _halve_or_bury(tx, writer, turn, group, failed)
        stubborn = turn.destination.failures + 1 >= STUBBORN
        if not (stubborn and len(group) == 1 and len(turn.judged.send) > 1):
            size = max(1, len(group) // 2) if stubborn else turn.destination.size
            _wait(tx, writer, turn, failed, size, now)
            return False
    return _probe(writer, turn, group[0], failed)


def _halve_or_bury(tx: Transaction, writer: Writer, turn: Turn, group: list[Context], failed: Rejected) -> bool:
    if len(group) == 1:
        return _bury(tx, writer, turn, group[0], str(failed))
    size = len(group) // 2
    turn.destination = _with(turn.destination, size=size)
    _stand(tx, turn.destination)
    return True


def _probe(writer: Writer, turn: Turn, head: Context, failed: Retry) -> bool:
    """The lone head fails again and again. Is it the event or the other side? Try the one behind it."""
    behind = turn.judged.send[1]
    refused, attempt = write(writer, [behind])
    with writer.means.database.transaction() as tx:
        now = _finish(tx, writer, attempt, refused)
        if refused is not None:
            _wait(tx, writer, turn, failed, 1, now)
            return False
        if not _bury(tx, writer, turn, head, f"{failed} ({turn.destination.failures + 1} times; the next one arrived)"):
            return False
        _count(tx, writer, now, delivered=1)
        return _move(tx, writer, turn, behind.event.position)


def _bury(tx: Transaction, writer: Writer, turn: Turn, context: Context, reason: str) -> bool:
    now = writer.means.clock()
    letters.add(tx, writer.number, context.event, reason, now)
    _count(tx, writer, now, dead=1)
    return _move(tx, writer, turn, context.event.position)


def _move(tx: Transaction, writer: Writer, turn: Turn, position: int) -> bool:
    """The receipt: the cursor passes `position`. False where somebody else moved it or took the destination away."""
    now = writer.means.clock()
    moved = tx.run(
        queries.move, id=writer.number, before=turn.behind, position=position, size=turn.destination.size, now=now
    )
    if not moved:
        tx.connection.rollback()
        return False
    unmatched, withheld = turn.judged.pass_to(position)
    if unmatched or withheld:
        _count(tx, writer, now, unmatched=unmatched, withheld=withheld)
    for event in turn.aside:
        if event.position <= position:
            letters.add(tx, writer.number, event, "set aside: it could not be processed when its turn came", now)
    turn.aside = [event for event in turn.aside if event.position > position]
    turn.behind = position
    turn.destination = _with(turn.destination, position=position, failures=0)
    return True


def _wait(tx: Transaction, writer: Writer, turn: Turn, failed: Retry, size: int | None, now: datetime) -> None:
    failures = turn.destination.failures + 1
    seconds = max(pause(failures - 1, writer.means.draw), failed.after or 0.0)
    retry_at = now + timedelta(seconds=seconds)
    _stand(tx, _with(turn.destination, size=size, failures=failures, retry_at=retry_at, reason=str(failed)))


def _stand(tx: Transaction, destination: Destination) -> None:
    tx.run(
        queries.stand,
        id=destination.id,
        size=destination.size,
        failures=destination.failures,
        retry_at=destination.retry_at,
        reason=destination.reason,
    )


def write(writer: Writer, group: list[Context]) -> tuple[Outcome, int]:
    """Send one group outside of any transaction. What failed, if anything did, and the number of the noted attempt."""
    with writer.means.database.transaction() as tx:
        attempt = tx.value(
            queries.begin,
            destination=writer.number,
            first=group[0].event.position,
            last=group[-1].event.position,
            events=len(group),
            now=writer.means.clock(),
        )
    try:
        writer.write(group)
    except (Rejected, Retry, Misconfigured) as failed:
        return failed, attempt
    except Exception as failed:
        log.exception("the plug-in %s failed", writer.plugin.name)
        return Retry(f"the plug-in failed: {type(failed).__name__}: {failed}"[:500]), attempt
    return None, attempt


def _finish(tx: Transaction, writer: Writer, attempt: int, failed: Outcome) -> datetime:
    now = writer.means.clock()
    outcome = "delivered" if failed is None else _OUTCOMES[type(failed)]
    tx.run(queries.finish, attempt=attempt, outcome=outcome, detail=str(failed) if failed else None, now=now)
    if attempt % 100 == 0:
        tx.run(queries.trim_attempts, destination=writer.number)
    if failed is not None:
        _count(tx, writer, now, failed=1)
    return now


def _count(tx: Transaction, writer: Writer, now: datetime, **counts: int) -> None:
    none = dict.fromkeys(("delivered", "failed", "dead", "withheld", "unmatched", "unknown"), 0)
    tx.run(queries.count, destination=writer.number, now=now, **{**none, **counts})


def _cut_off(tx: Transaction, writer: Writer) -> None:
    """Attempts that nobody finished: show them as unknown, and leave it to a person where a second time does harm."""
    now = writer.means.clock()
    cut = tx.all(queries.cut_off, destination=writer.number, now=now)
    if not cut:
        return
    _count(tx, writer, now, unknown=len(cut))
    if writer.repeatable:
        return
    for attempt in cut:
        found = events.read_up_to(tx, attempt["first_position"] - 1, attempt["last_position"], 1_000_000)
        judged = judge(whose(tx, found), writer.destination, writer.means.purposes)
        for context in judged.send:
            letters.add(tx, writer.number, context.event, "cut off between send and receipt; it may have arrived", now)
        behind = writer.destination.position
        if attempt["last_position"] > behind:
            tx.run(queries.move, id=writer.number, before=behind, position=attempt["last_position"], size=None, now=now)


def _again(writer: Writer, stop: Stop) -> None:
    """Send the letters again that a person asked for, one by one."""
    while not stop():
        with writer.means.database.transaction() as tx:
            if writer.destination.state != "on" or events.replay_state(tx) is not None:
                return
            waiting = tx.all(queries.letters_again, destination=writer.number)
            found = {event.position: event for event in events.read_at(tx, [row["position"] for row in waiting])}
        if not waiting:
            return
        for row in waiting:
            if stop():
                return
            _letter(writer, row["id"], found.get(row["position"]))


def _letter(writer: Writer, letter: UUID, event: Any) -> None:
    means = writer.means
    if event is None:
        with means.database.transaction() as tx:
            letters.settle(tx, [letter], "discarded", means.clock())  # erased meanwhile
        return
    with means.database.transaction() as tx:
        if events.set_aside(tx, event.position, event.position):
            letters.add(tx, writer.number, event, "still set aside: see the events that failed", means.clock())
            return
        agreed = judge(whose(tx, [event]), writer.destination, means.purposes).send
        if not agreed:
            letters.add(
                tx, writer.number, event, "not sent: the person does not agree, or it is not wanted", means.clock()
            )
            return
    failed, attempt = write(writer, agreed)
    with means.database.transaction() as tx:
        now = _finish(tx, writer, attempt, failed)
        if failed is None:
            letters.settle(tx, [letter], "sent", now)
            _count(tx, writer, now, delivered=1)
        else:
            letters.add(tx, writer.number, event, str(failed), now)
    if isinstance(failed, Misconfigured):
        raise failed


def _halt(means: Means, number: UUID, wrong: Misconfigured) -> None:
    with means.database.transaction() as tx:
        tx.run(queries.stop, id=number, reason=str(wrong))


def _grown(destination: Destination, batch: int) -> Destination:
    """After a success the group may be twice as long again, up to the whole."""
    if destination.size is None:
        return destination
    size = destination.size * 2
    return _with(destination, size=size if size < batch else None)


def _with(destination: Destination, **changed: Any) -> Destination:
    return msgspec.structs.replace(destination, **changed)


_OUTCOMES: dict[type, str] = {Rejected: "rejected", Retry: "retry", Misconfigured: "stopped"}
