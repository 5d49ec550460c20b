"""What the dialects at the door have in common: where a key stands, how a refusal is worded, and the invisible picture."""

import base64
import binascii

import msgspec

from hark.model.raw import Denied, Reply, Request

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_WORDS = {  # what RudderStack's clients and dashboards know these refusals by
    "invalid_write_key": "invalid write key",
    "too_many_requests": "max requests limit reached",
    "too_large": "request size exceeds max limit",
}


def key_in_headers(request: Request) -> str | None:
    """The write key as X-Write-Key, or as the user of Basic authentication (its colon is sometimes missing)."""
    if key := request.headers.get("x-write-key"):
        return key
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    # Only the last colon parts the empty password off: a key may itself be id:secret.
    return user.removesuffix(":") or None


def bearer(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() or None if scheme.lower() == "bearer" else None


def deny(outcome: Denied) -> Reply:
    """Segment's clients read `code` and `message`, PostHog's `detail`, and RudderStack's fail without `msg`."""
    body = {
        "success": False,
        "status": outcome.status,
        "code": outcome.code,
        "message": outcome.message,
        "detail": outcome.message,
        "msg": _WORDS.get(outcome.code, outcome.message),
    }
    return Reply(status=outcome.status, body=msgspec.json.encode(body))


def pixel() -> Reply:
    return Reply(body=GIF, content_type="image/gif", headers={"cache-control": "no-store"})


def document(value: object) -> Reply:
    return Reply(body=msgspec.json.encode(value), headers={"cache-control": "no-cache"})
