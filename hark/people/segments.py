"""Segments and computed traits: evaluated on the event itself."""

from uuid import UUID

from msgspec import Struct

from hark.conditions.measure import Measure
from hark.model import Event
from hark.people.living import Living


class Moves(Struct):
    """What a batch moved, to be recorded when it is done."""

    entered: list[tuple[str, UUID]] = []


class Definitions:
    def __init__(self) -> None:
        self.measures: dict[str, tuple[Measure, ...]] = {}

    def follow(self, person: Living, event: Event, moves: Moves) -> tuple[tuple[str, ...], tuple[str, ...]]:
        person.fresh = False
        return (), ()
