"""What we now know of the people behind a batch of events: whose each event is, and their profile after it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from hark.events.record import Own, record_own
from hark.events.timers import Timer, schedule
from hark.kit.clock import from_milliseconds
from hark.kit.ids import derived
from hark.model import Context, Declared, Identity
from hark.people import groups, identity, profile, refold, segments
from hark.people.living import Setting
from hark.people.segments import Move, Moves
from hark.store import Queries, Transaction

queries = Queries(__file__)
DEEPEST = 8  # an effect of an effect of …: further we record nothing


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    for run in _runs(contexts):
        first = run[0].event
        moves = refold.change(first, tx, declared) if refold.changes_everybody(first) else Moves()
        joined = identity.join([context.event for context in run], tx, declared)
        setting = Setting(declared.purposes, dict(tx.tuples(queries.read_mapping)))
        profile.fold(run, joined, tx, setting, segments.in_force(tx), moves)
        groups.fold(run, tx)
        _count(moves.moved, tx)
        if not declared.replaying:
            _tell(moves, first.received_at, tx)
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
    tx.run(queries.clear)


def _runs(contexts: list[Context]) -> Iterator[list[Context]]:
    """What changes everybody stands alone, so that a batch leaves what its events one by one would leave."""
    run: list[Context] = []
    for context in contexts:
        if refold.changes_everybody(context.event):
            if run:
                yield run
            yield [context]
            run = []
        else:
            run.append(context)
    if run:
        yield run


def _count(moved: list[Move], tx: Transaction) -> None:
    if not moved:
        return
    entered = Counter((move.segment, move.event.received_at.date()) for move in moved if move.entered)
    gone = Counter((move.segment, move.event.received_at.date()) for move in moved if not move.entered)
    keys = sorted(entered.keys() | gone.keys())
    tx.run(
        queries.count_moves,
        segments=[segment for segment, _ in keys],
        days=[day for _, day in keys],
        entered=[entered[key] for key in keys],
        gone=[gone[key] for key in keys],
    )


def _tell(moves: Moves, received_at: datetime, tx: Transaction) -> None:
    """Record who entered and left, and ask for the timers; history and refolds are known, never told."""
    record_own(tx, [own for move in moves.moved if (own := _own(move))], received_at)
    schedule(tx, [_timer(*recheck) for recheck in moves.rechecks])


def _own(move: Move) -> Own | None:
    event = move.event
    if move.identity is None or event.historical or event.depth >= DEEPEST or event.name == refold.REFOLDED:
        return None
    name = "segment.entered" if move.entered else "segment.left"
    return Own(
        name=name,
        at=event.at,
        message_id=f"{name}-{move.segment}-{event.id}-{move.identity.kind}:{move.identity.value}",
        identities=(move.identity,),
        properties={"segment": move.segment},
        caused_by=event.id,
        depth=event.depth + 1,
    )


def _timer(person: UUID, due: int, who: Identity) -> Timer:
    return Timer(
        id=derived("people.recheck", person.hex), due_at=from_milliseconds(due), name="people.recheck", identity=who
    )
