"""Columns sent as binary arrays arrive as they were."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from hark.kit.clock import milliseconds
from hark.store import Database, Query, arrays

NOON = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
LONG_AGO = datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC)
COLUMNS = (
    ("uuid[]", arrays.uuids, [UUID(int=1), UUID(int=2**128 - 1)]),
    ("bigint[]", arrays.numbers, [0, -1, 2**62]),
    ("text[]", arrays.texts, ["", None, "Malmö", 'a "quoted" \\ word, {with} braces']),
    ("text[]", arrays.texts, []),
    ("bytea[]", arrays.binaries, [b"\x00\xff", None, b""]),
    ("timestamptz[]", arrays.instants, [NOON, LONG_AGO]),
)


@pytest.mark.parametrize(("kind", "array", "values"), COLUMNS)
def test_a_column_arrives_as_it_was(database: Database, kind: str, array: object, values: list[object]) -> None:
    query = Query("sent", f"select %(values)s::{kind}".encode())
    with database.transaction() as tx:
        assert tx.value(query, values=array(values)) == values  # type: ignore[operator]


def test_times_in_milliseconds_arrive_as_times(database: Database) -> None:
    query = Query("sent", b"select %(values)s::timestamptz[]")
    times = [NOON.replace(microsecond=123_000), LONG_AGO]
    with database.transaction() as tx:
        arrived = tx.value(query, values=arrays.moments([*map(milliseconds, times), None]))

    assert arrived == [*times, None]
