"""The parts of a mail: one walk over the lines that may be a boundary, within limits of number and depth.

Which parts are what was written, and which are files, follows RFC 8621 (JMAP), 4.1.4. A mail inside a mail stays one
file: it is not opened, so nothing nests deeper than its own boundaries do.
"""

import binascii
import re
from collections.abc import Iterator

from hark.plugins.email.charsets import decode
from hark.plugins.email.headers import Headers, parameters, split, unpack64, words

MOST_PARTS = 1_000
DEEPEST = 50
MOST_LINES = 200_000  # lines that begin like a boundary and are looked at
MOST_HEADERS = 1_000_000  # bytes of the headers of all parts together
MOST_ENCODED = 5_000_000  # bytes of a text that are decoded: all that is kept of it, in whatever encoding
MOST_UU = 500_000  # lines
LONGEST_NAME = 200
_MEDIA = ("image/", "audio/", "video/")
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_UU = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{1,255}\r?$", re.MULTILINE)


class Part:
    """A node of the tree: `children` where it is multipart, else `content`, still encoded."""

    def __init__(self, headers: Headers, depth: int, default: str = "text/plain") -> None:
        self.headers = headers
        self.depth = depth
        self.media_type, self.parameters = parameters(headers.raw("content-type"))
        if not re.fullmatch(r"[\w.+-]{1,80}/[\w.+-]{1,80}", self.media_type):
            self.media_type = default
        self.disposition, more = parameters(headers.raw("content-disposition"))
        self.name = _name(more.get("filename") or self.parameters.get("name") or "")
        self.content: bytes | memoryview = b""
        self.children: list[Part] = []

    @property
    def boundary(self) -> bytes | None:
        named = self.parameters.get("boundary", "").rstrip()
        return named.encode("utf-8", "replace") if self.media_type.startswith("multipart/") and named else None

    @property
    def content_id(self) -> str | None:
        return self.headers.raw("content-id").strip("<> ")[:300] or None

    def body(self, most: int | None = None) -> bytes:
        """Decoded as its Content-Transfer-Encoding says; what is broken in it is left out, not everything after it."""
        raw = bytes(self.content[:most])
        encoding = self.headers.raw("content-transfer-encoding").partition(";")[0].strip().lower()
        if encoding == "base64":
            return unpack64(raw)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(raw)
        if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            return _uudecode(raw)
        return raw

    def text(self) -> str:
        return (
            decode(self.body(MOST_ENCODED), self.parameters.get("charset", "").partition(" ")[0])
            .replace("\r\n", "\n")
            .replace("\r", "\n")
        )


class Body:
    """What was written, as text and as HTML, and what came along."""

    def __init__(self) -> None:
        self.text: list[Part] = []
        self.html: list[Part] = []
        self.files: list[Part] = []


def tree(mail: bytes) -> tuple[Part, list[str]]:
    """The whole mail as one part with its children, and what was wrong with it."""
    faults: list[str] = []
    headers, start = split(mail)
    if headers.cut:
        faults.append("its headers are longer than is read")
    root = Part(headers, 0)
    if root.boundary is None:
        root.content = memoryview(mail)[start:]
        _as_text(root)
    else:
        _fill(root, memoryview(mail), start, faults)
    return root, faults


def _fill(root: Part, mail: memoryview, start: int, faults: list[str]) -> None:
    """Hang every part below its multipart: a stack of open boundaries, closed from the innermost one that fits."""
    whole, open_, count, left = mail.obj, [root], 1, MOST_HEADERS
    assert isinstance(whole, bytes)
    leaf: Part | None = None
    begin = start
    for line_start, line_end, line in _candidates(whole, start, faults):
        level, closing = _level(open_, line)
        if level is None:
            continue
        if leaf is not None:
            leaf.content = mail[begin : _before(whole, begin, line_start)]
            leaf = None
        del open_[level + 1 :]
        if closing:
            del open_[level:]
            if not open_:
                return
            continue
        if count >= MOST_PARTS or left <= 0:
            _note(faults, f"it has more than {MOST_PARTS:,} parts" if left > 0 else "its parts have too many headers")
            return
        parent = open_[-1]
        headers, length = split(whole[line_end : line_end + min(left, 200_000)])
        left -= length
        part = Part(headers, parent.depth + 1, _default(parent))
        parent.children.append(part)
        count += 1
        begin = line_end + length
        if part.boundary is not None and part.depth < DEEPEST:
            open_.append(part)
        else:
            if part.boundary is not None:
                _note(faults, f"its parts are nested deeper than {DEEPEST}")
            leaf = part
            _as_text(part)
    if leaf is not None:
        leaf.content = mail[begin:]
    if open_ and not root.children:
        root.content = mail[start:]
        _as_text(root)
        faults.append("its parts are not where it says")


