"""Pictures that a mail fetches from elsewhere: only when somebody asks, by us, and never the reader's own browser.

The address is signed, so that nobody has us fetch what did not stand in a mail; the guarded client refuses private places,
at each redirect again. Only what begins like a picture is handed on: no SVG, which may hold a script.
"""

import base64
import hmac
from hashlib import sha256
from urllib.parse import quote, urljoin

from litestar.response import Response

from hark.destinations.means import Means
from hark.errors import HarkError, NotFound
from hark.model import Declared
from hark.web import Ask, Form, Right, shows

LONGEST = 2_000  # letters of an address
REDIRECTS = 3
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def path(salt: bytes, url: str) -> str | None:
    """Where we hand out the picture of this address; None where we never would."""
    if not url.startswith(("https://", "http://")) or len(url) > LONGEST:
        return None
    return f"/pictures?of={quote(url, safe='')}&by={_signature(salt, url)}"


@shows("/pictures", right=Right.CONVERSATIONS_READ)
def picture(request: Ask, form: Form, declared: Declared, means: Means) -> Response[bytes]:
    url = request.query_params.get("of", "")
    if not hmac.compare_digest(request.query_params.get("by", "").encode(), _signature(declared.salt, url).encode()):
        raise NotFound("this picture is not here")
    body, kind = fetch(url, means)
    headers = {
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, max-age=86400",
    }
    return Response(body, media_type=kind, headers=headers)


def fetch(url: str, means: Means) -> tuple[bytes, str]:
    """The picture and what it is. NotFound where it is none, too large, or where we may not go."""
    try:
        for _ in range(REDIRECTS + 1):
            answer = means.http.get(url, headers={"accept": "image/png,image/jpeg,image/gif,image/webp"})
            if answer.status not in (301, 302, 303, 307, 308):
                break
            url = urljoin(url, answer.headers.get("location", ""))
    except HarkError:
        raise NotFound("this picture cannot be had") from None
    kind = _kind(answer.body)
    if not answer.ok or not answer.whole or kind is None:
        raise NotFound("this is no picture, or one that is too large")
    return answer.body, kind


def _kind(body: bytes) -> str | None:
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for beginning, kind in _BEGINNINGS if body.startswith(beginning)), None)


def _signature(salt: bytes, url: str) -> str:
    digest = hmac.new(salt, b"picture\0" + url.encode("utf-8", "replace"), sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


HANDLERS = [picture]
