"""Errors as a visitor meets them: a page that says what happened and what to try, or the sign-in page."""

import logging
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.response import Redirect, Response

from hark.errors import Forbidden, HarkError, Misconfigured, NotFound, Rejected, Retry
from hark.web.access import TooOften
from hark.web.answers import Answer, page

log = logging.getLogger("hark.web")
_STATUS: dict[type[HarkError], int] = {
    TooOften: 429,
    Retry: 503,
    Rejected: 422,
    Misconfigured: 422,
    NotFound: 404,
    Forbidden: 403,
}


def not_signed_in(request: Request[Any, Any, Any], error: NotAuthorizedException) -> Answer:
    if request.method != "GET" or "hark-fragment" in request.headers:
        return said(request, 401, str(error.detail))
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.url.path == "/my-data" or request.url.path.startswith("/my-data/"):
        return Redirect("/my-data/sign-in", status_code=303)
    return Redirect(f"/sign-in?next={quote(path)}", status_code=303)


def refused(request: Request[Any, Any, Any], error: HTTPException) -> Answer:
    return said(request, error.status_code, str(error.detail))


def ours(request: Request[Any, Any, Any], error: HarkError) -> Answer:
    status = _STATUS.get(type(error), 500)
    if status == 500:
        log.exception("a page failed: %s", request.url.path, exc_info=error)
    answer = said(request, status, str(error))
    if isinstance(error, Retry) and error.after is not None:
        answer.headers["retry-after"] = str(int(error.after) + 1)
    return answer


def failed(request: Request[Any, Any, Any], error: Exception) -> Answer:
    log.exception("a page failed: %s", request.url.path, exc_info=error)
    return said(request, 500, "")


def said(request: Request[Any, Any, Any], status: int, detail: str) -> Answer:
    if getattr(request.state, "reading", None) is None:
        return Response(detail or "Not found", status_code=status, media_type="text/plain")
    return page(request, "web/error.html", status=status, code=status, detail=detail)


HANDLERS: Any = {
    NotAuthorizedException: not_signed_in,
    HTTPException: refused,
    HarkError: ours,
    Exception: failed,
}
