"""What bytes are, by looking at them: never by the name or the type that a stranger gives. Pure."""

import re
import struct

# What a browser shows by itself and cannot run a script from.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
UNKNOWN = "application/octet-stream"
MOST_PIXELS = 60_000_000  # a picture beyond it is a bomb for whoever opens it

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"PK\x03\x04", "application/zip"),
)
_MARKUP = re.compile(rb"<(?:!doctype|html|svg|script|\?xml|head|body|iframe|math|style|img|a\s)", re.IGNORECASE)


def media_type(body: bytes) -> str:
    """The type that these bytes may be served as. Markup of any kind is nothing that we serve as such."""
    for offset, magic, kind in _MAGIC:
        if body[offset : offset + len(magic)] == magic:
            return UNKNOWN if kind in SHOWN and _pixels(body, kind) > MOST_PIXELS else kind
    return "text/plain" if _is_plain(body) else UNKNOWN


def file_name(name: str, fallback: str = "file") -> str:
    """A name that means nothing to a path, a header or a screen reader but itself."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(char for char in name if char.isprintable() and char not in '<>:"|?*')
    name = re.sub(r"\s+", " ", name).strip(" .")
    if len(name) > 120:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 115 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:120]
    return name or fallback


def _is_plain(body: bytes) -> bool:
    if not body or b"\0" in body[:4096] or _MARKUP.search(body[:4096]):
        return False
    try:
        body[:4096].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > 4090  # a letter cut in two
    return True


def _pixels(body: bytes, kind: str) -> int:
    """Width times height as the file says; 0 where it does not say."""
    try:
        if kind == "image/png":
            width, height = struct.unpack(">II", body[16:24])
        elif kind == "image/gif":
            width, height = struct.unpack("<HH", body[6:10])
        elif kind == "image/jpeg":
            width, height = _jpeg_size(body)
        else:
            width, height = _webp_size(body)
    except (struct.error, IndexError):
        return 0
    return int(width * height)


def _jpeg_size(body: bytes) -> tuple[int, int]:
    place = 2
    while place < len(body) - 9:
        if body[place] != 0xFF:
            return 0, 0
        mark, length = body[place + 1], struct.unpack(">H", body[place + 2 : place + 4])[0]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return 0, 0


def _webp_size(body: bytes) -> tuple[int, int]:
    if body[12:16] == b"VP8X":
        return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
    if body[12:16] == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    width, height = struct.unpack("<HH", body[26:30])
    return width & 0x3FFF, height & 0x3FFF
