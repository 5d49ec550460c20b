"""What a condition looks at: so that an event wakes only the definitions that it concerns, and is measured as they need."""

from functools import lru_cache

from msgspec import Struct

from hark.conditions import tree
from hark.conditions.check import walk
from hark.conditions.measure import Measure


class Needs(Struct, frozen=True):
    """moving: what changes with time alone, as (node, ms that "ago" goes back; None for a window of days)."""

    events: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    measures: tuple[Measure, ...] = ()
    moving: tuple[tuple[tree.Left, int | None], ...] = ()
    about: bool = False  # asks for what one event is about, so that it cannot be asked of a person alone
    always: bool = False  # asks for something that any event may change: consent, phase, language, a group, a time


@lru_cache(maxsize=2048)
def needs(expression: tree.Node) -> Needs:
    nodes = list(walk(expression))
    measured = [node for node in nodes if isinstance(node, tree.Measured)]
    asked = [node for node in nodes if isinstance(node, tree.Asked)]
    aging = [
        (node.left, node.right.ms)
        for node in nodes
        if isinstance(node, tree.Compare) and isinstance(node.right, tree.Ago)
    ]
    windows = [(node, None) for node in measured if node.days]
    return Needs(
        events=frozenset(node.event for node in measured),
        traits=frozenset(node.name for node in nodes if isinstance(node, tree.Trait)),
        computed=frozenset(node.name for node in nodes if isinstance(node, tree.Computed)),
        segments=frozenset(node.name for node in asked if node.what == "in_segment"),
        measures=tuple(Measure(node.event, node.of, node.days) for node in measured if node.of or node.days),
        moving=(*aging, *windows),
        about=any(isinstance(node, tree.About) for node in nodes),
        always=any(isinstance(node, tree.Field) for node in nodes) or any(node.what != "in_segment" for node in asked),
    )


def widest(measures: list[Measure]) -> dict[str, tuple[Measure, ...]]:
    """Measures by event name, each once with the longest window that anything asks for."""
    longest: dict[tuple[str, str], int] = {}
    for one in measures:
        longest[one.event, one.of] = max(one.days, longest.get((one.event, one.of), 0))
    by_event: dict[str, list[Measure]] = {}
    for (event, of), days in sorted(longest.items()):
        by_event.setdefault(event, []).append(Measure(event, of, days))
    return {event: tuple(all_) for event, all_ in by_event.items()}
