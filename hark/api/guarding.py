"""REST: what guards each kind of identity, and how alike records must be to be shown or joined."""

from typing import Annotated

from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.acts import Ask, answered, by, waited
from hark.api.routes import does, reads, sets
from hark.errors import NotFound
from hark.model import Declared
from hark.people import guarding, matching
from hark.people.guarding import Guarded
from hark.people.kinds import Setting
from hark.people.matching import Choice
from hark.store import Database
from hark.web.rights import Right

Name = Annotated[str, Parameter(description="The name of a kind, such as email.", max_length=100)]


class IdentityKinds(Struct, frozen=True):
    kinds: list[Guarded]


class KindChange(Struct, frozen=True, kw_only=True):
    """What is left out, or null, is as it was declared."""

    priority: Annotated[int, Meta(ge=1, le=1000)] | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] | None = None
    window_days: Annotated[int, Meta(ge=0, le=3650)] | None = None
    unique: bool | None = None
    blocked: Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=1000)] = []


@reads("/matches/choice", Right.SETTINGS_READ)
def show_choice(database: Database) -> Choice:
    """From which probability on pairs are shown, and joined without being asked (null: never)."""
    with database.transaction() as tx:
        return matching.chosen(tx)


@sets("/matches/choice", Right.SETTINGS_WRITE)
def set_choice(request: Ask, data: Choice, database: Database) -> Choice:
    """The next run goes by it."""
    with database.transaction() as tx:
        matching.choose(tx, data, by=by(request))
        return matching.chosen(tx)


@reads("/identity-kinds", Right.SETTINGS_READ)
def list_identity_kinds(database: Database, declared: Declared) -> IdentityKinds:
    """Every kind of identity with its guards, the strongest first."""
    with database.transaction() as tx:
        return IdentityKinds(guarding.kinds_in_force(tx, declared))


@does("/identity-kinds/{name:str}", Right.SETTINGS_WRITE, 404)
def change_identity_kind(
    request: Ask, name: Name, data: KindChange, database: Database, declared: Declared
) -> Response[Guarded]:
    """Change what guards a kind; everything that is known is weighed again. Priorities hold for events to come."""
    setting = Setting(
        priority=data.priority,
        limit=data.limit,
        window_days=data.window_days,
        unique=data.unique,
        blocked=tuple(data.blocked),
    )
    with database.transaction() as tx:
        event = guarding.define(tx, declared, name, setting, by=by(request))
    accepted = waited(request, database, event)
    if not accepted.done:
        return answered(accepted)
    with database.transaction() as tx:
        kinds = {kind.name: kind for kind in guarding.kinds_in_force(tx, declared)}
    if name not in kinds:
        raise NotFound(f"there is no kind {name!r}")
    return Response(kinds[name], status_code=200)


GUARDING = Router(
    path="/",
    tags=["identity"],
    route_handlers=[
        show_choice,
        set_choice,
        list_identity_kinds,
        change_identity_kind,
    ],
)
