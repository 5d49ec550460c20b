"""Errors of the REST API as RFC 9457 problem details: every answer that is no success is one, whatever went wrong."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from hark.errors import Forbidden, HarkError, Misconfigured, NotFound, Rejected, Retry

log = logging.getLogger(__name__)
MEDIA = "application/problem+json"
_STATUS = {Retry: 503, Misconfigured: 422, NotFound: 404, Forbidden: 403}


class Fault(Struct, frozen=True):
    """One thing that is wrong with a request: where, and why."""

    message: str
    at: str | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """`code` is for programs, `detail` for people: what happened, to what, and what to try."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str | None = None
    errors: list[Fault] = []


def problem(status: int, detail: str | None = None, errors: list[Fault] | None = None) -> Problem:
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, code=title.lower().replace(" ", "_"), detail=detail, errors=errors or [])


def answer(problem: Problem, headers: dict[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=MEDIA, headers=dict(headers or {})
    )


def from_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    extra = error.extra if isinstance(error, ValidationException) and isinstance(error.extra, list) else []
    faults = [Fault(str(item.get("message", "")), item.get("key")) for item in extra if isinstance(item, dict)]
    return answer(problem(error.status_code, str(error.detail), faults), dict(error.headers or {}))


def from_ours(request: Request[Any, Any, Any], error: HarkError) -> Response[bytes]:
    if isinstance(error, Rejected):
        # 400 is for what is not even JSON; what reads well and cannot be done is 422.
        return answer(problem(422 if error.status == 400 else error.status, error.reason))
    status = _STATUS.get(type(error), 500)
    headers = {"retry-after": str(int(getattr(error, "after", None) or 2))} if status == 503 else None
    return answer(problem(status, str(error)), headers)


def from_value(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A text with NUL, half a character or a number beyond 64 bits: PostgreSQL holds none of them."""
    return answer(problem(400, "the request holds a value that cannot be stored (NUL, half a character, huge number)"))


def from_absence(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return answer(problem(503, "the database does not answer; try again in a moment"), {"retry-after": "2"})


def from_anything(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return answer(problem(500, "this should not happen; the log of the server tells more"))


HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: from_http,
    HarkError: from_ours,
    psycopg.DataError: from_value,
    UnicodeEncodeError: from_value,
    psycopg.OperationalError: from_absence,
    Exception: from_anything,
}
