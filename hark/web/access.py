"""Members and their ways in: the first owner's link, invitations, passwords, the second step.

Passwords are argon2id. A link's secret is shown once and kept as a hash. Whoever changes a password is signed out elsewhere.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hark.errors import Rejected, Retry
from hark.kit.ids import uuid7
from hark.store import Database, Queries, Transaction
from hark.store.database import Row
from hark.web import sessions
from hark.web.rights import Role

queries = Queries(__file__, "access.sql")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")  # so that an unknown e-mail takes as long as a wrong password
SHORTEST = 10
LINK_LASTS = timedelta(days=7)
RESET_LASTS = timedelta(hours=24)
GUESSING = timedelta(minutes=15)  # the window in which attempts are counted
STAFF = tuple(role for role in Role if role is not Role.CUSTOMER)


class TooOften(Retry):
    """The same thing was tried again and again, by whoever it is."""


def owner_link(database: Database, url: str, now: datetime) -> str | None:
    """A link that makes the first owner, while there is no member yet. An earlier one stops working."""
    with database.transaction() as tx:
        if tx.value(queries.count_members):
            return None
        tx.run(queries.drop_invites, purpose="owner")
        return f"{url}/welcome/{_invite(tx, now, purpose='owner', role=Role.OWNER)}"


def add_member(tx: Transaction, now: datetime, *, email: str, name: str, role: Role, password: str) -> UUID:
    """Rejected where the e-mail is taken or the password too short."""
    check_password(password, email)
    member = uuid7(now)
    added = tx.run(
        queries.add_member,
        id=member,
        email=email,
        name=name or email.split("@")[0],
        role=role,
        password=_hasher.hash(password),
        now=now,
    )
    if not added:
        raise Rejected(f"{email} is a member already")
    return member


def first_sign_in(database: Database, now: datetime, email: str, name: str) -> str | None:
    """Make an owner with a password that is printed once (hark demo); None where there are members already."""
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with database.transaction() as tx:
        if tx.value(queries.count_members):
            return None
        add_member(tx, now, email=email, name=name, role=Role.OWNER, password=password)
    return password


def sign_in(tx: Transaction, now: datetime, email: str, password: str, code: str = "") -> Row | None:
    """The member whose password this is. `needs_code` is true in the row where the second step is still missing."""
    row = tx.one(queries.member_by_email, email=email)
    if not _matches(row["password"] if row else _NOBODY, password) or row is None:
        return None
    if row["totp"] is None:
        return row | {"needs_code": False}
    return row | {"needs_code": not _use_code(tx, row, code, now)}


def check_password(password: str, email: str = "") -> None:
    if len(password) < SHORTEST:
        raise Rejected(f"a password has at least {SHORTEST} characters; a short sentence is easy to keep in mind")
    if len(password) > 200 or password.lower() == email.lower() or len(set(password)) < 4:
        raise Rejected("this password is too easy to guess; a short sentence is better")


def set_password(tx: Transaction, member: UUID, password: str, email: str, keep: bytes = b"") -> None:
    """Signs the member out everywhere but in the session `keep`."""
    check_password(password, email)
    tx.run(queries.set_password, id=member, password=_hasher.hash(password))
    tx.run(queries.drop_resets, member=member)
    sessions.close_others(tx, member, keep)


def password_is(tx: Transaction, member: UUID, password: str) -> bool:
    row = tx.one(queries.member, id=member)
    return row is not None and _matches(row["password"], password)


def invite(tx: Transaction, now: datetime, email: str, role: Role, by: UUID | None) -> str:
    """The secret of a link that makes a member of this role."""
    if tx.one(queries.member_by_email, email=email):
        raise Rejected(f"{email} is a member already")
    tx.run(queries.drop_invites_of, email=email)
    return _invite(tx, now, purpose="invite", role=role, email=email, by=by)


def reset(tx: Transaction, now: datetime, member: UUID, by: UUID) -> str:
    """The secret of a link that lets a member choose a new password; an owner hands it over."""
    row = tx.one(queries.member, id=member)
    if row is None:
        raise Rejected("there is no such member")
    tx.run(queries.drop_resets, member=member)
    return _invite(tx, now, purpose="reset", role=Role(row["role"]), email=row["email"], member=member, by=by)


def invited(tx: Transaction, secret: str, now: datetime) -> Row | None:
    """What a link is for, while it works."""
    return tx.one(queries.find_invite, id=sessions.digest(secret), now=now)


def accept(tx: Transaction, secret: str, now: datetime, *, email: str, name: str, password: str) -> UUID:
    """Use a link once. An invitation's e-mail binds; the first owner chooses their own."""
    row = tx.one(queries.use_invite, id=sessions.digest(secret), now=now)
    if row is None:
        raise Rejected("this link was used, or its time is over; ask for a new one")
    if row["purpose"] == "reset":
        set_password(tx, row["member"], password, row["email"])
        return UUID(str(row["member"]))
    if row["purpose"] == "owner" and tx.value(queries.count_members):
        raise Rejected("there is an owner already; ask them to invite you")
    return add_member(tx, now, email=row["email"] or email, name=name, role=Role(row["role"]), password=password)


