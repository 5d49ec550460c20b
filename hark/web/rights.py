"""Who may do what. Everything is denied that is not said here; a route that names no right cannot be reached.

A right is also the name of a token's scope, so that the screens and the REST API ask for the same thing.
"""

from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException, WebSocketException
from litestar.handlers import BaseRouteHandler

Connection = ASGIConnection[Any, Any, Any, Any]


class Right(StrEnum):
    ANYONE = "anyone"  # sign-in and what it needs: no session asked for
    SIGNED_IN = "signed-in"  # one's own account
    HOME = "home:read"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"  # merge, part, change consents and traits by hand
    PEOPLE_EXPORT = "people:export"  # take a person's record out
    PEOPLE_ERASE = "people:erase"
    EVENTS_READ = "events:read"  # raw events of everybody, refusals, the live view
    EVENTS_WRITE = "events:write"  # record events by token, send refused ones again
    SEGMENTS_READ = "segments:read"
    SEGMENTS_WRITE = "segments:write"
    SOURCES_READ = "sources:read"
    SOURCES_WRITE = "sources:write"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    DESTINATIONS_READ = "destinations:read"
    DESTINATIONS_WRITE = "destinations:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"  # answer, note, assign, close, merge
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    ROUTING_READ = "routing:read"  # queues, skills, calendars, promises of time, automations
    ROUTING_WRITE = "routing:write"
    REPORTS_READ = "reports:read"  # the supervisor's wall and the figures
    TEAM_READ = "team:read"
    TEAM_WRITE = "team:write"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    OWN_DATA = "own-data"  # a customer's page "my data"


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    TECHNICIAN = "technician"
    ANALYST = "analyst"
    CUSTOMER = "customer"


_FRONT_LINE = frozenset(
    {
        Right.SIGNED_IN,
        Right.HOME,
        Right.PEOPLE_READ,
        Right.SEGMENTS_READ,
        Right.CONVERSATIONS_READ,
        Right.CASES_READ,
    }
)
_ANSWER = frozenset({Right.CONVERSATIONS_WRITE, Right.CASES_WRITE})
_ANALYST = _FRONT_LINE | {
    Right.EVENTS_READ,
    Right.REPORTS_READ,
    Right.ROUTING_READ,
    Right.SEGMENTS_WRITE,
    Right.SOURCES_READ,
    Right.PLAN_READ,
    Right.IMPORTS_READ,
    Right.DESTINATIONS_READ,
}
_EVERYTHING = frozenset(Right) - {Right.ANYONE, Right.OWN_DATA}

GRANTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: _EVERYTHING,
    Role.MANAGER: _EVERYTHING - {Right.TEAM_WRITE, Right.SETTINGS_WRITE},
    Role.AGENT: _FRONT_LINE | _ANSWER | {Right.PEOPLE_WRITE},
    Role.TECHNICIAN: _FRONT_LINE | _ANSWER | {Right.EVENTS_READ},
    Role.ANALYST: _ANALYST,
    Role.CUSTOMER: frozenset({Right.OWN_DATA}),
}


def may(role: Role | None, right: Right) -> bool:
    if right is Right.ANYONE:
        return True
    return role is not None and right in GRANTS[role]


def declared(handler: BaseRouteHandler) -> Right | None:
    """The right that a handler asks for; None is a mistake that a test finds and the guard refuses."""
    right = handler.opt.get("right")
    return right if isinstance(right, Right) else None


def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """401 sends a browser to the sign-in page, 403 says which right is missing; a socket is shut with 4401 and 4403."""
    right = declared(handler)
    if right is None:
        raise _denied(connection, 403, "this page declares no right, so nobody may open it")
    if right is not Right.ANYONE and _is_a_socket(connection) and not _is_of_our_page(connection):
        raise _denied(connection, 403, "a page of another site may not open this")
    visitor = connection.scope.get("user")
    if may(visitor.role if visitor else None, right):
        return
    if visitor is None:
        raise _denied(connection, 401, "sign in first")
    raise _denied(connection, 403, f"your role {visitor.role} does not hold the right {right}")


def _denied(connection: Connection, status: int, why: str) -> Exception:
    if _is_a_socket(connection):
        return WebSocketException(detail=why, code=4000 + status)
    return NotAuthorizedException(why) if status == 401 else PermissionDeniedException(why)


def _is_a_socket(connection: Connection) -> bool:
    return connection.scope["type"] == ScopeType.WEBSOCKET


def _is_of_our_page(connection: Connection) -> bool:
    """A browser lets any site open a socket to us, and sends our cookie where it is lenient. Only a browser names an
    origin; that of a sandboxed frame is "null", which is not ours."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host", "")
