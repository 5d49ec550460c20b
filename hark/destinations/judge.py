"""Who gets what: whether one event goes to a destination, by its filter and by the person's consent. Pure.

Judged when it is about to be sent, with the person as they are then: merged, withdrawn or erased in the meantime counts.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from hark.destinations.destination import Destination
from hark.model import Context, Purpose, agrees
from hark.people.consent import SPECIAL, sensitive

Verdict = Literal["send", "unmatched", "withheld"]
OWN = "hark"  # the source of our own events
MEMBERSHIP = ("segment.entered", "segment.left")


class Judged(Struct):
    """A stretch of the log: what of it goes out, in order, and the positions of what does not."""

    send: list[Context]
    unmatched: list[int]
    withheld: list[int]

    def pass_to(self, position: int) -> tuple[int, int]:
        """Drop everything up to `position`; how much of it was (unmatched, withheld)."""
        before = len(self.unmatched), len(self.withheld)
        self.send = [context for context in self.send if context.event.position > position]
        self.unmatched = [passed for passed in self.unmatched if passed > position]
        self.withheld = [passed for passed in self.withheld if passed > position]
        return before[0] - len(self.unmatched), before[1] - len(self.withheld)


def judge(contexts: list[Context], destination: Destination, purposes: Mapping[str, Purpose]) -> Judged:
    judged = Judged(send=[], unmatched=[], withheld=[])
    for context in contexts:
        verdict = wanted(context, destination, purposes)
        if verdict == "send":
            judged.send.append(_discreet(context))
        else:
            (judged.withheld if verdict == "withheld" else judged.unmatched).append(context.event.position)
    return judged


def wanted(context: Context, destination: Destination, purposes: Mapping[str, Purpose]) -> Verdict:
    event = context.event
    if event.source == OWN and context.person is None:
        return "unmatched"  # the company's own configuration, which is nobody's business
    if event.historical and not destination.history:
        return "unmatched"
    if destination.events and event.name not in destination.events:
        return "unmatched"
    if destination.segments and not _member(context, destination.segments):
        return "unmatched"
    return "send" if agrees(context.profile, purposes.get(destination.purpose)) else "withheld"


def _discreet(context: Context) -> Context:
    """Without what the event says of health, belief, origin and the like, unless the person agreed to that explicitly. The
    profile keeps such traits back by itself."""
    if context.profile and context.profile.consents.get(SPECIAL):
        return context
    event = context.event
    said = (event.traits, event.properties, event.context)
    if not any(map(_tells, said)):
        return context
    traits, properties, around = map(_harmless, said)
    return replace(context, event=replace(event, traits=traits, properties=properties, context=around))


def _tells(value: Any) -> bool:
    """Whether a name anywhere in it speaks of something sensitive."""
    if isinstance(value, dict):
        return any(
            sensitive(name) or (isinstance(inner, dict | list) and _tells(inner)) for name, inner in value.items()
        )
    return isinstance(value, list) and any(map(_tells, value))


def _harmless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _harmless(inner) for name, inner in value.items() if not sensitive(name)}
    return [_harmless(inner) for inner in value] if isinstance(value, list) else value


def _member(context: Context, segments: frozenset[str]) -> bool:
    if context.event.name in MEMBERSHIP:  # who has just left is a member no more, and that is the news
        return context.event.properties.get("segment") in segments
    return context.profile is not None and not segments.isdisjoint(context.profile.segments)
