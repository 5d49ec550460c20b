"""Columns of values as PostgreSQL's arrays in their binary form, made in one go: psycopg makes them value by value, which
costs the path more than the statement that they go to. The query says of what type they are: `%(ids)s::uuid[]`.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg.adapt import Dumper
from psycopg.pq import Format

# Object ids of the elements' types, as in PostgreSQL's pg_type.dat.
_BYTEA, _BIGINT, _TEXT, _TIMESTAMPTZ, _UUID = 17, 20, 25, 1184, 2950
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL counts microseconds from here
_EPOCH_MS = 946_684_800_000
_HEAD = struct.Struct("!iiIii").pack  # dimensions, may hold nulls, type, how many, index of the first
_length = struct.Struct("!i").pack
_NULL = _length(-1)
_sixteen = _length(16)
_eight = struct.Struct("!iq").pack


class Array(Struct, frozen=True):
    """One column, ready to be sent."""

    data: bytes


def uuids(values: Iterable[UUID]) -> Array:
    return _array(_UUID, [_sixteen + value.bytes for value in values])


def numbers(values: Iterable[int]) -> Array:
    return _array(_BIGINT, [_eight(8, value) for value in values])


def texts(values: Iterable[str | None]) -> Array:
    return _array(_TEXT, [_NULL if value is None else _sized(value.encode()) for value in values])


def jsons(values: Iterable[bytes]) -> Array:
    """JSON that is encoded already, sent as text."""
    return _array(_TEXT, [_sized(value) for value in values])


def binaries(values: Iterable[bytes | None]) -> Array:
    return _array(_BYTEA, [_NULL if value is None else _sized(value) for value in values])


def moments(values: Iterable[int | None]) -> Array:
    """Times in milliseconds since 1970."""
    parts = [_NULL if value is None else _eight(8, (value - _EPOCH_MS) * 1000) for value in values]
    return _array(_TIMESTAMPTZ, parts)


def instants(values: Iterable[datetime]) -> Array:
    since = [value - _EPOCH for value in values]
    parts = [_eight(8, (one.days * 86_400 + one.seconds) * 1_000_000 + one.microseconds) for one in since]
    return _array(_TIMESTAMPTZ, parts)


def _sized(value: bytes) -> bytes:
    return _length(len(value)) + value


def _array(of: int, parts: Sequence[bytes]) -> Array:
    if not parts:
        return Array(struct.pack("!iiI", 0, 0, of))
    return Array(_HEAD(1, 1, of, len(parts), 1) + b"".join(parts))


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        data: bytes = obj.data
        return data


psycopg.adapters.register_dumper(Array, _ArrayDumper)
