"""REST: the tracking plan of each source and name, freezing and enforcing it, and what breaks it."""

from typing import Annotated, Any, Literal

from litestar import Response, Router
from litestar.params import Parameter
from msgspec import Meta, Struct

from hark.api.acts import Ask, act, answered
from hark.api.routes import does, reads
from hark.errors import NotFound
from hark.events import plans
from hark.events.check import compile_check
from hark.events.plan import ANY, LEARNING
from hark.store import Database
from hark.web.rights import Right

Source = Annotated[str, Parameter(max_length=100, description="Id of the source.")]
Name = Annotated[
    str, Parameter(max_length=200, description="Name of the event; for other calls than track their type.")
]
Kind = Annotated[Literal["identify", "track", "page", "screen", "group", "alias"], Parameter()]


class Plans(Struct, frozen=True):
    plans: list[plans.PlannedName]
    next: str | None


class PlanChange(Struct, frozen=True, kw_only=True):
    """learning: nothing is a violation. frozen: violations are shown. enforced: what breaks the plan is refused.

    Without `name` the whole source is meant, and names that were never planned are violations too. `schema` is a JSON
    Schema (2020-12) of your own; without it, what was learned is asked for.
    """

    source: Annotated[str, Meta(min_length=1, max_length=100)]
    state: Literal["learning", "frozen", "enforced"]
    type: Literal["identify", "track", "page", "screen", "group", "alias"] = "track"
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    schema: dict[str, Any] | None = None


class Violations(Struct, frozen=True):
    counts: list[plans.Broken]
    latest: list[plans.Violation]


@reads("/plans", Right.PLAN_READ)
def list_plans(
    database: Database,
    source: Annotated[str | None, Parameter(max_length=100)] = None,
    limit: Annotated[int, Parameter(ge=1, le=1000)] = 200,
    after: Annotated[str | None, Parameter(max_length=500)] = None,
) -> Plans:
    """What each source sends under each name, how often, and how much of it breaks its plan."""
    with database.transaction() as tx:
        found, following = plans.listed(tx, limit, source, after)
    return Plans(found, following)


@reads("/plan", Right.PLAN_READ, 404)
def show_plan(source: Source, name: Name, database: Database, type: Kind = "track") -> plans.Shown:
    """One plan: the JSON Schema learned from what arrives, and the one asked for while it is frozen."""
    with database.transaction() as tx:
        return plans.shown(tx, source, type, name)


@reads("/plan/violations", Right.PLAN_READ, 404)
def list_violations(
    source: Source,
    name: Name,
    database: Database,
    type: Kind = "track",
    limit: Annotated[int, Parameter(ge=1, le=500)] = 50,
) -> Violations:
    """What breaks a plan: counted by place, and the latest events that do."""
    with database.transaction() as tx:
        return Violations(plans.broken(tx, source, type, name), plans.violations(tx, source, type, name, limit))


@does("/plan", Right.PLAN_WRITE, 404)
def change_plan(request: Ask, data: PlanChange, database: Database) -> Response[plans.Shown]:
    """Freeze, enforce or thaw a plan. The change is an event: it holds for what is loaded after it."""
    properties: dict[str, Any] = {"source": data.source}
    with database.transaction() as tx:
        if not plans.has_source(tx, data.source):
            raise NotFound(f"there is no source {data.source}")
        if data.name is not None:
            properties |= {"type": data.type, "name": data.name}
            if data.state != LEARNING:
                schema = data.schema or plans.wanted(tx, data.source, data.type, data.name)
                compile_check(schema)
                properties["schema"] = schema
    accepted = act(request, database, plans.WORD_OF[data.state], properties)
    if not accepted.done:
        return answered(accepted)
    with database.transaction() as tx:
        where = (data.type, data.name) if data.name is not None else (ANY, ANY)
        return answered(accepted, plans.shown(tx, data.source, *where))


PLAN = Router(path="/", tags=["plan"], route_handlers=[list_plans, show_plan, list_violations, change_plan])
