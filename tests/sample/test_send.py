"""The sample's signals leave in an order that can be taken up again, newest first, the cast before everyone."""

from datetime import UTC, datetime

import msgspec
import pytest

from hark import sample
from hark.sample.send import Progress

TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Door:
    """Keeps what is sent, and can fall over."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.requests: list[tuple[str, bytes]] = []
        self.breaks_after = breaks_after

    def __call__(self, source: str, body: bytes) -> None:
        if len(self.requests) == self.breaks_after:
            raise ConnectionError
        self.requests.append((source, body))


def run(door: Door, skip: int = 0) -> list[Progress]:
    steps: list[Progress] = []
    sample.run(door, steps.append, until=TODAY, customers=20, skip=skip)
    return steps


def test_an_interrupted_run_goes_on_where_it_was() -> None:
    whole, first, second = Door(), Door(breaks_after=9), Door()
    run(whole)
    with pytest.raises(ConnectionError):
        run(first)
    run(second, skip=len(first.requests))

    assert first.requests + second.requests == whole.requests


def test_progress_ends_at_the_total_and_two_years_back() -> None:
    steps = run(Door())

    assert steps[-1].sent == steps[-1].total
    assert (TODAY - steps[-1].reached).days > 600


def test_the_cast_comes_first() -> None:
    door = Door()
    run(door)

    assert b"natalie@moreau.example" in b"".join(body for _, body in door.requests[:6])


def test_every_source_speaks_its_own_form() -> None:
    door = Door()
    run(door)
    forms = {source: set(msgspec.json.decode(body)) for source, body in door.requests}

    assert forms == {
        "web shop": {"batch"},
        "app": {"batch"},
        "shop till": {"batch"},
        "appliances": {"events"},
        "service desk": {"events"},
    }


def test_history_carries_no_sent_at_so_that_its_time_is_taken_as_it_stands() -> None:
    door = Door()
    run(door)

    assert not any(b"sentAt" in body for _, body in door.requests)
