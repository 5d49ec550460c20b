"""Style sheets, scripts and icons, served from our own origin under a name that changes when any of them does."""

import gzip
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.response import Response

from hark.web.rights import Right

OWN = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/manifest+json",
}
# The order of the cascade; inside a layer the files follow in the order of their names.
LAYERS = ("tokens", "ground", "layout", "components", "screens")


@get("/static/{kept:str}/{name:path}", sync_to_thread=False, include_in_schema=False, right=Right.ANYONE)
def serve(request: Request[Any, Any, Any], kept: str, name: str) -> Response[bytes]:
    """`kept` is there for the browser's cache alone: a page always names the newest."""
    files = _files()
    path = name.lstrip("/")
    if path not in files:
        raise NotFoundException("there is no such file")
    body, kind = files[path]
    lasts = "public, max-age=31536000, immutable" if kept == version() else "no-cache"
    # Any site may load them: the chat on a company's site is made of them, and nothing here is anybody's.
    headers = {"cache-control": lasts, "access-control-allow-origin": "*", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = packed(path), "gzip"
    return Response(body, media_type=kind, headers=headers)


@cache
def packed(path: str) -> bytes:
    return gzip.compress(_files()[path][0], 9, mtime=0)


def paths() -> list[str]:
    """Every static file by its path below /static/<version>/."""
    return sorted(_files())


def body(path: str) -> bytes:
    return _files()[path][0]


@cache
def version() -> str:
    mixed = blake2b(digest_size=6)
    for path, (body, _) in sorted(_files().items()):
        mixed.update(path.encode() + body)
    return mixed.hexdigest()


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Everything is small and read once; a path from outside is only ever a key of this dictionary."""
    files = {}
    for folder in (OWN, *sorted(OWN.parent.parent.glob("*/static"))):
        for file in sorted(folder.rglob("*")):
            if file.suffix in KINDS and file.is_file():
                files[str(file.relative_to(folder))] = (file.read_bytes(), KINDS[file.suffix])
    files["hark.css"] = (_sheet(files), KINDS[".css"])
    return files


def _sheet(files: dict[str, tuple[bytes, Any]]) -> bytes:
    """All style sheets as one, each inside the layer of its folder: css/<layer>.css and css/<layer>/*.css."""
    parts = [f"@layer {', '.join(LAYERS)};\n".encode()]
    for layer in LAYERS:
        chosen = [path for path in sorted(files) if path == f"css/{layer}.css" or path.startswith(f"css/{layer}/")]
        parts += [b"@layer %s {\n%s}\n" % (layer.encode(), files[path][0]) for path in chosen]
    return b"".join(parts)
