"""The chapters of one customer's two years, in the order in which one leads to the next."""

from datetime import datetime

from hark.sample import buying, owning, visiting
from hark.sample.customer import draw
from hark.sample.life import YEARS, Life
from hark.sample.signals import Signal


def live(seed: int, number: int, end: datetime) -> list[Signal]:
    """Everything that one customer's two years up to `end` gave to hear."""
    life = Life(seed, draw(seed, number), end - YEARS, end)
    first = visiting.arrive(life)
    if first is not None:
        for purchase in buying.shop(life, first):
            owning.own(life, purchase)
        visiting.stay(life, first)
    return [signal for signal in life.signals if signal.at <= end]
