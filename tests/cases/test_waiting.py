"""What is said about a wait, against what it then is: lines that are simulated with the dice of a real floor."""

import heapq
import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest

from hark.cases import waiting
from hark.cases.work import Pace

START = datetime(2026, 1, 1, tzinfo=UTC)
SERVICE = 240.0  # seconds in the mean


def line(agents: int, load: float, people: int = 2000) -> list[tuple[float, int]]:
    """(waited, said) of everybody who waited and was told a time: who comes and how long they take is drawn."""
    dice = random.Random(1)
    moments, now = [], 0.0
    for number in range(people):
        now += dice.expovariate(load * agents / SERVICE)
        moments.append((now, True, number))
    heapq.heapify(moments)
    free, queue, pace, found = agents, list[tuple[float, int | None]](), None, []
    while moments:
        now, arrives, number = heapq.heappop(moments)
        if arrives:
            queue.append((now, waiting.expected(len(queue) + 1, pace)))
        else:
            free += 1
        while free and queue:
            since, said = queue.pop(0)
            free -= 1
            pace = waiting.taken(pace, "care", _at(since), _at(now))
            heapq.heappush(moments, (now + dice.expovariate(1 / SERVICE), False, number))
            if said is not None and now > since:
                found.append((now - since, said))
    return found


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.parametrize(("agents", "load"), [(2, 0.8), (2, 0.95), (10, 0.95), (10, 1.05)])
def test_what_is_said_about_a_wait_is_about_right(agents: int, load: float):
    found = line(agents, load)
    mean = statistics.mean(waited for waited, _ in found)
    error = statistics.mean(abs(waited - said) for waited, said in found)
    bias = statistics.mean(waited - said for waited, said in found)

    assert error < 0.4 * mean
    assert abs(bias) < 0.15 * mean


def test_nothing_is_said_before_enough_is_known():
    assert waiting.expected(3, None) is None
    assert waiting.expected(3, Pace(team="care", served=2, seconds=60, served_at=START)) is None


def test_time_in_which_nobody_waited_does_not_make_a_team_slow():
    busy = Pace(team="care", served=10, seconds=60, served_at=START)

    after = waiting.taken(busy, "care", START + timedelta(hours=2), START + timedelta(hours=2, seconds=5))

    assert after.seconds < 60
