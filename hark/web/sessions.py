"""Sessions: a random cookie whose hash is a row. Closing the row signs out at once, on every machine."""

import secrets
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hark.store import Queries, Transaction
from hark.web.rights import Role
from hark.web.visitor import Visitor

queries = Queries(__file__)
COOKIE = "hark_session"
SEEN_EVERY = timedelta(minutes=5)


def open_session(
    tx: Transaction,
    now: datetime,
    lasts: timedelta,
    *,
    member: UUID | None = None,
    identity: tuple[str, str] | None = None,
    browser: str = "",
    remote: str = "",
) -> str:
    """Returns the cookie's value, which is never stored."""
    secret = secrets.token_urlsafe(32)
    kind, value = identity or (None, None)
    tx.run(
        queries.open_session,
        id=digest(secret),
        member=member,
        identity_kind=kind,
        identity_value=value,
        now=now,
        expires_at=now + lasts,
        browser=browser[:300],
        remote=remote[:100],
    )
    return secret


def find(tx: Transaction, secret: str, now: datetime) -> Visitor | None:
    row = tx.one(queries.find_session, id=digest(secret), now=now)
    if row is None:
        return None
    if now - row["seen_at"] > SEEN_EVERY:
        tx.run(queries.touch_session, id=row["id"], now=now)
    return _visitor(row)


def _visitor(row: dict[str, Any]) -> Visitor:
    if row["member"] is None:
        identity = (row["identity_kind"], row["identity_value"])
        role, name = Role.CUSTOMER, row["identity_value"]
    else:
        identity, role, name = None, Role(row["role"]), row["name"]
    return Visitor(
        session=bytes(row["id"]),
        role=role,
        name=name,
        email=row["email"],
        member=row["member"],
        identity=identity,
        language=row["language"],
        time_zone=row["time_zone"] or "UTC",
        signed_in_at=row["created_at"],
        notice=row["notice"],
    )


def close(tx: Transaction, session: bytes) -> None:
    tx.run(queries.close_session, id=session)


def close_others(tx: Transaction, member: UUID, keep: bytes = b"") -> int:
    """Every session of a member but one: after a new password, a changed role, a removed second step."""
    return tx.run(queries.close_sessions_of, member=member, keep=keep)


def of_member(tx: Transaction, member: UUID, now: datetime) -> list[dict[str, Any]]:
    return tx.all(queries.sessions_of, member=member, now=now)


def leave_notice(tx: Transaction, session: bytes, notice: dict[str, Any] | None) -> None:
    if notice is None:
        tx.run(queries.clear_notice, id=session)
    else:
        tx.run(queries.leave_notice, id=session, notice=Jsonb(notice))


def digest(secret: str) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=b"hark-secret").digest()
