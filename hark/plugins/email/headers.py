"""Header fields of a mail: split, unfolded and decoded, in time that grows with their length and no more.

RFC 5322 (fields, addresses), 2047 (encoded words), 2231 (parameters), 6532 (UTF-8). The standard library's reader calls
itself for each nested comment and reads parameters by the square of their number, so it is not used here.
"""

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from hark.plugins.email.charsets import decode

MOST_BYTES = 64_000  # of one block of headers; what goes on beyond is left out
MOST_ADDRESSES = 500
MOST_PARAMETERS = 100

_IN_64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_64 = bytes(set(range(256)) - set(_IN_64))
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_LINE = re.compile(rb"[^\n]*\n?")
_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>\s]{1,900})>")
_BARE_ID = re.compile(r"[^<>\s,;]{1,450}@[^<>\s,;]{1,450}")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]{1,200}@[^\s<>,;:\"()]{1,253}")


class Headers:
    """Fields of one part, in their order. `cut` says that they were too long to be read to their end."""

    def __init__(self, fields: list[tuple[str, bytes]], cut: bool = False) -> None:
        self.fields = fields
        self.cut = cut

    def raw(self, name: str) -> str:
        """The first field of this name as it was written, unfolded; empty where there is none."""
        return next(self.all(name), "")

    def all(self, name: str) -> Iterator[str]:
        return (unfold(value) for field, value in self.fields if field == name)

    def text(self, name: str) -> str:
        return words(self.raw(name))

    def __contains__(self, name: str) -> bool:
        return any(field == name for field, _ in self.fields)


class Address(Struct, frozen=True, omit_defaults=True):
    """`value` is the address as it was written, `name` who it says it is."""

    value: str
    name: str = ""


def split(block: bytes) -> tuple[Headers, int]:
    """The header fields at the beginning of these bytes, and where the body begins."""
    fields: list[tuple[str, bytes]] = []
    at, cut = 0, False
    while at < len(block):
        match = _LINE.match(block, at)
        assert match
        line = match.group()
        if line in (b"\n", b"\r\n"):
            return Headers(fields, cut), match.end()
        if at > MOST_BYTES:
            end = re.compile(rb"\n\r?\n").search(block, at)
            return Headers(fields, True), end.end() if end else len(block)
        if line[:1] in b" \t" and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + line) if len(line) < MOST_BYTES else fields[-1]
        elif found := _FIELD.match(line[:MOST_BYTES]):
            cut = cut or len(line) > MOST_BYTES
            fields.append((found[1].decode("ascii").lower(), found[2]))
        elif line.strip() and not (at == 0 and line.startswith(b"From ")):
            return Headers(fields, cut), at  # no header line: the empty line before the body is missing
        at = match.end()
    return Headers(fields, cut), len(block)


def unfold(value: bytes) -> str:
    """One line of text. Bytes beyond ASCII are UTF-8 (RFC 6532) or what an old client thought to be everybody's charset."""
    text = decode(value[:MOST_BYTES])
    return re.sub(r"\r?\n[ \t]?", " ", text).replace("\r", "").replace("\0", "").strip()


def words(text: str) -> str:
    """Encoded words decoded. Neighbours are joined before they are decoded: senders cut characters in half."""
    if "=?" not in text:
        return text
    out: list[str] = []
    waiting, charset, at = b"", "", 0
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        named = match[1].split("*")[0].lower()
        if waiting and (between.strip() or named != charset):
            out.append(decode(waiting, charset))
            waiting = b""
        if between.strip() or (not waiting and not out):
            out.append(between)
        waiting, charset, at = waiting + _bytes_of(match[2], match[3]), named, match.end()
    if waiting:
        out.append(decode(waiting, charset))
    out.append(text[at:])
    return "".join(out).replace("\0", "")


