"""From the door through identity, profile and segments: events a second sustained, by how many persons there are; how long
one profile takes by the API's own query; and how long one event takes when nothing else happens."""

import random
import time
from collections.abc import Iterator

from hark.app import Hark
from hark.bench import Bench, Figure
from hark.bench._idle import latencies
from hark.bench._people import filled, later_events, through, trim, write
from hark.model import Source
from hark.people import reading

SIZES = (10_000, 100_000, 1_000_000)


def run(bench: Bench) -> Iterator[Figure]:
    sizes = (2_000, 10_000) if bench.quick else SIZES
    count = 5_000 if bench.quick else 60_000
    costs: dict[str, float] = {}
    for persons in sizes:
        with filled(bench.folder, persons) as (hark, source):
            yield from _sustained(hark, source, persons, count, sizes[0], costs, scattered=False)
            yield from _sustained(hark, source, persons, count, sizes[0], costs, scattered=True)
            yield from _profiles(hark, persons)
            if persons == sizes[0]:
                yield from _alone(hark, source, persons, 100 if bench.quick else 500)


def _sustained(
    hark: Hark, source: Source, persons: int, count: int, first: int, costs: dict[str, float], *, scattered: bool
) -> Iterator[Figure]:
    """`costs` keeps what an event cost with the fewest persons, by the kind of day."""
    seed = time.time_ns() % 1_000_000
    write(hark.database, source, later_events(persons, count // 10, seed, scattered=scattered), f"w{seed}")
    hark.settle()  # caches as on a server that has been up for a while
    write(hark.database, source, later_events(persons, count, seed + 1, scattered=scattered), f"m{seed}")
    spent = through(hark)
    trim(hark.url)
    day = "path, every event somebody else's" if scattered else "path"
    cost = spent.busy / count
    least = costs.setdefault(day, cost)
    yield Figure(name=f"{day}: through all steps, {persons:,} persons", value=count / spent.seconds, unit="events/s")
    yield Figure(
        name=f"{day}: time of the steps per event, {persons:,} persons",
        value=cost * 1e6,
        unit="us",
        ratio=cost / least,
        of=f"that with {first:,} persons",
    )
    yield _processor(day, "the process", persons, spent.process / count)
    yield _processor(day, "its PostgreSQL", persons, spent.server / count)


def _processor(day: str, where: str, persons: int, seconds: float) -> Figure:
    name = f"{day}: processor time per event of {where}, {persons:,} persons"
    return Figure(name=name, value=seconds * 1e6, unit="us")


def _alone(hark: Hark, source: Source, persons: int, count: int) -> Iterator[Figure]:
    measured = latencies(hark, source, persons, count)
    for until in ("answered", "processed"):
        times = sorted(getattr(one, until) for one in measured)
        for name, part in (("p50", 0.5), ("p99", 0.99)):
            value = times[int(part * count)] * 1000
            yield Figure(name=f"one event, nothing else happening: {name} from sent to {until}", value=value, unit="ms")


def _profiles(hark: Hark, persons: int) -> Iterator[Figure]:
    chance = random.Random(persons)
    times = []
    for _ in range(2000):
        value = f"user-{chance.randrange(persons)}@example.com"
        started = time.perf_counter()
        with hark.database.transaction() as tx:
            reading.record(tx, "email", value, hark.declared)
        times.append(time.perf_counter() - started)
    times.sort()
    yield Figure(name=f"profile: p99 of one by e-mail, {persons:,} persons", value=times[1980] * 1000, unit="ms")
