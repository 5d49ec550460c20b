"""A link to one question about one conversation: signed, and over after a while. It opens nothing else."""

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

LASTS = timedelta(days=30)
_LENGTH = 48


def sign(salt: bytes, conversation: UUID, now: datetime) -> str:
    until = int((now + LASTS).timestamp() // 86_400).to_bytes(4, "big")
    raw = conversation.bytes + until
    return base64.b32encode(raw + _signature(salt, raw)).decode().rstrip("=").lower()


def read(salt: bytes, text: str, now: datetime) -> UUID | None:
    """The conversation that may be rated; None where we did not sign this, or it is over."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    try:
        raw = base64.b32decode(text.upper())
    except (binascii.Error, ValueError):
        return None
    said, signature = raw[:20], raw[20:]
    if not hmac.compare_digest(signature, _signature(salt, said)):
        return None
    ends = datetime.fromtimestamp((int.from_bytes(said[16:], "big") + 1) * 86_400, UTC)
    return UUID(bytes=said[:16]) if now < ends else None


def _signature(salt: bytes, said: bytes) -> bytes:
    return hmac.new(salt, b"rating link\0" + said, sha256).digest()[:10]