def _note(faults: list[str], fault: str) -> None:
    if fault not in faults:
        faults.append(fault)


def _as_text(part: Part) -> None:
    """What says to have parts and has none is read as it stands."""
    if part.media_type.startswith("multipart/"):
        part.media_type = "text/plain"


def _default(parent: Part) -> str:
    return "message/rfc822" if parent.media_type == "multipart/digest" else "text/plain"


def _candidates(whole: bytes, start: int, faults: list[str]) -> Iterator[tuple[int, int, bytes]]:
    """Lines that begin with two dashes: where they begin, where the next begins, and what they say after the dashes."""
    at = start if whole.startswith(b"--", start) else whole.find(b"\n--", max(start - 1, 0)) + 1
    seen = 0
    while at > 0 or (at == 0 and whole.startswith(b"--")):
        seen += 1
        if seen > MOST_LINES:
            faults.append("it has too many lines that begin like a boundary")
            return
        end = whole.find(b"\n", at)
        end = len(whole) if end < 0 else end + 1
        if end - at < 1_000:
            yield at, end, whole[at + 2 : end].rstrip()
        at = whole.find(b"\n--", end - 1) + 1
        if at < end:
            return


def _level(open_: list[Part], line: bytes) -> tuple[int | None, bool]:
    for level in range(len(open_) - 1, -1, -1):
        boundary = open_[level].boundary
        if boundary is not None and line.startswith(boundary):
            rest = line[len(boundary) :]
            if not rest or rest.startswith(b"--"):
                return level, bool(rest)
    return None, False


def _before(whole: bytes, begin: int, line_start: int) -> int:
    """Where a part ends: the line break before a boundary belongs to the boundary."""
    end = line_start - 1 if line_start > begin else begin
    return end - 1 if end > begin and whole[end - 1] == 13 else end


def sort(root: Part) -> Body:
    """What of the tree was written and what is a file."""
    body = Body()
    text, html = _sort([root], "mixed", False, body.text, body.html, body)
    body.text, body.html = text, html
    return body


def _sort(
    parts: list[Part],
    within: str,
    alternative: bool,
    text: list[Part] | None,
    html: list[Part] | None,
    body: Body,
) -> tuple[list[Part], list[Part]]:
    """RFC 8621's `parseStructure`; `text` or `html` is None where the other alternative is being read."""
    texts, htmls = len(text or ()), len(html or ())
    had_text, had_html = text, html
    for index, part in enumerate(parts):
        if part.children:
            kind = part.media_type.partition("/")[2]
            _sort(part.children, kind, alternative or kind == "alternative", text, html, body)
        elif not _is_written(part, index, within):
            body.files.append(part)
        elif within == "alternative":
            wanted = text if part.media_type == "text/plain" else html
            (wanted if wanted is not None else body.files).append(part)
        else:
            if alternative and part.media_type == "text/plain":
                html = None
            elif alternative:
                text = None
            for wanted in (text, html):
                if wanted is not None:
                    wanted.append(part)
    if within == "alternative" and had_text is not None and had_html is not None:
        if len(had_text) == texts:
            had_text += had_html[htmls:]
        elif len(had_html) == htmls:
            had_html += had_text[texts:]
    return had_text or [], had_html or []


def _is_written(part: Part, index: int, within: str) -> bool:
    if part.disposition == "attachment" or part.media_type not in ("text/plain", "text/html"):
        return False
    return index == 0 or (within != "related" and not part.name)


def leaves(root: Part) -> Iterator[Part]:
    """Every part without children, in the order of the mail."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting += reversed(part.children)
        else:
            yield part


def _name(given: str) -> str:
    """A file name without a path, without what would turn it around on the screen, and not too long for any disk."""
    name = _BAD_NAME.sub(" ", _UNSEEN.sub("", words(given)).replace("\\", "/").rpartition("/")[2])
    name = " ".join(name.split()).strip(". ")
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - 12]}.{ending[:10]}" if dot else name[:LONGEST_NAME]


def _uudecode(raw: bytes) -> bytes:
    begin = _UU.search(raw)
    out = []
    for line in raw[begin.end() if begin else 0 :].split(b"\n", MOST_UU)[:MOST_UU]:
        line = line.rstrip(b"\r")
        if line == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out)
