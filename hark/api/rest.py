"""The REST API: everything that the screens do, under /api/v1, described by OpenAPI 3.1 at /api/openapi.json."""

from collections.abc import Mapping
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from hark import __version__
from hark.api.carry import CARRY
from hark.api.cases import CASES
from hark.api.conversations import CONVERSATIONS
from hark.api.description import Description
from hark.api.destinations import DESTINATIONS, settings_by_plugin
from hark.api.entrance import ASGI, Entrance
from hark.api.events import EVENTS
from hark.api.guarding import GUARDING
from hark.api.imports import IMPORTS
from hark.api.invites import INVITES
from hark.api.jobs import JOBS
from hark.api.people import PEOPLE
from hark.api.plan import PLAN
from hark.api.problems import HANDLERS
from hark.api.routes import guard, refuse_loose
from hark.api.routing import ROUTING
from hark.api.segments import SEGMENTS
from hark.api.sources import SOURCES
from hark.api.team import MATCHES, TEAM
from hark.api.tokens import TOKENS
from hark.config import Config
from hark.kit.clock import Clock, now
from hark.model import Declared
from hark.registry import Registry
from hark.store import Database

ROUTERS = (
    PEOPLE,
    CONVERSATIONS,
    CASES,
    ROUTING,
    GUARDING,
    CARRY,
    MATCHES,
    SEGMENTS,
    EVENTS,
    SOURCES,
    PLAN,
    IMPORTS,
    DESTINATIONS,
    JOBS,
    TEAM,
    INVITES,
    TOKENS,
)
TAGS = {
    "people": "Who they are, what happened with them, why they are one; merging, parting and stating by hand.",
    "identity": "What guards each kind of identity; how alike records must be to be shown or joined.",
    "data requests": "A person's whole record; erasing them, or keeping only the numbers; what was asked for.",
    "duplicates": "People who are probably one, with the evidence, to be joined or left apart.",
    "conversations": "What was said with a person over any channel: lists, threads, search, answers, files, merging.",
    "cases": "Work somebody must finish: cases with notes and tasks, their fields, macros.",
    "routing": "Teams, skills and the queue; call-backs; working hours, promises of time, automations.",
    "segments": "Segments and computed traits in the language of conditions; homes of event names; purposes.",
    "events": "The log, as it arrived.",
    "sources": "Who may send, what arrived, what was refused and why; correcting and sending again.",
    "plan": "What each source sends under each name, and holding it to that.",
    "imports": "Files of rows: what their columns mean, how far they are, what was refused.",
    "destinations": "Who gets events and profiles, for what, and how that goes; dead letters.",
    "jobs": "Work that was given up, with the reason.",
    "team": "Who may sign in, and as what.",
    "tokens": "Who may use this API, and for what.",
}
ABOUT = """Every answer that is no success is a problem (RFC 9457, `application/problem+json`). Lists are read in pages:
`next` of an answer is `before` (or `after`) of the next request. What is changed by hand is recorded in the log first:
200 says that it has taken effect, 202 that it will; `Prefer: respond-async` asks not to wait."""


def rest(
    *, database: Database, config: Config, declared: Declared, registry: Registry, clock: Clock = now, **services: Any
) -> ASGI:
    """The ASGI program that answers everything below /api."""
    handed = {
        "database": database,
        "config": config,
        "declared": declared,
        "registry": registry,
        "clock": clock,
        **services,
    }
    app = _litestar(handed, config)
    return Entrance(app, Description(app, {"NewDestination": settings_by_plugin(registry)}), database, clock)


def _litestar(handed: Mapping[str, Any], config: Config) -> Litestar:
    return Litestar(
        [Router(path="/api/v1", route_handlers=list(ROUTERS), guards=[guard], before_request=refuse_loose)],
        dependencies={name: _provide(thing) for name, thing in handed.items()},
        exception_handlers=HANDLERS,
        request_max_body_size=config.max_body,
        openapi_config=OpenAPIConfig(
            title="Hark",
            version=__version__,
            description=ABOUT,
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            use_handler_docstrings=True,
            operation_id_creator=lambda handler, method, path: handler.handler_name,
            components=Components(
                security_schemes={
                    "token": SecurityScheme(
                        type="http", scheme="bearer", description="`hark token add NAME --scopes …`"
                    )
                }
            ),
            tags=[Tag(name=name, description=about) for name, about in TAGS.items()],
        ),
    )


def _provide(thing: Any) -> Provide:
    def give() -> Any:
        return thing

    return Provide(give, sync_to_thread=False)
