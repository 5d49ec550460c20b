"""The screens as one router: who is asking, may they, is the form ours, what the browser may load."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Router, get
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp

from hark.config import Config
from hark.kit.clock import Clock, now
from hark.store import Database
from hark.web import live_doors, static
from hark.web.doorway import Doorway, provide_form, refuse_foreign_forms
from hark.web.errors import HANDLERS
from hark.web.live import Live
from hark.web.menu import Entry, Menu
from hark.web.pages import Pages
from hark.web.rights import Right, guard


def site(
    handlers: Sequence[BaseRouteHandler],
    *,
    database: Database,
    config: Config,
    menu: Sequence[Entry] = (),
    clock: Clock = now,
    services: Mapping[str, Any] | None = None,
    live: Live | None = None,
) -> tuple[Router, dict[str, Any]]:
    """The router and what belongs into the app's state. A handler gets `database`, `config`, `clock`, `form` and every
    service by naming a parameter so."""
    handed = {"database": database, "config": config, "clock": clock, **(services or {})}

    def doorway(app: ASGIApp) -> Doorway:
        return Doorway(app, database, config, clock)

    router = Router(
        path="/",
        route_handlers=[*handlers, static.serve, live_doors.socket, live_doors.stream, live_doors.tell, nothing_here],
        middleware=[doorway],
        guards=[guard],
        before_request=refuse_foreign_forms,
        dependencies={"form": Provide(provide_form), **{name: _provide(thing) for name, thing in handed.items()}},
        exception_handlers=HANDLERS,
    )
    paths = {path for handler in handlers for path in handler.paths}
    state = {"pages": Pages(Menu(menu, paths), static.version()), "live": live or Live(database)}
    return router, state


@get("/{rest:path}", right=Right.ANYONE, sync_to_thread=False, include_in_schema=False)
def nothing_here(rest: str) -> None:
    """Addresses that no screen has: so that the page which says so looks like the others."""
    raise NotFoundException("there is no such page")


def _provide(thing: Any) -> Provide:
    def give() -> Any:
        return thing

    give.__annotations__["return"] = Any
    return Provide(give, sync_to_thread=False)
