"""How the REST API declares a route: its right, what it answers, and every problem that it may answer with."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post, put
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException, ValidationException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct

from hark.api.problems import MEDIA, Problem
from hark.web.rights import Right

Declare = Callable[[Callable[..., Any]], HTTPRouteHandler]

_WHY = {
    400: "The request cannot be read, or a value in it is wrong.",
    401: "No token, or one that is unknown, revoked or over.",
    403: "The token lacks the scope.",
    404: "There is no such thing.",
    409: "It is there already, or it is in a state that does not allow this.",
    413: "The body is too large.",
    422: "It reads well and cannot be done; `detail` says why.",
    429: "Too many requests; Retry-After says when to come back.",
    503: "The database does not answer.",
}


class Accepted(Struct, frozen=True, kw_only=True):
    """`event` is the event in the log that says what was done; GET /api/v1/events/{event} tells whether it is processed."""

    event: UUID
    done: bool
    id: UUID | None = None


def reads(path: str, right: Right, *problems: int, **more: Any) -> Declare:
    return get(path, **_declared(right, problems, more))


def creates(path: str, right: Right, *problems: int, status: int = 201, **more: Any) -> Declare:
    return post(path, status_code=status, **_declared(right, (*problems, 413, 422), more))


def does(path: str, right: Right, *problems: int, **more: Any) -> Declare:
    """An act that is recorded in the log: 200 when it has taken effect, 202 when that takes longer."""
    accepted = {202: _spec("Recorded; it takes effect when what came before it has been processed.", Accepted)}
    return post(path, status_code=200, **_declared(right, (*problems, 413, 422), more, accepted))


def does_now(path: str, right: Right, *problems: int, **more: Any) -> Declare:
    """An act that has taken effect when it is answered."""
    return post(path, status_code=200, **_declared(right, (*problems, 413, 422), more))


def sets(path: str, right: Right, *problems: int, **more: Any) -> Declare:
    return put(path, status_code=200, **_declared(right, (*problems, 413, 422), more))


def changes(path: str, right: Right, *problems: int, **more: Any) -> Declare:
    return patch(path, **_declared(right, (*problems, 413, 422), more))


def removes(path: str, right: Right, *problems: int, status: int = 204, **more: Any) -> Declare:
    return delete(path, status_code=status, **_declared(right, problems, more))


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Denied unless the route names a right and the caller's token gives it."""
    right = handler.opt.get("right")
    caller = connection.scope.get("user")
    if not isinstance(right, Right):
        raise PermissionDeniedException("this route declares no right, so nobody may use it")
    if caller is None or right not in caller.rights:
        raise PermissionDeniedException(f"the token lacks the scope {right}")


async def refuse_loose(request: Request[Any, Any, Any]) -> None:
    """A body is exactly what its schema says: 0 is no false, and 12 is no date, as the framework would have it. Nothing
    in the query is a list."""
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if times > 1:
            raise ValidationException(
                f"{name} stands in the query {times} times", extra=[{"message": "once", "key": name}]
            )
    parameter = request.route_handler.parsed_fn_signature.parameters.get("data")
    if parameter is None:
        return
    try:
        msgspec.convert(_whole(msgspec.json.decode(await request.body())), parameter.annotation)
    except msgspec.ValidationError as error:
        reason, _, at = str(error).partition(" - at ")
        raise ValidationException(
            "the body is not as its schema says", extra=[{"message": reason, "key": at.strip("`") or None}]
        ) from None
    except msgspec.DecodeError as error:
        raise ValidationException(f"the body is no JSON: {error}") from None


def _whole(value: Any) -> Any:
    """2.0 is an integer in JSON."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return {name: _whole(item) for name, item in value.items()} if isinstance(value, dict) else value


def _declared(
    right: Right, problems: tuple[int, ...], more: dict[str, Any], answers: dict[int, ResponseSpec] | None = None
) -> dict[str, Any]:
    statuses = sorted({400, 401, 403, 429, 503, *problems})
    responses = {status: _spec(_WHY[status], Problem, MEDIA) for status in statuses} | (answers or {})
    return {
        "sync_to_thread": True,
        "right": right,
        "responses": responses,
        "security": [{"token": [right.value]}],
        **more,
    }


def _spec(about: str, of: Any, media: str = "application/json") -> ResponseSpec:
    return ResponseSpec(of, description=about, media_type=media, generate_examples=False)
