"""Moves messages between conversations: merging, splitting, taking either back, and parting when persons are parted.

Each of these stands alone in its batch. What was moved is kept, so that it can be moved back; what arrived since stays.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from hark.conversations import hear
from hark.conversations.shelf import Shelf, members, queries
from hark.conversations.standing import Saying, Standing
from hark.events.sources import OWN
from hark.kit.ids import derived
from hark.model import Context, Declared, Event
from hark.store import Transaction

_MOVING = hear.PARTING | {hear.MERGED, hear.SPLIT, hear.RESTORED, hear.WITHDRAWN}


def moves(event: Event) -> bool:
    return event.source == OWN.id and event.name in _MOVING


def move(context: Context, tx: Transaction, declared: Declared) -> None:
    shelf = Shelf(tx, declared)
    match context.event.name:
        case hear.MERGED:
            _merge(context, shelf, tx)
        case hear.SPLIT:
            _split(context, shelf, tx)
        case hear.RESTORED:
            _restore(context, shelf, tx)
        case hear.WITHDRAWN:
            _withdraw(context, shelf, tx)
        case _:
            _part(context, shelf, tx)
    shelf.write()


def _merge(context: Context, shelf: Shelf, tx: Transaction) -> None:
    event = context.event
    into = hear.conversation(event)
    others = hear.ids(event.properties.get("from"), 100)
    if into is None or not others:
        return
    shelf.read_all([into, *others])
    target = shelf.conversation(into)
    sources = {found.id: found for id in others if (found := shelf.conversation(id)) and found is not target}
    if target is None or not sources:
        return
    moved = {str(id): [str(one.id) for one in shelf.of_conversation(id)] for id in sources}
    for source in sources.values():
        for saying in shelf.of_conversation(source.id):
            _to(saying, target, context, shelf)
        source.merged_into = target.id
        target.take_part(source.participants)
        target.anchor = target.anchor or source.anchor
        if source.status == "open" and target.status != "open":
            target.open()
        shelf.change(source, context)
    _recount(target, context, shelf)
    _note(event, "merged", target.id, moved, tx)


def _split(context: Context, shelf: Shelf, tx: Transaction) -> None:
    event = context.event
    from_, chosen = hear.conversation(event), set(hear.ids(event.properties.get("messages")))
    if from_ is None or not chosen:
        return
    shelf.read_all([from_])
    origin = shelf.conversation(from_)
    if origin is None:
        return
    leaving = [saying for saying in shelf.of_conversation(origin.id) if saying.id in chosen]
    if not leaving or len(leaving) == len(shelf.of_conversation(origin.id)):
        return
    _leave(origin, leaving, derived("conversation", str(event.id)), context, shelf)
    _note(event, "split", derived("conversation", str(event.id)), {str(origin.id): _names(leaving)}, tx)


def _restore(context: Context, shelf: Shelf, tx: Transaction) -> None:
    """Every message goes back where it was, as far as it is still where it was moved to."""
    change = hear.id_of(context.event.properties.get("change"))
    row = tx.one(queries.read_change, id=change) if change else None
    if row is None or row["restored_at"] is not None:
        return
    moved = {UUID(before): {UUID(id) for id in ids} for before, ids in row["moved"].items()}
    shelf.read_all([row["conversation"], *moved])
    there = shelf.conversations.get(row["conversation"])
    if there is None:
        return
    for before, ids in moved.items():
        home = shelf.conversations.get(before)
        if home is None:
            continue
        if home.merged_into == there.id:
            home.merged_into = None
        for saying in [one for one in shelf.of_conversation(there.id) if one.id in ids]:
            _to(saying, home, context, shelf)
        if row["kind"] != "merged" and not shelf.of_conversation(there.id):
            there.merged_into = home.id
        _recount(home, context, shelf)
    _recount(there, context, shelf)
    context.conversation = there.conversation()
    event = context.event
    tx.run(queries.restore_change, id=change, at=event.received_at, position=event.position)


def _withdraw(context: Context, shelf: Shelf, tx: Transaction) -> None:
    message = hear.message(context.event)
    rows = tx.all(queries.read_messages, ids=[message], sources=[], externals=[]) if message else []
    if not rows or rows[0]["direction"] != "out":
        return
    shelf.read_all([rows[0]["conversation"]])
    saying = shelf.messages[rows[0]["id"]]
    if saying.state != "queued" or not saying.deliver("withdrawn", None):
        return  # it is out already
    shelf.alter(saying, context)
    _recount(shelf.conversations[saying.conversation], context, shelf)
    context.message = saying.message()


def _part(context: Context, shelf: Shelf, tx: Transaction) -> None:
    """Persons were parted: whoever is somebody else now takes their messages, and our answers to them, along."""
    mine = set(members(context, shelf.declared))
    found = [row[0] for row in tx.tuples(queries.read_parted, members=sorted(mine))] if mine else []
    if not found:
        return
    shelf.read_all(found)
    for id in found:
        origin = shelf.conversations[id]
        ours = origin.anchor in mine
        there = shelf.of_conversation(id)
        leaving = [one for one in there if one.anchor and (one.anchor in mine) != ours and one.author != "participant"]
        if not leaving or len(leaving) == len(there):
            continue
        new = derived("conversation", str(context.event.id), id.hex)
        _leave(origin, leaving, new, context, shelf)
        _note(context.event, "parted", new, {str(id): _names(leaving)}, tx, change=new)
    context.conversation = None


def _leave(origin: Standing, leaving: list[Saying], id: UUID, context: Context, shelf: Shelf) -> None:
    first = min(leaving, key=lambda one: one.position)
    wrote = next((one for one in leaving if one.direction == "in" and one.author == "person"), None)
    new = Standing(
        id=id,
        anchor=wrote.anchor if wrote else origin.anchor,
        status=origin.status,
        closed_at=origin.closed_at,
        snoozed_until=origin.snoozed_until,
        channel=first.channel,
        source=first.source,
        opened_at=first.at,
        last_at=first.at,
        member=origin.member,
        team=origin.team,
        language=origin.language,
        to_kind=None if wrote else origin.to_kind,
        to_value=None if wrote else origin.to_value,
    )
    shelf.put(new)
    for saying in leaving:
        _to(saying, new, context, shelf)
    _recount(origin, context, shelf)
    _recount(new, context, shelf)


def _to(saying: Saying, target: Standing, context: Context, shelf: Shelf) -> None:
    saying.conversation = target.id
    shelf.alter(saying, context)


def _recount(standing: Standing, context: Context, shelf: Shelf) -> None:
    standing.recount(shelf.of_conversation(standing.id))
    shelf.change(standing, context)


def _names(sayings: Iterable[Saying]) -> list[str]:
    return [str(saying.id) for saying in sayings]


def _note(
    event: Event,
    kind: str,
    conversation: UUID,
    moved: dict[str, list[str]],
    tx: Transaction,
    change: UUID | None = None,
) -> None:
    tx.run(
        queries.write_change,
        id=change or event.id,
        kind=kind,
        conversation=conversation,
        moved=msgspec.json.encode(moved).decode(),
        at=event.received_at,
        by=hear.word(event, "by") or "",
        position=event.position,
    )
