"""Call-backs: who asks for one leaves the line and keeps their place in it; who thinks better of it stands in it as before.
Nobody answers: again later, within the hours of the person's own day; in between the place is kept too."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from hark.cases import queue
from hark.cases.calendar import DAYS, Calendar, next_open
from hark.cases.case import id_of, text
from hark.cases.declared import Team
from hark.cases.held import Held
from hark.cases.work import News, Ticket, whose
from hark.events.timers import Timer
from hark.kit.ids import derived
from hark.model import Context

EVENTS = frozenset(("callback.asked", "callback.assigned", "callback.tried", "callback.cancelled"))
TIMER = "cases.callback"
# When people may be called, by the clock where they are.
HOURS: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(DAYS[:6], (("09:00", "20:00"),))


def follow(context: Context, held: Held, theirs: Collection[UUID] | None) -> tuple[bool, list[News]]:
    """Whether the queue changed, and what is to be told. `theirs`: where others than ourselves speak, the identities of the
    person; they can only ask and cancel, and only for themselves."""
    name, own = context.event.name, theirs is None
    if name == "callback.asked":
        return _asked(context, held, theirs), []
    if name == "callback.cancelled" and theirs is not None:
        return _thought_better(context, held, theirs), []
    ticket = held.tickets.get(id_of(context.event.properties.get("callback")) or context.event.id)
    if not own or ticket is None or ticket.kind != "callback" or ticket.state == "left":
        return False, []
    if name == "callback.assigned":
        member = id_of(context.event.properties.get("member"))
        fresh = replace(ticket, state="served" if member else "waiting", member=member)
        return queue.put(ticket, _at(fresh, context), context, held), []
    if name == "callback.cancelled":
        return queue.leave(ticket.id, "cancelled", context, held), []
    return _tried(ticket, context, held)


def due(context: Context, held: Held) -> bool:
    """The pause is over: back to the place that was kept."""
    ticket = held.open.get(id_of(context.event.properties.get("ticket")) or context.event.id)
    if ticket is None or ticket.state != "resting":
        return False
    fresh = replace(ticket, state="waiting", next_at=None)
    return queue.put(ticket, _at(fresh, context), context, held)


def _asked(context: Context, held: Held, theirs: Collection[UUID] | None) -> bool:
    said, event = context.event.properties, context.event
    conversation = id_of(said.get("conversation")) or (context.conversation.id if context.conversation else None)
    before = held.tickets.get(conversation) if conversation else None
    if theirs is not None and not (before and before.anchor in theirs and before.state == "waiting"):
        return False  # somebody else's, or somebody is there already
    if event.id in held.tickets or (conversation is not None and held.callback_of(conversation) is not None):
        return False
    first = before or Ticket(
        id=event.id,
        kind="callback",
        state="new",
        channel="phone",
        conversation=conversation,
        anchor=context.anchor,
        waiting_since=event.received_at,
        queued_at=event.received_at,
        position=0,
    )
    keeps = first.state == "waiting"
    fresh = replace(
        first,
        id=event.id,
        kind="callback",
        state="waiting",
        channel="phone",
        phone=text(said.get("phone"), 40),
        zone=_zone(context),
        team=text(said.get("team"), 63) or first.team,
        member=None,
        served_at=None,
        active=True,
        waiting_since=first.waiting_since if keeps else event.received_at,
        position=event.position,
    )
    if before is not None:
        queue.leave(before.id, "callback", context, held)
    queue.put(None, fresh, context, held)
    if keeps:
        held.put_ticket(_in_its_place(held.tickets[fresh.id], first))
    return True


def _thought_better(context: Context, held: Held, theirs: Collection[UUID]) -> bool:
    """They cancel it themselves: they stand in the line again, where they stood."""
    conversation = id_of(context.event.properties.get("conversation"))
    ticket = held.callback_of(conversation) if conversation else None
    if ticket is None or ticket.anchor not in theirs:
        return False
    before = held.tickets.get(conversation) if conversation else None
    queue.leave(ticket.id, "cancelled", context, held)
    if before is None or before.outcome != "callback":
        return True  # the conversation is over, or with somebody
    back = replace(before, state="waiting", outcome=None, position=context.event.position)
    queue.put(before, back, context, held)
    held.put_ticket(_in_its_place(held.tickets[back.id], ticket))
    return True


def _in_its_place(ticket: Ticket, of: Ticket) -> Ticket:
    """Routes are not asked again, and relaxation goes on from where it stood."""
    return replace(
        ticket, waiting_since=of.waiting_since, queued_at=of.queued_at, team=of.team, skills=of.skills, boost=of.boost
    )


def _tried(ticket: Ticket, context: Context, held: Held) -> tuple[bool, list[News]]:
    said, event = context.event.properties, context.event
    if said.get("result") == "reached":
        return queue.leave(ticket.id, "reached", context, held), []
    tries = ticket.tries + 1
    team = held.declared.teams.get(ticket.team or "") or Team()
    if said.get("result") == "wrong_number" or tries >= team.tries:
        given_up = replace(ticket, tries=tries)
        held.tickets[ticket.id] = given_up
        left = queue.leave(ticket.id, "given_up", context, held)
        return left, [_given_up(given_up, context)]
    next_at = next_try(event.received_at, team.pauses[min(tries, len(team.pauses)) - 1] if team.pauses else 0, ticket)
    fresh = replace(ticket, state="resting", tries=tries, member=None, served_at=None, next_at=next_at)
    queue.put(ticket, _at(fresh, context), context, held)
    id = derived(TIMER, ticket.id.hex)
    about = {"ticket": str(ticket.id)}
    held.later(Timer(id=id, due_at=next_at, name=TIMER, identity=whose(ticket.anchor), properties=about))
    return True, []


def next_try(now: datetime, pause: int, ticket: Ticket) -> datetime:
    """After the pause, and not before the person may be called."""
    after = now + timedelta(seconds=pause)
    return next_open(Calendar(zone=ticket.zone or "UTC", hours=HOURS), after) or after


def _given_up(ticket: Ticket, context: Context) -> News:
    said = {
        "callback": str(ticket.id),
        "conversation": str(ticket.conversation) if ticket.conversation else None,
        "tries": ticket.tries,
    }
    return News(name="callback.given_up", key=f"callback.given_up-{ticket.id}", properties=said, anchor=ticket.anchor)


def _at(ticket: Ticket, context: Context) -> Ticket:
    return replace(ticket, position=context.event.position)


def _zone(context: Context) -> str:
    """Of the person: as they say, as their device says, as we know it."""
    said, around = context.event.properties, context.event.context
    traits = context.profile.traits if context.profile else {}
    for value in (said.get("time_zone"), around.get("timezone"), traits.get("time_zone"), traits.get("timezone")):
        if isinstance(value, str) and _known(value):
            return value
    return "UTC"


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
