"""REST: the team, and probable duplicates that wait for somebody's eye."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Struct

from hark.api.acts import Ask, answered, by, waited
from hark.api.routes import Accepted, changes, does, reads, removes
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Declared
from hark.people import matching
from hark.store import Database
from hark.web import access
from hark.web.rights import Right, Role


class Member(Struct, frozen=True, kw_only=True):
    """Somebody who may sign in."""

    id: UUID
    email: str
    name: str
    role: str
    seen_at: datetime | None


class TeamMembers(Struct, frozen=True):
    members: list[Member]


StaffRole = Literal["owner", "manager", "agent", "technician", "analyst"]


class RoleChange(Struct, frozen=True):
    role: StaffRole


class Matches(Struct, frozen=True):
    """`waiting` is how many there are in all."""

    matches: list[matching.Candidate]
    waiting: int


class Pair(Struct, frozen=True):
    """The `match` of both sides, as GET /api/v1/matches gives them."""

    a: UUID
    b: UUID


@reads("/team", Right.TEAM_READ)
def list_team(database: Database, clock: Clock) -> TeamMembers:
    """Everybody who may sign in."""
    with database.transaction() as tx:
        rows = access.members(tx, clock())
    return TeamMembers([msgspec.convert(row, Member) for row in rows])


@changes("/team/{member:uuid}", Right.TEAM_WRITE, 404)
def change_role(member: UUID, data: RoleChange, database: Database) -> Member:
    """Give a member another role; they are signed out. The last owner stays one."""
    with database.transaction() as tx:
        _known(database, member)
        access.change_role(tx, member, Role(data.role))
    return _known(database, member)


@removes("/team/{member:uuid}", Right.TEAM_WRITE, 404, 422)
def remove_member(member: UUID, database: Database) -> None:
    """Remove a member; they are signed out at once. The last owner stays."""
    _known(database, member)
    with database.transaction() as tx:
        access.remove(tx, member)


@reads("/matches", Right.PEOPLE_READ)
def list_matches(database: Database, limit: Annotated[int, Parameter(ge=1, le=500)] = 50) -> Matches:
    """Probable duplicates with their evidence, the most probable first."""
    with database.transaction() as tx:
        return Matches(matching.review(tx, limit), matching.waiting(tx))


@does("/matches/join", Right.PEOPLE_WRITE, 404, 409)
def join_match(request: Ask, data: Pair, database: Database, declared: Declared) -> Response[Accepted]:
    """These two are one person: a merge that can be reverted by its `id`."""
    with database.transaction() as tx:
        done = matching.join_by_hand(tx, data.a, data.b, declared, by=by(request))
    return answered(waited(request, database, done.event, done.id))


@removes("/matches", Right.PEOPLE_WRITE, 404, 409)
def dismiss_match(request: Ask, a: UUID, b: UUID, database: Database) -> None:
    """These two are not the same; the pair is not shown again."""
    with database.transaction() as tx:
        matching.dismiss(tx, a, b, by=by(request))


def _known(database: Database, member: UUID) -> Member:
    with database.transaction() as tx:
        row = access.member(tx, member)
    if row is None:
        raise NotFound("there is no such member")
    return msgspec.convert(row, Member)


TEAM = Router(path="/", tags=["team"], route_handlers=[list_team, change_role, remove_member])
MATCHES = Router(path="/", tags=["duplicates"], route_handlers=[list_matches, join_match, dismiss_match])