def change_role(tx: Transaction, member: UUID, role: Role) -> None:
    _keep_an_owner(tx, member, role)
    tx.run(queries.set_role, id=member, role=role)
    sessions.close_others(tx, member)


def remove(tx: Transaction, member: UUID) -> None:
    _keep_an_owner(tx, member, None)
    tx.run(queries.remove_member, id=member)


def new_totp() -> str:
    return pyotp.random_base32()


def turn_on_totp(tx: Transaction, member: UUID, secret: str, code: str, now: datetime) -> bool:
    if not pyotp.TOTP(secret).verify(code, for_time=now, valid_window=1):
        return False
    tx.run(queries.set_totp, id=member, totp=secret)
    return True


def turn_off_totp(tx: Transaction, member: UUID) -> None:
    tx.run(queries.set_totp, id=member, totp=None)


def members(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    return tx.all(queries.members, now=now)


def open_invites(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    return tx.all(queries.open_invites, now=now)


def set_reading(tx: Transaction, member: UUID, name: str, language: str | None, time_zone: str) -> None:
    """How a member is called and reads: language None is the browser's."""
    tx.run(queries.set_reading, id=member, name=name, language=language, time_zone=time_zone)


def drop_invite(tx: Transaction, which: str) -> bool:
    """`which` is the hash of the link, in hexadecimal."""
    return tx.run(queries.drop_invite, id=bytes.fromhex(which)) > 0


def member(tx: Transaction, which: UUID) -> Row | None:
    return tx.one(queries.member, id=which)


def slow_down(tx: Transaction, key: str, now: datetime, most: int, window: timedelta) -> None:
    """TooOften when `key` was tried more than `most` times within the window."""
    start = datetime.fromtimestamp(now.timestamp() // window.total_seconds() * window.total_seconds(), now.tzinfo)
    tx.run(queries.forget_attempts, before=now - timedelta(days=1))
    if tx.value(queries.count_attempt, key=key, window_start=start) > most:
        seconds = (start + window - now).total_seconds()
        raise TooOften(f"too many attempts; try again in {max(int(seconds // 60), 1)} minutes", after=seconds)


def _invite(
    tx: Transaction,
    now: datetime,
    *,
    purpose: str,
    role: Role,
    email: str | None = None,
    member: UUID | None = None,
    by: UUID | None = None,
) -> str:
    secret = secrets.token_urlsafe(32)
    tx.run(
        queries.add_invite,
        id=sessions.digest(secret),
        purpose=purpose,
        email=email,
        role=role,
        member=member,
        created_by=by,
        now=now,
        expires_at=now + (RESET_LASTS if purpose == "reset" else LINK_LASTS),
    )
    return secret


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password[:200])
    except (VerificationError, InvalidHashError):
        return False


def _use_code(tx: Transaction, row: Row, code: str, now: datetime) -> bool:
    """A code counts for its own half minute and the two beside it, and only once."""
    totp = pyotp.TOTP(row["totp"])
    digits = "".join(char for char in code if char.isdigit())
    step = int(now.timestamp()) // totp.interval
    for candidate in (step - 1, step, step + 1):
        if candidate > (row["totp_last"] or 0) and pyotp.utils.strings_equal(digits, totp.generate_otp(candidate)):
            return bool(tx.run(queries.use_totp, id=row["id"], step=candidate))
    return False


def _keep_an_owner(tx: Transaction, member: UUID, role: Role | None) -> None:
    row = tx.one(queries.lock_member, id=member)
    if row is None:
        raise Rejected("there is no such member")
    if row["role"] == Role.OWNER and role is not Role.OWNER and tx.value(queries.count_owners) < 2:
        raise Rejected("this is the only owner; make somebody else an owner first")
