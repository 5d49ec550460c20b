"""`hark bench`: figures that anyone can repeat, as ratios within one run because machines differ and drift.

One file per benchmark; the file's name is the benchmark's. Each has `run(bench: Bench) -> Iterator[Figure]`.
"""

from pathlib import Path

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """`ratio` compares `value` with `of`, measured in the same run; None where it stands alone."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str | None = None


class Bench(Struct, frozen=True):
    """`quick` is for trying: a small part of the work. `folder` keeps filled databases between runs."""

    folder: Path
    quick: bool = False
