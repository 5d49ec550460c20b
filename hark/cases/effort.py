"""What a conversation costs the person: how often they had to come back, wait, be handed on or change the channel. It is
counted from what happened, and told as an event of theirs when the conversation is closed; nobody is asked."""

from datetime import timedelta

from hark.cases.held import Held
from hark.cases.work import Effort, News
from hark.model import Context, Conversation

SOON = timedelta(days=7)
EVENT = "conversation.effort"


def follow(context: Context, held: Held) -> list[News]:
    one = context.conversation
    assert one is not None
    effort = held.efforts.get(one.id)
    if effort is None:
        effort = Effort(
            conversation=one.id,
            anchor=one.anchor,
            status="new",
            opened_at=one.opened_at,
            repeats=int(_soon_after(context, one, held)),
            position=0,
        )
        held.efforts[one.id] = effort
    closed = _count(effort, one, context)
    effort.position = context.event.position
    held.put("efforts", one.id, effort)
    if not closed:
        return []
    if one.anchor and one.closed_at:
        held.closed_at[one.anchor] = max(one.closed_at, held.closed_at.get(one.anchor, one.closed_at))
    return [_tell(effort, one, context)]


def _count(effort: Effort, one: Conversation, context: Context) -> bool:
    """Whether the conversation was closed by this event."""
    message, event = context.message, context.event
    if message is not None and message.direction == "in":
        effort.messages += 1
        effort.channel_changes += bool(effort.channel and effort.channel != message.channel)
        effort.channel = message.channel
    if effort.waiting_since is not None and one.waiting_since is None:
        seconds = max(0, round((event.at - effort.waiting_since).total_seconds()))
        effort.waits, effort.waited = effort.waits + 1, effort.waited + seconds
        effort.longest = max(effort.longest, seconds)
    effort.transfers += _handed_on(effort.member, one.member) or _handed_on(effort.team, one.team)
    effort.repeats += effort.status == "closed" and one.status != "closed"
    closed = one.status == "closed" and effort.status != "closed"
    effort.waiting_since, effort.anchor, effort.status = one.waiting_since, one.anchor, one.status
    effort.member, effort.team = one.member or effort.member, one.team or effort.team
    effort.closed_at = one.closed_at
    return closed


def _handed_on(before: object, after: object) -> bool:
    return before is not None and after is not None and before != after


def _soon_after(context: Context, one: Conversation, held: Held) -> bool:
    closed = held.closed_at.get(one.anchor) if one.anchor else None
    return context.opened and closed is not None and timedelta(0) <= one.opened_at - closed < SOON


def _tell(effort: Effort, one: Conversation, context: Context) -> News:
    said = {
        "conversation": str(one.id),
        "channel": one.channel,
        **{
            name: getattr(effort, name)
            for name in ("messages", "waits", "waited", "longest", "transfers", "channel_changes", "repeats")
        },
    }
    return News(name=EVENT, key=f"{EVENT}-{one.id}-{context.event.id}", properties=said, anchor=one.anchor)
