"""What our own events say of conversations: answers and notes, who takes care of it and how it stands."""

from uuid import UUID

from hark.conversations import hear
from hark.conversations.shelf import Shelf, members
from hark.conversations.standing import Saying, Standing
from hark.events.sources import OWN
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import Context, Event

PRIORITIES = {"low": -1, "normal": 0, "high": 1, "urgent": 2}


def fold(context: Context, shelf: Shelf) -> None:
    event = context.event
    if event.name == hear.WRITTEN:
        _write(context, shelf)
        return
    standing = shelf.conversation(hear.wakes(event) or hear.conversation(event))
    if standing is None:
        return  # erased, or somebody else's word for something else
    if _change(standing, context):
        shelf.change(standing, context)


def rate(context: Context, shelf: Shelf) -> None:
    event, score = context.event, context.event.properties.get("score")
    standing = shelf.conversation(hear.conversation(event))
    if standing is None or isinstance(score, bool) or not isinstance(score, int) or not 0 <= score <= 10:
        return
    if event.source != OWN.id and standing.anchor not in members(context, shelf.declared):
        return
    standing.rating = score
    shelf.change(standing, context)


def timer(context: Context) -> Timer | None:
    """The moment at which a snoozed conversation comes back."""
    event, conversation = context.event, context.conversation
    if event.name != "conversation.snoozed" or conversation is None or conversation.snoozed_until is None:
        return None
    return Timer(
        id=derived(hear.SNOOZE, conversation.id.hex),
        due_at=conversation.snoozed_until,
        name=hear.SNOOZE,
        properties={"conversation": str(conversation.id)},
        caused_by=event.id,
    )


def begin_again(saying: Saying, event: Event) -> bool:
    """A message that failed is sent once more."""
    attempt = event.properties.get("attempt")
    if saying.state not in ("failed", "unknown") or not isinstance(attempt, int) or attempt <= saying.attempt:
        return False
    saying.state, saying.detail, saying.attempt = "queued", None, min(attempt, 30_000)
    return True


def _change(standing: Standing, context: Context) -> bool:
    """Whether the event says something that can be."""
    event, said = context.event, context.event.properties
    match event.name:
        case "conversation.assigned":
            if "member" in said:
                standing.member = hear.id_of(said["member"])
            if "team" in said:
                standing.team = hear.word(event, "team", 200)
        case "conversation.closed":
            standing.close(hear.moment(event))
        case "conversation.reopened":
            context.opened = standing.open()
        case "conversation.snoozed":
            until = hear.until(event)
            if until is None:
                return False
            standing.snooze(until)
        case "timer.due":
            if standing.status != "snoozed" or standing.snoozed_until is None or standing.snoozed_until > event.at:
                return False  # it was opened, or laid aside anew, meanwhile
            context.opened = standing.open()
        case "conversation.tagged":
            kept = {*standing.tags, *hear.tags(event, "add")} - {*hear.tags(event, "remove")}
            standing.tags = sorted(kept)[: hear.MOST_TAGS]
        case "conversation.prioritised":
            priority = said.get("priority")
            priority = PRIORITIES.get(priority, 0) if isinstance(priority, str) else priority
            if not isinstance(priority, int) or not -1 <= priority <= 2:
                return False
            standing.priority = int(priority)
        case "conversation.titled":
            standing.subject = hear.word(event, "subject", 1000)
        case _:
            return False
    return True


def _write(context: Context, shelf: Shelf) -> None:
    event = context.event
    to = next(iter(hear.addressed(event)), None)
    anchor = hear.identity_id(to, shelf.declared)
    standing = shelf.conversation(hear.conversation(event))
    if standing is None:
        if to is None or hear.conversation(event):
            return  # erased meanwhile
        standing = _begun(event, anchor)
        standing.to_kind, standing.to_value = to.kind, to.value
        shelf.put(standing)
    note = event.properties.get("note") is True
    saying = Saying(
        id=event.id,
        conversation=standing.id,
        origin=standing.id,
        position=event.position,
        changed=event.position,
        at=hear.moment(event),
        channel=event.channel if note else (hear.word(event, "channel", 100) or event.channel),
        direction="note" if note else "out",
        author=hear.word(event, "author") or "hark",
        anchor=None if note else anchor,
        address_kind=to.kind if to and not note else None,
        address_value=to.value if to and not note else None,
        trust="verified",
        automatic=hear.automatic(event),
        text=hear.text(event, "text"),
        html=hear.text(event, "html", hear.LONGEST_HTML) or None,
        subject=hear.word(event, "subject", 1000),
        files=hear.files(event),
        buttons=hear.buttons(event),
        mentions=_mentioned(event),
        state="sent" if note or event.properties.get("pulled") is True else "queued",
        language=hear.word(event, "language", 35),
        source=hear.word(event, "source") or "",
    )
    standing.add(saying)
    if not note and not saying.automatic:
        standing.wait()
    shelf.say(saying)
    shelf.change(standing, context)
    context.message = saying.message()


def _begun(event: Event, anchor: UUID | None) -> Standing:
    """We write first."""
    at = hear.moment(event)
    return Standing(
        id=derived("conversation", str(event.id)),
        anchor=anchor,
        status="waiting",
        channel=hear.word(event, "channel", 100) or event.channel,
        source=hear.word(event, "source") or "",
        opened_at=at,
        last_at=at,
    )


def _mentioned(event: Event) -> list[UUID]:
    said = event.properties.get("mentions")
    return sorted(set(hear.ids(said, 100))) if said else []
