"""The embedded PostgreSQL takes what its machine has, and never more than leaves room for others."""

from hypothesis import given
from hypothesis import strategies as st

from hark.store.embedded import fitted

GIGABYTE = 1 << 30


def test_a_large_machine_gives_more_than_a_small_one() -> None:
    assert fitted(24 * GIGABYTE, 70 * GIGABYTE) == {"shared_buffers": "768MB", "max_wal_size": "7168MB"}
    assert fitted(1 * GIGABYTE, 4 * GIGABYTE) == {"shared_buffers": "128MB", "max_wal_size": "1024MB"}


@given(st.integers(min_value=0, max_value=1 << 45), st.integers(min_value=0, max_value=1 << 50))
def test_it_always_stays_within_its_bounds(memory: int, free: int) -> None:
    chosen = {name: int(value.removesuffix("MB")) for name, value in fitted(memory, free).items()}

    assert 128 <= chosen["shared_buffers"] <= 768
    assert 1024 <= chosen["max_wal_size"] <= 8192
