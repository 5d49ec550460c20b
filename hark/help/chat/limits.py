"""How much one visitor, and one address on the network, may do: buckets that fill again as time passes."""

import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

MOST_KEPT = 50_000


class Limit(Struct, frozen=True):
    """`most` at once, and again so many in `seconds`."""

    most: float
    seconds: float


MESSAGES = Limit(30, 60)  # of one visitor
ADDRESS = Limit(600, 60)  # of one address: an office, or a school, sits behind one
BYTES = Limit(60_000_000, 3600)  # of files of one visitor
HELLOS = Limit(120, 60)  # of one address
TOLD = Limit(60, 60)  # typing and read marks of one visitor
CONNECTIONS = 200  # open at once from one address


class Buckets:
    """What is left for each key. The oldest keys are forgotten when there are too many: they are full again anyway."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, name: str, key: str, amount: float = 1) -> float:
        """0 where it may be done; else the seconds until it may."""
        now = self._clock()
        left, at = self._left.pop((name, key), (limit.most, now))
        left = min(limit.most, left + (now - at) * limit.most / limit.seconds)
        wait = 0.0 if left >= amount else (amount - left) * limit.seconds / limit.most
        self._left[name, key] = (left if wait else left - amount, now)
        while len(self._left) > MOST_KEPT:
            self._left.popitem(last=False)
        return wait
