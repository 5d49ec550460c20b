"""REST: tokens of this API. A token can only give what it holds itself."""

from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

from litestar import Router
from msgspec import Meta, Struct

from hark.api.acts import Ask
from hark.api.entrance import Caller
from hark.api.routes import creates, reads, removes
from hark.errors import Forbidden, Rejected
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import tokens as doors
from hark.web.rights import Right

ScopeName = Enum("ScopeName", {name: name for name in sorted(doors.SCOPES)}, type=str)  # type: ignore[misc]  # made of data


class NewToken(Struct, frozen=True, kw_only=True):
    """`scopes` are listed at GET /api/v1/scopes."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"[^\s\x00-\x20\x7f-\xa0]")]
    scopes: Annotated[list[ScopeName], Meta(min_length=1, max_length=50)]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None


class AddedToken(Struct, frozen=True, kw_only=True):
    """`secret` is shown this once."""

    secret: str
    token: doors.Token


class Tokens(Struct, frozen=True):
    tokens: list[doors.Token]


class Scope(Struct, frozen=True):
    scope: str
    rights: list[str]


class Scopes(Struct, frozen=True):
    scopes: list[Scope]


@reads("/scopes", Right.SETTINGS_READ)
def list_scopes() -> Scopes:
    """Scopes that a token may have, and the rights that each gives."""
    return Scopes([Scope(**row) for row in doors.describe()])


@reads("/tokens", Right.SETTINGS_READ)
def list_tokens(database: Database) -> Tokens:
    """Every token, by its first characters."""
    with database.transaction() as tx:
        return Tokens(doors.all_tokens(tx))


@creates("/tokens", Right.SETTINGS_WRITE)
def add_token(request: Ask, data: NewToken, database: Database, clock: Clock) -> AddedToken:
    """Make a token. It may do no more than the token that makes it."""
    caller: Caller = request.scope["user"]
    scopes = [str(scope.value) for scope in data.scopes]
    given = frozenset[Right]().union(*(doors.SCOPES[scope] for scope in scopes))
    if not given <= caller.rights:
        raise Forbidden(f"this token itself lacks {', '.join(sorted(given - caller.rights))}")
    with database.transaction() as tx:
        secret, token = doors.add_token(tx, data.name, scopes, clock(), expires_at=data.expires_at)
    return AddedToken(secret=secret, token=token)


@removes("/tokens/{id:uuid}", Right.SETTINGS_WRITE, 404, 409)
def revoke_token(request: Ask, id: UUID, database: Database, clock: Clock) -> None:
    """Revoke another token; it is refused within a second."""
    caller: Caller = request.scope["user"]
    if caller.id == id:
        raise Rejected("a token does not revoke itself; use another one", 409)
    with database.transaction() as tx:
        doors.revoke(tx, id, clock())


TOKENS = Router(path="/", tags=["tokens"], route_handlers=[list_scopes, list_tokens, add_token, revoke_token])
