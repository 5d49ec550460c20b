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
    costs: dict[int, float] = {}
    for persons in sizes:
        with filled(bench.folder, persons) as (hark, source):
            seed = time.time_ns() % 1_000_000
            write(hark.database, source, later_events(persons, count // 10, seed), f"w{seed}")
            hark.settle()  # caches as on a server that has been up for a while
            write(hark.database, source, later_events(persons, count, seed + 1), f"m{seed}")
            spent = through(hark)
            trim(hark.url)
            costs[persons] = spent.busy / count
            first = sizes[0]
            yield Figure(
                name=f"path: events through all steps, {persons:,} persons",
                value=count / spent.seconds,
                unit="events/s",
            )
            yield Figure(
                name=f"path: time of the steps per event, {persons:,} persons",
                value=spent.busy / count * 1e6,
                unit="us",
                ratio=costs[persons] / costs[first],
                of=f"that with {first:,} persons",
            )
            yield _processor("the process", persons, spent.process / count)
            yield _processor("its PostgreSQL", persons, spent.server / count)
            yield from _profiles(hark, persons)
            if persons == first:
                yield from _alone(hark, source, persons, 100 if bench.quick else 500)


def _processor(where: str, persons: int, seconds: float) -> Figure:
    return Figure(
        name=f"path: processor time per event of {where}, {persons:,} persons", value=seconds * 1e6, unit="us"
    )


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
