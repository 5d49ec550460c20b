"""How PostHog's clients pack what they send: gzip is undone by the door; base64, lz-string and forms are undone here."""

import base64
import binascii
import zlib
from urllib.parse import parse_qs

from lzstring import LZString  # type: ignore[import-untyped]

from hark.plugin import Rejected, Request

_MOST = 20_000_000  # bytes; PostHog takes batches of that size
_MOST_LZ = 32_000  # bytes; lz-string unpacks without a limit of its own, and only clients of long ago use it


def unpack(request: Request) -> bytes:
    """The JSON of a request: its body, or `data` of a form or of its address."""
    data, compression = request.body, request.query.get("compression", "")
    if request.method == "GET" or (not data and "data" in request.query):
        data = request.query.get("data", "").encode()
    elif data[:5] == b"data=" or b"&data=" in data[:200]:
        form = parse_qs(data.decode("latin-1"), max_num_fields=20)
        compression = form.get("compression", [compression])[-1]
        data = form.get("data", [""])[-1].encode()
    if data.lstrip()[:1] in (b"{", b"["):
        return data
    if compression == "lz64":
        return _lz(data)
    return _base64(data)


def _base64(data: bytes) -> bytes:
    text = data.strip().replace(b" ", b"+").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        plain = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Rejected("failed to parse the body: it is neither JSON nor base64 of JSON") from None
    if plain[:2] != b"\x1f\x8b":
        return plain
    try:
        unpacker = zlib.decompressobj(31)
        plain = unpacker.decompress(plain, _MOST)
    except zlib.error:
        raise Rejected("failed to parse the body: wrong gzip") from None
    if not unpacker.eof:
        raise Rejected("failed to parse the body: its gzip is cut off or too large")
    return plain


def _lz(data: bytes) -> bytes:
    if len(data) > _MOST_LZ:
        raise Rejected(f"an lz64 body may have {_MOST_LZ:,} bytes; send gzip or plain JSON", 413)
    try:
        plain: str | None = LZString().decompressFromBase64(data.decode("ascii"))
    except Exception:  # noqa: BLE001 - the library raises whatever it stumbles over
        plain = None
    if not plain:
        raise Rejected("failed to parse the body: wrong lz64")
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
