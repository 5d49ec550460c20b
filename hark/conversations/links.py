"""Links to files for those who have no account here: signed over the file and its message, and good for a while."""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from hark.kit.clock import from_milliseconds, milliseconds

LASTS = timedelta(days=90)
_SIGNATURE = 16


class Linked(Struct, frozen=True):
    """A file of a message, as a link names it."""

    message: UUID
    file: str
    until: datetime


def sign(salt: bytes, message: UUID, file: str, now: datetime, lasts: timedelta = LASTS) -> str:
    said = message.bytes + bytes.fromhex(file) + milliseconds(now + lasts).to_bytes(6, "big")
    return base64.urlsafe_b64encode(said + _signature(salt, said)).decode().rstrip("=")


def read(salt: bytes, text: str, now: datetime) -> Linked | None:
    """None where we did not sign it, or where its time is over."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    said, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(said) != 16 + 32 + 6 or not hmac.compare_digest(signature, _signature(salt, said)):
        return None
    linked = Linked(UUID(bytes=said[:16]), said[16:48].hex(), from_milliseconds(int.from_bytes(said[48:], "big")))
    return linked if linked.until > now else None


def _signature(salt: bytes, said: bytes) -> bytes:
    return hmac.new(salt, b"file link\0" + said, sha256).digest()[:_SIGNATURE]
