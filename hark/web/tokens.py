"""Tokens of the REST API: 256 random bits, shown once and kept as a hash, with scopes that say what they may do."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.errors import NotFound, Rejected
from hark.kit.ids import uuid7
from hark.store import Queries, Transaction
from hark.web.rights import Right

queries = Queries(__file__, "tokens.sql")
START = "hark_"
SHOWN = 11  # characters of a token that stay readable, so that people can tell tokens apart

_HUMAN = {Right.ANYONE, Right.SIGNED_IN, Right.HOME, Right.OWN_DATA}
_ALL = frozenset(Right) - _HUMAN


def _scopes() -> dict[str, frozenset[Right]]:
    """Every scope is the name of a right; one that writes also reads. Two names stand for more than one right."""
    scopes = {right.value: frozenset({right}) for right in sorted(_ALL)}
    for name in list(scopes):
        subject, _, verb = name.partition(":")
        if verb != "read" and f"{subject}:read" in scopes:
            scopes[name] |= scopes[f"{subject}:read"]
    scopes["people:write"] |= {Right.PEOPLE_ERASE}
    scopes["data:read"] = frozenset({Right.PEOPLE_READ, Right.PEOPLE_EXPORT})
    scopes["data:write"] = scopes["data:read"] | {Right.PEOPLE_ERASE}
    scopes["admin"] = _ALL
    return scopes


SCOPES = _scopes()


class Token(Struct, frozen=True, kw_only=True):
    """`prefix` is the part of the secret that stays readable."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def add_token(
    tx: Transaction,
    name: str,
    scopes: list[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
    by: UUID | None = None,
) -> tuple[str, Token]:
    """The secret, which is never seen again, and what is known of it. Rejected where a scope is none."""
    if not name.strip() or len(name) > 200:
        raise Rejected("a token needs a name of at most 200 characters", 422)
    if not scopes:
        raise Rejected("a token needs at least one scope", 422)
    if strange := sorted(set(scopes) - SCOPES.keys()):
        raise Rejected(f"there is no scope {', '.join(strange)}; here are {', '.join(sorted(SCOPES))}", 422)
    secret = START + secrets.token_urlsafe(32)
    row = tx.one(
        queries.add_token,
        id=uuid7(now),
        name=name.strip(),
        prefix=secret[:SHOWN],
        secret=digest(secret),
        scopes=sorted(set(scopes)),
        created_by=by,
        now=now,
        expires_at=expires_at,
    )
    assert row is not None
    return secret, Token(**row)


def find_token(tx: Transaction, secret: str, now: datetime) -> tuple[UUID, str, frozenset[Right]] | None:
    """Whose request it is and what it may do; None where the token is unknown, revoked or over."""
    row = tx.one(queries.find_token, secret=digest(secret), now=now)
    if row is None:
        return None
    rights = frozenset[Right]().union(*(SCOPES.get(scope, frozenset()) for scope in row["scopes"]))
    return row["id"], row["name"], rights


def touch(tx: Transaction, used: dict[UUID, datetime]) -> None:
    tx.run(queries.touch_tokens, ids=list(used), moments=list(used.values()))


def all_tokens(tx: Transaction) -> list[Token]:
    return [Token(**row) for row in tx.all(queries.all_tokens)]


def revoke(tx: Transaction, id: UUID, now: datetime) -> None:
    if not tx.run(queries.revoke_token, id=id, now=now):
        raise NotFound("there is no such token, or it was revoked before")


def digest(secret: str) -> bytes:
    # A plain hash is enough: 256 random bits cannot be guessed, and it must be looked up on every request.
    return sha256(secret.encode("utf-8", "replace")).digest()


def describe() -> list[dict[str, Any]]:
    """Scopes and the rights that each gives, for the screens and the documentation."""
    return [{"scope": name, "rights": sorted(rights)} for name, rights in sorted(SCOPES.items())]
