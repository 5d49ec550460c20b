"""REST: inviting somebody into the team by a link that works once, and who is still invited."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Router
from litestar.exceptions import PermissionDeniedException
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.entrance import Caller
from hark.api.routes import creates, reads, removes
from hark.api.team import StaffRole
from hark.config import Config
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.store import Database
from hark.web import access
from hark.web.rights import GRANTS, Right, Role

Ask = Request[Any, Any, Any]
Digest = Annotated[str, Parameter(pattern="^[0-9a-f]{64}$", description="As GET /api/v1/team/invites gives it.")]
# What everybody has who signs in, and no token needs.
_OWN = frozenset({Right.SIGNED_IN, Right.HOME})


class Invite(Struct, frozen=True, kw_only=True):
    """Somebody who may become a member until then."""

    id: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime


class Invites(Struct, frozen=True):
    invites: list[Invite]


class NewInvite(Struct, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=200, pattern="^[!-?A-~]+@[!-?A-~]+$")]
    role: StaffRole


class Invited(Struct, frozen=True, kw_only=True):
    """`link` is shown this once: hand it over. An earlier link to the same address stops working."""

    link: str
    email: str
    role: str


@reads("/team/invites", Right.TEAM_READ)
def list_invites(database: Database, clock: Clock) -> Invites:
    """Invitations that were not used yet, the newest first. Their links were shown once."""
    with database.transaction() as tx:
        return Invites([msgspec.convert(row, Invite) for row in access.open_invites(tx, clock())])


@creates("/team/invites", Right.TEAM_WRITE)
def invite_member(request: Ask, data: NewInvite, database: Database, config: Config, clock: Clock) -> Invited:
    """Make a link that lets somebody join the team, once and for seven days. A token invites nobody who may do more than
    it may itself."""
    role, email = Role(data.role), data.email.lower()
    caller: Caller = request.scope["user"]
    if not GRANTS[role] - _OWN <= caller.rights:
        raise PermissionDeniedException(f"this token may do less than the role {role}")
    with database.transaction() as tx:
        secret = access.invite(tx, clock(), email, role, None)
    return Invited(link=f"{config.url}/welcome/{secret}", email=email, role=role)


@removes("/team/invites/{id:str}", Right.TEAM_WRITE, 404)
def withdraw_invite(id: Digest, database: Database) -> None:
    """The link of an invitation no longer works."""
    with database.transaction() as tx:
        if not access.drop_invite(tx, id):
            raise NotFound("there is no such invitation")


INVITES = Router(path="/", tags=["team"], route_handlers=[list_invites, invite_member, withdraw_invite])