def _bytes_of(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    return unpack64(raw)


def unpack64(raw: bytes) -> bytes:
    """Base64 however it is cut and whatever stands between. Behind its padding goes on only what is base64 throughout:
    else it is the footer that a list has hung on it."""
    first, *more = raw.translate(None, b" \t\r\n").split(b"=", 1_000)
    read = [_whole64(first.translate(None, _NOT_64))]
    read += [_whole64(piece) for piece in more if len(piece) > 7 and not piece.translate(None, _IN_64)]
    return b"".join(read)


def _whole64(bare: bytes) -> bytes:
    bare = bare[:-1] if len(bare) % 4 == 1 else bare
    return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset="utf-8"` as ("text/plain", {"charset": "utf-8"}), continuations of RFC 2231 put together."""
    first, *rest = _pieces(value, ";", MOST_PARAMETERS)
    found: dict[str, str] = {}
    for piece in rest:
        name, equals, given = piece.partition("=")
        if equals and name.strip():
            found.setdefault(name.strip().lower(), _unquote(given.strip()))
    return _bare(first).lower(), _joined(found)


def _joined(found: dict[str, str]) -> dict[str, str]:
    """`name*0*=utf-8''%e2%82; name*1=rest` as one value."""
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for name, value in found.items():
        base, star, index = name.partition("*")
        if not star:
            whole[base] = words(value)
            continue
        number = index.rstrip("*")
        pieces.setdefault(base, {})[int(number) if number.isdecimal() and len(number) < 4 else 0] = (
            name.endswith("*"),
            value,
        )
    for base, parts in pieces.items():
        charset, body = "", b""
        for place, (encoded, value) in sorted(parts.items()):
            if place == 0 and encoded and value.count("'") >= 2:
                charset, _, value = value.split("'", 2)
            body += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
        whole[base] = decode(body, charset or "utf-8")
    return whole


def addresses(value: str) -> list[Address]:
    """The mailboxes of an address field. Groups are opened, comments left out; what holds no address is left out too."""
    found: list[Address] = []
    for piece in _pieces(value, ",;", MOST_ADDRESSES):
        before, angle, rest = piece.rpartition("<")
        if angle:
            address = rest.partition(">")[0].strip()
            # A route ("<@a,@b:ann@example.com>") ends with the address.
            address = address.rpartition(":")[2] if address.startswith("@") else address
            name = before
        else:
            match = _ADDRESS.search(_bare(piece))
            address, name = (match.group() if match else ""), _comment(piece)
        address = words(address).strip().strip("'\"")
        if "@" in address and _ADDRESS.fullmatch(address):
            found.append(Address(address, _name(name)))
    return found


def _name(text: str) -> str:
    text = _bare(text).strip()
    _, colon, rest = text.partition(":")  # "friends: Ann <…>": the group's name is nobody's
    text = rest if colon and not text.startswith(('"', "=?")) else text
    text = words(_unquote(text.strip()) if text.strip().startswith('"') else text.strip().strip("'"))
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", " ", text).split())[:200]


def _pieces(value: str, separators: str, most: int) -> list[str]:
    """Cut at separators outside of quotes, comments and angle brackets; one walk over the text."""
    pieces, start, depth, quoted, angle, escaped = [], 0, 0, False, False, False
    for index, letter in enumerate(value[:MOST_BYTES]):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = quoted or depth > 0
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif depth:
            continue
        elif letter == "<":
            angle = True
        elif letter == ">":
            angle = False
        elif letter in separators and not angle:
            pieces.append(value[start:index])
            start = index + 1
            if len(pieces) >= most:
                return pieces
    # A quote or bracket that is never closed must not swallow all that follows: what is left is one piece.
    return [*pieces, value[start:MOST_BYTES]]


def _bare(text: str) -> str:
    """Without comments in round brackets."""
    if "(" not in text:
        return text.strip()
    kept, depth, quoted = [], 0, False
    for letter in text:
        if letter == '"' and not depth:
            quoted = not quoted
        if letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and not quoted and depth:
            depth -= 1
        elif not depth:
            kept.append(letter)
    return "".join(kept).strip()


def _comment(text: str) -> str:
    """`ann@example.com (Ann Miller)`: the old way to write a name."""
    _, bracket, rest = text.partition("(")
    return rest.rpartition(")")[0] if bracket else ""


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:].rpartition('"')[0] if text.count('"') > 1 else text[1:])


def ids(value: str) -> list[str]:
    """Message ids of a References or In-Reply-To field, without their brackets, each once, in their order."""
    found = _ID.findall(value) or _BARE_ID.findall(value)
    return list(dict.fromkeys(found))


def moment(value: str) -> datetime | None:
    """The date of a Date field; None where it is none."""
    try:
        found = parsedate_to_datetime(value[:200])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def aliases(said: str) -> list[str]:
    """The addresses of a setting that lists several."""
    return [one for one in re.split(r"[\s,;]+", said) if one]
