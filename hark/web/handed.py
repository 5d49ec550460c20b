"""Handing out files that came from outside: always as a download, never as something that runs in our name."""

import re
from urllib.parse import quote

from litestar.response import Response

from hark.kit.text import clean

# What a browser shows without running anything of it; everything else is told to be bytes.
SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/ogg", "video/mp4", "text/plain"}
)
POLICY = "default-src 'none'; sandbox"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\"\\/:*?<>|\u202a-\u202e\u2066-\u2069]")


def handed(body: bytes, name: str, media_type: str) -> Response[bytes]:
    """`name` and `media_type` are what the sender said, so neither is believed."""
    plain = media_type.partition(";")[0].strip().lower()
    kind = plain if plain in SHOWN else "application/octet-stream"
    return Response(
        body,
        media_type="text/plain; charset=utf-8" if kind == "text/plain" else kind,
        headers={
            "content-disposition": disposition(name),
            "x-content-type-options": "nosniff",
            "content-security-policy": POLICY,
            "cross-origin-resource-policy": "same-origin",
            "cache-control": "private, no-store",
        },
    )


def disposition(name: str) -> str:
    """Without letters that a file system or a header reads as something else."""
    safe = _UNPRINTABLE.sub("_", clean(name)).strip(" .")[:150] or "file"
    ascii_name = safe.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(safe, safe='')}"
