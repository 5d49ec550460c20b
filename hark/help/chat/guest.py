"""Who is at the other end of a chat: a browser that holds a secret of ours, sometimes a customer whom the site vouches for.

Nothing is stored for it: the secret is the visitor's name with a keyed hash over it, so it cannot be made by others. An
e-mail typed into a form proves nothing and is never part of it.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.kit.ids import uuid7
from hark.model import Identity

KIND = "chat_visitor"
KNOWN_LASTS = timedelta(hours=12)  # how long the site's word holds; then it must vouch again
LASTS = timedelta(days=400)
LONGEST = 2_000


class Guest(Struct, frozen=True, array_like=True):
    """`identity` is what the company's site has signed for, since `at`."""

    visitor: str
    at: datetime
    identity: Identity | None = None

    def whose(self) -> tuple[Identity, ...]:
        """The addresses whose messages they see: their own browser's, and their own account's."""
        own = Identity(KIND, self.visitor)
        return (own, self.identity) if self.identity else (own,)

    def sender(self) -> Identity:
        return self.identity or Identity(KIND, self.visitor)


def fresh(now: datetime) -> Guest:
    return Guest(str(uuid7(now)), now)


def known(guest: Guest, identity: Identity, now: datetime) -> Guest:
    """The same browser with an account; another account in the same browser is another visitor."""
    if guest.identity in (None, identity):
        return Guest(guest.visitor, now, identity)
    return Guest(str(uuid7(now)), now, identity)


def seal(guest: Guest, source: str, salt: bytes) -> str:
    told = msgspec.json.encode(guest)
    return f"{_text(told)}.{_text(_mac(told, source, salt))}"


def unseal(token: str, source: str, salt: bytes, now: datetime) -> Guest | None:
    """None where we did not write it, or where it is too old."""
    told, dot, mac = token.partition(".")
    if not dot or len(token) > LONGEST:
        return None
    try:
        body, given = _bytes(told), _bytes(mac)
        if not hmac.compare_digest(_mac(body, source, salt), given):
            return None
        guest = msgspec.json.decode(body, type=Guest)
        UUID(guest.visitor)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
    lasts = KNOWN_LASTS if guest.identity else LASTS
    return guest if timedelta(0) <= now - guest.at + timedelta(minutes=5) and now - guest.at < lasts else None


def file_mac(parts: tuple[str, ...], salt: bytes) -> str:
    """What lets its holder have one file, until the time that is part of it."""
    return _text(_mac("\0".join(parts).encode(), "file", salt))


def _mac(told: bytes, source: str, salt: bytes) -> bytes:
    return blake2b(source.encode() + b"\0" + told, digest_size=24, key=salt[:64], person=b"hark-chat").digest()


def _text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
