"""Identifiers: time-ordered ones for what happens, derived ones for what must come out the same each time."""

import os
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from hark.kit.clock import milliseconds


def uuid7(at: datetime) -> UUID:
    """A new RFC 9562 version-7 id that sorts by `at`."""
    return _stamp(milliseconds(at), os.urandom(10))


def event_id(at: datetime, source: str, message: str) -> UUID:
    """The version-7 id of one message: the same message received at the same time always has the same id."""
    return _stamp(milliseconds(at), blake2b(f"{source}\0{message}".encode("utf-8", "replace"), digest_size=10).digest())


def derived(*parts: str, salt: bytes = b"") -> UUID:
    """A version-8 id that depends on the parts alone (and the salt, where the parts must not be guessable from it)."""
    digest = blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16, key=salt[:64]).digest()
    return _mark(int.from_bytes(digest, "big"), version=8)


def _stamp(ms: int, tail: bytes) -> UUID:
    return _mark(((ms & (2**48 - 1)) << 80) | int.from_bytes(tail, "big"), version=7)


def _mark(number: int, version: int) -> UUID:
    number = (number & ~(0xF << 76)) | (version << 76)
    number = (number & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=number)
