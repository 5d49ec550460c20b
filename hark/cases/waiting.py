"""Who is next, and how long that will take: the place in a queue, and an honest guess of the wait. Pure.

The place follows from one number that never changes while somebody waits: since when, less what lets them go first. So
nobody is overtaken by somebody who came later with the same rights, and a place can be explained.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hark.cases.work import PRIORITIES, Pace, Ticket

LEARNED = 3  # how many were taken before the pace of a team is believed
# Of the newest in the pace. In simulated lines (tests/cases/test_waiting.py) 0.05 was a sixth to a half less wrong than 0.2.
WEIGHT = 0.05


def turn(ticket: Ticket) -> tuple[datetime, str]:
    """The smaller, the sooner."""
    return ticket.waiting_since - timedelta(seconds=ticket.boost + PRIORITIES[ticket.priority]), ticket.id.hex


def line(tickets: Iterable[Ticket], team: str | None = None) -> list[Ticket]:
    """Those who wait, the next one first; of one team where one is named."""
    waiting = [one for one in tickets if one.state == "waiting" and (team is None or one.team == team)]
    return sorted(waiting, key=turn)


def place(ticket: Ticket, tickets: Iterable[Ticket]) -> int:
    """1 is next. Call-backs count like everybody else: they keep their place."""
    own = turn(ticket)
    ahead = (one for one in tickets if one.state == "waiting" and one.team == ticket.team and one.id != ticket.id)
    return 1 + sum(turn(one) < own for one in ahead)


def expected(place: int, pace: Pace | None) -> int | None:
    """Seconds; None while too little is known to say so honestly."""
    if pace is None or pace.served < LEARNED:
        return None
    return round(place * pace.seconds)


def taken(pace: Pace | None, team: str, queued_at: datetime, at: datetime) -> Pace:
    """The pace after one more was taken from the queue. Time in which nobody waited does not count."""
    if pace is None:
        return Pace(team=team, served=1, seconds=max(0.0, (at - queued_at).total_seconds()), served_at=at)
    if at <= pace.served_at:
        return pace  # somebody's events are known again after an erasure: that tells nothing new of the pace
    between = max(0.0, (at - max(pace.served_at, queued_at)).total_seconds())
    weight = max(WEIGHT, 1 / (pace.served + 1))
    seconds = round(pace.seconds + weight * (between - pace.seconds), 3)
    return Pace(team=team, served=pace.served + 1, seconds=seconds, served_at=at)
