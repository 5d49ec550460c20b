"""The way in without a mailbox: a mail server hands each mail over by POST /v1/mail, and keeps it until we have it."""

from typing import Any

from hark.model.wire import bearer, deny, key_in_headers
from hark.plugin import Accepted, Admission, Denied, Rejected, Reply, Request, Route

ROUTES = (Route("POST", "/v1/mail"),)


def write_key(request: Request) -> str | None:
    return bearer(request) or key_in_headers(request)


def admit(request: Request) -> Admission:
    if not request.body.strip():
        raise Rejected("there is no mail in this request: its body is the mail as it arrived (message/rfc822)")
    return Admission(write_key(request))


def answer(request: Request, outcome: Accepted | Denied, settings: dict[str, Any]) -> Reply:
    return deny(outcome) if isinstance(outcome, Denied) else Reply(status=202, body=b'{"success": true}')
