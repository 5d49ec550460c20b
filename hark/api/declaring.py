"""REST: what a company declares about its work: teams, routes, calendars, promises, automations, macros and fields of cases.

Each kind has the same four routes; what they take and give is the Struct of the kind.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import Parameter

from hark.api.acts import Ask, answered, by, waited
from hark.api.routes import Accepted, reads, removes, sets
from hark.cases import act, reading
from hark.cases.declared import KINDS
from hark.errors import NotFound
from hark.store import Database
from hark.web.rights import Right

Name = Annotated[str, Parameter(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Small letters, digits and _.")]
# kind: (path, one, many, for people)
PATHS = {
    "team": ("/teams", "Who works together, how work is given out to them, who helps whom."),
    "route": ("/routing/routes", "Which team and skills something needs, and who goes first."),
    "calendar": ("/calendars", "When it is working time: by day, in one zone, with holidays."),
    "promise": ("/promises", "By when there is an answer or a resolution, in working time."),
    "automation": ("/automations", "When this happens and that holds, do so."),
    "macro": ("/macros", "Steps that a member takes with one click."),
    "field": ("/case-fields", "Fields of cases that this company added."),
}


def routes_of(kind: str) -> list[HTTPRouteHandler]:
    """The four routes of a kind; its name stands in those of the operations and of the bodies."""
    path, about = PATHS[kind]
    body, title = KINDS[kind], kind.title()
    shown = msgspec.defstruct(
        f"{title}Declared",
        [("name", str), ("body", body), ("defined_at", datetime), ("defined_by", str)],
        frozen=True,
        kw_only=True,
    )
    shown.__doc__ = about
    listed = msgspec.defstruct(f"{title}List", [(f"{kind}s", list[shown])], frozen=True)  # type: ignore[valid-type]
    listed.__doc__ = "In the order in which they are asked."
    read_right = Right.CASES_READ if kind in ("macro", "field") else Right.ROUTING_READ
    write_right = Right.ROUTING_WRITE

    def show(one: reading.Declared) -> Any:
        value = msgspec.convert(one.body, body)
        return shown(name=one.name, body=value, defined_at=one.defined_at, defined_by=one.defined_by)

    def list_all(database: Database) -> listed:  # type: ignore[valid-type]
        with database.transaction() as tx:
            return listed([show(one) for one in reading.declarations(tx, kind)])

    def show_one(name: Name, database: Database) -> shown:  # type: ignore[valid-type]
        with database.transaction() as tx:
            found: Any = show(reading.declaration(tx, kind, name))
        return found  # type: ignore[no-any-return]

    def define(request: Ask, name: Name, data: body, database: Database) -> Response[Accepted]:  # type: ignore[valid-type]
        with database.transaction() as tx:
            event = act.declare(tx, kind, name, msgspec.to_builtins(data), by=by(request))
        return answered(waited(request, database, event))

    def remove(request: Ask, name: Name, database: Database) -> Accepted:
        with database.transaction() as tx:
            if not any(one.name == name for one in reading.declarations(tx, kind)):
                raise NotFound(f"there is no {kind} {name}")
            event = act.remove(tx, kind, name, by=by(request))
        return waited(request, database, event)

    def named(function: Any, verb: str, text: str) -> Any:
        function.__name__ = function.__qualname__ = verb
        function.__doc__ = text
        return function

    return [
        reads(path, read_right)(named(list_all, f"list_{kind}s", f"Every {kind}. {about}")),
        reads(path + "/{name:str}", read_right, 404)(named(show_one, f"show_{kind}", f"One {kind}.")),
        sets(path + "/{name:str}", write_right)(named(define, f"define_{kind}", f"Define or change a {kind}. {about}")),
        removes(path + "/{name:str}", write_right, 404, status=200)(
            named(remove, f"remove_{kind}", f"Remove a {kind}.")
        ),
    ]


def declared_routes(*kinds: str) -> list[HTTPRouteHandler]:
    return [route for kind in kinds for route in routes_of(kind)]
