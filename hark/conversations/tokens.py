"""Signed names of messages: what an answer brings back to prove that its writer had the message in hand.

A token names one message and is signed over it and the conversation it was written in, with the installation's salt. It is
made of letters that survive any mail system: lower case, no padding, short enough for the local part of an address.
"""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

SIGNATURE = 10  # bytes: 80 bits, and every guess is a message to us
LENGTH = 42


class Token(Struct, frozen=True):
    """What a text claims: it is believed only where `signed` says so."""

    message: UUID
    signature: bytes


def sign(salt: bytes, conversation: UUID, message: UUID) -> str:
    raw = message.bytes + _signature(salt, conversation, message)
    return base64.b32encode(raw).decode().rstrip("=").lower()


def read(text: str) -> Token | None:
    """The claim of a text, whatever its case; None where it has not the form of a token."""
    bare = text.strip()
    if len(bare) != LENGTH or not bare.isascii():
        return None
    try:
        raw = base64.b32decode(bare.upper() + "======")
    except (binascii.Error, ValueError):
        return None
    return Token(message=UUID(bytes=raw[:16]), signature=raw[16:])


def signed(token: Token, salt: bytes, conversation: UUID) -> bool:
    """Whether we signed it; `conversation` is the one in which its message was written."""
    return hmac.compare_digest(token.signature, _signature(salt, conversation, token.message))


def _signature(salt: bytes, conversation: UUID, message: UUID) -> bytes:
    said = b"conversation token\0" + conversation.bytes + message.bytes
    return hmac.new(salt, said, sha256).digest()[:SIGNATURE]
