"""What we now know of conversations after a batch of events: every message in its thread, and how each conversation stands.

Threading, in this order: a token that we signed; the channel's own id of a message in which the sender takes part; the
sender's newest conversation that is not closed, or closed less than seven days ago; a new one.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from hark.conversations import by_hand, hear, moving, returned
from hark.conversations.shelf import Shelf, Wanted, members, queries
from hark.conversations.standing import TOLD, Saying, Standing
from hark.conversations.tokens import signed
from hark.events.sources import OWN
from hark.events.timers import schedule
from hark.kit.ids import derived
from hark.model import Context, Declared, Event
from hark.store import Transaction

REOPENS = timedelta(days=7)  # how long after closing the same person's next message opens it again


def know(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
    if declared.again:
        return contexts  # their person was known anew; what was said stands
    for run in _runs([context for context in contexts if hear.concerns(context.event)]):
        if moving.moves(run[0].event):
            moving.move(run[0], tx, declared)
            continue
        shelf = Shelf(tx, declared)
        shelf.read(_wanted(run, declared))
        for context in run:
            _fold(context, shelf)
        shelf.write()
        if not declared.replaying:
            schedule(tx, [timer for context in run if (timer := by_hand.timer(context))])
    return contexts


def clear(tx: Transaction) -> None:
    """Empty what this step derives from the log."""
    tx.run(queries.clear)


def _runs(contexts: list[Context]) -> Iterator[list[Context]]:
    """What moves messages between conversations stands alone, so that a batch leaves what its events one by one would."""
    run: list[Context] = []
    for context in contexts:
        if not moving.moves(context.event):
            run.append(context)
            continue
        if run:
            yield run
        yield [context]
        run = []
    if run:
        yield run


def _wanted(run: list[Context], declared: Declared) -> Wanted:
    wanted = Wanted()
    earliest: datetime | None = None
    for context in run:
        event = context.event
        wanted.conversations |= {id for id in (hear.conversation(event), hear.wakes(event)) if id}
        if event.name == hear.RECEIVED:
            wanted.messages |= {token.message for token in hear.tokens(event)}
            wanted.externals |= {(event.source, reference) for reference in hear.references(event)}
            wanted.anchors |= set(members(context, declared))
            at = hear.moment(event)
            earliest = at if earliest is None else min(earliest, at)
        elif event.name == hear.DELIVERY:
            wanted.messages |= {id for id in [hear.message(event)] if id} | {one.message for one in hear.tokens(event)}
            if external := hear.word(event, "external_id"):
                wanted.externals.add((_account(context), external))
        elif event.name == hear.READ and (id := hear.conversation(event)):
            wanted.read.add(id)
    wanted.since = earliest - REOPENS if earliest else None
    return wanted


def _fold(context: Context, shelf: Shelf) -> None:
    event = context.event
    if event.name == hear.RECEIVED:
        _receive(context, shelf)
    elif event.name == hear.DELIVERY:
        _deliver(context, shelf)
    elif event.name == hear.READ:
        _read(context, shelf)
    elif event.name == "conversation.rated":
        by_hand.rate(context, shelf)
    elif event.name == hear.LIFTED:
        shelf.lifts += filter(None, [returned.lifted(event)])
    elif event.source == OWN.id:
        by_hand.fold(context, shelf)


def _receive(context: Context, shelf: Shelf) -> None:
    event = context.event
    if not hear.says_something(event):
        return  # only its numbers were kept
    standing, author = _thread(context, shelf)
    if standing is None:
        standing, author = _new(context), "person" if _believed(context) else "stranger"
        shelf.put(standing)
        context.opened = standing.status == "open"
    elif standing.status != "open" and not hear.automatic(event) and not _old(context):
        context.opened = standing.open()
    who, name = hear.address(event.properties.get("from"))
    saying = Saying(
        id=event.id,
        conversation=standing.id,
        origin=standing.id,
        position=event.position,
        changed=event.position,
        at=hear.moment(event),
        channel=event.channel,
        direction="in",
        author=author,
        anchor=context.anchor,
        name=name,
        address_kind=who.kind if who else None,
        address_value=who.value if who else None,
        trust=hear.trust(event),
        automatic=hear.automatic(event),
        text=hear.text(event, "text"),
        html=hear.text(event, "html", hear.LONGEST_HTML) or None,
        subject=hear.word(event, "subject", 1000),
        files=hear.files(event),
        language=hear.word(event, "language", 35),
        source=event.source,
        external_id=hear.word(event, "external_id", 500),
    )
    waited = standing.waiting_since
    standing.add(saying)
    if _old(context):
        standing.waiting_since = waited
    if author != "stranger":
        standing.take_part(hear.identity_id(one, shelf.declared) for one in hear.addressed(event))
    shelf.say(saying)
    shelf.change(standing, context)
    context.message = saying.message()


def _thread(context: Context, shelf: Shelf) -> tuple[Standing | None, str]:
    """The conversation that a message belongs to, and as whom its sender speaks there."""
    event, mine = context.event, members(context, shelf.declared)
    for token in hear.tokens(event):
        answered = shelf.messages.get(token.message)
        if answered is None or not signed(token, shelf.declared.salt, answered.origin):
            continue
        if found := shelf.conversation(answered.conversation):
            # Who has our signed name of a message was sent that message.
            return found, _speaks(context, found, mine, invited=True)
    hinted = shelf.conversation(hear.conversation(event))
    if hinted and hinted.anchor in mine and _believed(context):
        return hinted, "person"
    for reference in hear.references(event):
        answered = shelf.external(event.source, reference)
        found = shelf.conversation(answered.conversation) if answered else None
        if found and (_believed(context) or _again(context, found, shelf)):
            return found, _speaks(context, found, mine)
    if not _believed(context):
        return None, "stranger"
    return max(_candidates(context, shelf, mine), key=lambda one: (one.last_at, one.id), default=None), "person"


def _speaks(context: Context, standing: Standing, mine: list[UUID], *, invited: bool = False) -> str:
    if not _believed(context):
        return "stranger"
    if standing.anchor in mine:
        return "person"
    return "participant" if invited or not set(mine).isdisjoint(standing.participants) else "stranger"


def _believed(context: Context) -> bool:
    return context.anchor is not None and hear.trust(context.event) != "unverified"


def _again(context: Context, standing: Standing, shelf: Shelf) -> bool:
    """Somebody whom we could not believe answers in a conversation that nobody else is part of."""
    who, _ = hear.address(context.event.properties.get("from"))
    return (
        standing.anchor is None and who is not None and (who.kind, who.value) == (standing.to_kind, standing.to_value)
    )


def _candidates(context: Context, shelf: Shelf, mine: list[UUID]) -> Iterator[Standing]:
    at = hear.moment(context.event)
    for standing in shelf.of(mine):
        if _old(context):
            near = standing.opened_at - REOPENS <= at <= standing.last_at + REOPENS
        else:
            near = standing.status != "closed" or (standing.closed_at or standing.last_at) > at - REOPENS
        if near:
            yield standing


def _old(context: Context) -> bool:
    """It came with history: it belongs to what was then, and opens nothing now."""
    event = context.event
    return event.historical and event.received_at - hear.moment(event) > REOPENS


def _new(context: Context) -> Standing:
    event, at, old = context.event, hear.moment(context.event), _old(context)
    return Standing(
        id=derived("conversation", str(event.id)),
        anchor=context.anchor if _believed(context) else None,
        status="closed" if old else "open",
        closed_at=at if old else None,
        channel=event.channel,
        source=event.source,
        opened_at=at,
        last_at=at,
    )


def _account(context: Context) -> str:
    """The channel account that a delivery is about: a channel speaks for itself, we name it."""
    event = context.event
    return (hear.word(event, "source") or "") if event.source == OWN.id else event.source


def _deliver(context: Context, shelf: Shelf) -> None:
    event, account = context.event, _account(context)
    if event.source != OWN.id and (returns := _returned(event, shelf)):
        shelf.returns.append(returns)
    state, detail = hear.word(event, "state"), hear.word(event, "detail", 2000)
    external = hear.word(event, "external_id", 500)
    if state not in TOLD:
        return
    saying = shelf.messages.get(hear.message(event) or event.id)
    if saying is None and external:
        saying = shelf.external(account, external)
        if saying is None:
            shelf.receive((account, external), state, detail, event.position)
            return
    if saying is None or (event.source != OWN.id and saying.source != event.source):
        return  # a channel speaks of its own messages only
    again = event.source == OWN.id and event.properties.get("again") is True
    moved = by_hand.begin_again(saying, event) if again else saying.deliver(state, detail)
    if event.source == OWN.id and external and saying.external_id != external:
        saying.external_id, moved = external, True
        if said := shelf.receipts.get((account, external)):
            saying.deliver(said[0], said[1])
    if moved:
        _changed(saying, context, shelf)


def _returned(event: Event, shelf: Shelf) -> returned.Return | None:
    """By our signed name of the message, which is there also before the channel's own id of it is known."""
    for token in hear.tokens(event):
        sent = shelf.messages.get(token.message)
        if sent and sent.source == event.source and signed(token, shelf.declared.salt, sent.origin):
            return returned.heard(event, sent)
    found = shelf.external(event.source, hear.word(event, "external_id") or "")
    return returned.heard(event, found) if found else None


def _read(context: Context, shelf: Shelf) -> None:
    event = context.event
    standing, until = shelf.conversation(hear.conversation(event)), event.properties.get("until")
    if standing is None or not isinstance(until, int) or not 0 <= until < 2**62:
        return
    by = hear.word(event, "by") or ""
    if event.source == OWN.id and by.startswith("member:"):
        if event.properties.get("unread") is True:
            shelf.unsee(standing.id, by)
        shelf.see(standing.id, by, until)
        shelf.change(standing, context)
        return
    if event.source != OWN.id and standing.anchor not in members(context, shelf.declared):
        return
    standing.read_by_person = max(standing.read_by_person, until)
    for saying in shelf.of_conversation(standing.id):
        if saying.position <= until and saying.state in ("sent", "delivered") and saying.deliver("read", None):
            shelf.alter(saying, context)
    shelf.change(standing, context)


def _changed(saying: Saying, context: Context, shelf: Shelf) -> None:
    shelf.alter(saying, context)
    context.message = saying.message()
    if standing := shelf.conversations.get(saying.conversation):
        shelf.change(standing, context)
