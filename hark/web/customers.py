"""How a customer proves who they are: a link by mail that works once, or a token that the company's own site signs.

The token is a JSON Web Token, HS256, with `iss` (the source), `aud` "hark", `exp` at most a quarter of an hour away, and
`sub` (their user id) or `email`. It opens the door once.
"""

import base64
import binascii
import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from hark.errors import Forbidden
from hark.kit.clock import from_milliseconds
from hark.kit.ids import uuid7
from hark.store import Queries, Transaction
from hark.store.database import Row
from hark.web import sessions

queries = Queries(__file__, "customers.sql")
LINK_LASTS = timedelta(minutes=30)
TOKEN_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=2)
AUDIENCE = "hark"
SHORTEST_SECRET = 32  # bytes, as RFC 7518 asks of HS256
LONGEST_TOKEN = 4096


def send_link(tx: Transaction, now: datetime, email: str, url: str, subject: str, body: str) -> None:
    """Write the letter with the link; `body` has {link}. The e-mail channel sends it, or an owner hands it over."""
    secret = secrets.token_urlsafe(32)
    expires_at = now + LINK_LASTS
    tx.run(queries.forget_magic_links, before=now - timedelta(days=1))
    tx.run(queries.forget_letters, now=now)
    tx.run(
        queries.add_magic_link, id=sessions.digest(secret), kind="email", value=email, now=now, expires_at=expires_at
    )
    write_letter(tx, now, email, subject, body.format(link=f"{url}/my-data/enter/{secret}"), expires_at)


def write_letter(
    tx: Transaction, now: datetime, recipient: str, subject: str, body: str, expires_at: datetime | None = None
) -> None:
    """A letter that waits for the e-mail channel."""
    tx.run(
        queries.write_letter,
        id=uuid7(now),
        recipient=recipient,
        subject=subject,
        body=body,
        now=now,
        expires_at=expires_at,
    )
    tx.notify("hark_letter")


def queue_letters(tx: Transaction, now: datetime) -> list[UUID]:
    """The letters that nobody took yet; they count as taken now."""
    return [row["id"] for row in tx.all(queries.queue_letters, now=now)]


def unsent_letter(tx: Transaction, id: UUID, now: datetime) -> Row | None:
    """None where it was sent, or its time is over."""
    return tx.one(queries.unsent_letter, id=id, now=now)


def letter_sent(tx: Transaction, id: UUID, now: datetime) -> None:
    tx.run(queries.letter_sent, id=id, now=now)


def link_works(tx: Transaction, secret: str, now: datetime) -> bool:
    return tx.one(queries.magic_link_works, id=sessions.digest(secret), now=now) is not None


def use_link(tx: Transaction, secret: str, now: datetime) -> tuple[str, str]:
    """The identity that the link proves. Forbidden where it was used or is too old."""
    row = tx.one(queries.use_magic_link, id=sessions.digest(secret), now=now)
    if row is None:
        raise Forbidden("this link was used already, or its time is over; ask for a new one")
    return row["identity_kind"], row["identity_value"]


def use_token(tx: Transaction, token: str, now: datetime) -> tuple[str, str]:
    """The identity that a company's site vouches for. Forbidden where anything about the token is wrong."""
    claims = _read(tx, token)
    expires_at = _expiry(claims, now)
    identity = _identity(claims)
    used = tx.run(
        queries.use_token,
        id=sessions.digest(token),
        kind=identity[0],
        value=identity[1],
        now=now,
        expires_at=expires_at,
    )
    if not used:
        raise _wrong("it was used already")
    return identity


def new_secret(tx: Transaction, source: str, now: datetime) -> str:
    """A new secret for a source's site; the old one no longer signs."""
    secret = secrets.token_urlsafe(48)
    tx.run(queries.set_site_secret, source=source, secret=secret, now=now)
    return secret


def drop_secret(tx: Transaction, source: str) -> None:
    tx.run(queries.drop_site_secret, source=source)


def secrets_since(tx: Transaction) -> dict[str, datetime]:
    """Which sources' sites may let customers in, and since when."""
    return {row["source"]: row["created_at"] for row in tx.all(queries.site_secrets)}


def letters(tx: Transaction, now: datetime, limit: int = 20) -> list[Row]:
    return tx.all(queries.waiting_letters, now=now, limit=limit)


def _read(tx: Transaction, token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        raise _wrong("it is no JSON Web Token")
    header, claims = _part(parts[0]), _part(parts[1])
    # The algorithm is ours to choose, not the token's.
    if header.get("alg") != "HS256":
        raise _wrong("it must be signed with HS256")
    secret = tx.value(queries.site_secret, source=str(claims.get("iss", ""))[:200])
    if not isinstance(secret, str) or len(secret) < SHORTEST_SECRET:
        raise _wrong("no site of this issuer may let customers in")
    signed = hmac.new(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), sha256).digest()
    if not hmac.compare_digest(signed, _bytes(parts[2])):
        raise _wrong("the signature does not fit")
    return claims


def _expiry(claims: dict[str, Any], now: datetime) -> datetime:
    audience = claims.get("aud")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        raise _wrong(f"its audience is not {AUDIENCE!r}")
    expiry, begins = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expiry, int | float) or isinstance(expiry, bool) or not 0 < expiry < 1e11:
        raise _wrong("it has no end (exp)")
    expires_at = from_milliseconds(expiry * 1000)
    if expires_at <= now:
        raise _wrong("its time is over")
    if expires_at > now + TOKEN_LASTS:
        raise _wrong("it works for longer than a quarter of an hour")
    if not isinstance(begins, int | float) or begins > now.timestamp() + 60:
        raise _wrong("its time has not come (nbf)")
    return expires_at


def _identity(claims: dict[str, Any]) -> tuple[str, str]:
    for claim, kind in (("sub", "user_id"), ("email", "email")):
        value = claims.get(claim)
        if isinstance(value, str) and 0 < len(value.strip()) <= 500:
            return kind, value.strip()
    raise _wrong("it names nobody (sub or email)")


def _part(text: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_bytes(text))
    except msgspec.DecodeError:
        raise _wrong("it cannot be read") from None
    if not isinstance(value, dict):
        raise _wrong("it cannot be read")
    return value


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("it cannot be read") from None


def _wrong(why: str) -> Forbidden:
    return Forbidden(f"this sign-in from the company's site was not accepted: {why}")
