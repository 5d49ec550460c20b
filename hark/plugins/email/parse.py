"""Bytes of a mail to what they say: pure, and bounded in time and memory whatever they are (docs/decisions/0073-mail.md).

Nothing that is wrong with a mail makes it disappear: what cannot be read is named in `faults`, and the raw mail stays.
"""

import re
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from hark.kit import markup
from hark.plugin import Attached
from hark.plugins.email import quotes
from hark.plugins.email.authentication import Checked, Trust, check
from hark.plugins.email.automatic import why
from hark.plugins.email.bounce import Bounce
from hark.plugins.email.bounce import read as read_bounce
from hark.plugins.email.headers import Address, Headers, addresses, ids, moment, words
from hark.plugins.email.parts import Part, sort, tree

MOST_TEXT = 100_000  # letters of what was written
MOST_WHOLE = 400_000  # letters of the text with its quotes, and of the HTML
MOST_FILES = 200
MOST_MARKUP = 10  # parts of one mail whose HTML is parsed to make a text of it
CUT = "\n[…]"
_TOKEN = re.compile(r"hark\.([a-z2-7]{20,80})@")
_PLUS = re.compile(r"\+([A-Za-z2-7]{20,80})@")
_ENDINGS = {
    "message/rfc822": "eml",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "image/jpeg": "jpg",
}


class Limits(Struct, frozen=True, kw_only=True):
    """What the mailbox is called, and which server's word counts."""

    own: tuple[str, ...] = ()
    server: str = ""


NO_LIMITS = Limits()


class Mail(Struct, frozen=True, kw_only=True):
    """One mail. `key` is the same for copies of it that came by other ways, and another where the content differs."""

    key: str
    external_id: str
    sender: Address | None
    to: list[Address] = []
    cc: list[Address] = []
    reply_to: Address | None = None
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    whole: str = ""
    html: str | None = None
    signature: str = ""
    forwarded: bool = False
    files: tuple[Attached, ...] = ()
    references: list[str] = []
    tokens: list[str] = []
    checked: Checked = Checked()
    trust: Trust = "claimed"
    automatic: str | None = None
    bounce: Bounce | None = None
    list_id: str = ""
    language: str = ""
    faults: list[str] = []


def parse(raw: bytes, limits: Limits = NO_LIMITS) -> Mail:
    """The mail that these bytes are; never fails on account of what they hold."""
    raw = _with_line_feeds(raw)
    root, faults = tree(raw)
    headers = root.headers
    whole, html, files = _contents(root, faults)
    said = quotes.written(whole)
    sender, trust, checked = _sender(headers, limits)
    return Mail(
        key=_key(headers, whole, html, files),
        external_id=_external_id(headers, raw),
        sender=sender,
        to=addresses(_joined(headers, "to")),
        cc=addresses(_joined(headers, "cc")),
        reply_to=next(iter(addresses(headers.raw("reply-to"))), None),
        subject=" ".join(headers.text("subject").split())[:998],
        sent_at=moment(headers.raw("date")),
        text=cut(said.text, MOST_TEXT),
        whole=whole,
        html=html,
        signature=cut(said.signature, 5_000),
        forwarded=said.forwarded,
        files=files,
        references=_references(headers),
        tokens=_tokens(headers),
        checked=checked,
        trust=trust,
        automatic=why(headers, limits.own),
        bounce=read_bounce(root, whole),
        list_id=headers.text("list-id")[:300],
        language=headers.raw("content-language").partition(",")[0].strip()[:35],
        faults=faults,
    )


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def _with_line_feeds(raw: bytes) -> bytes:
    """Leading empty lines away, and line ends of an old Mac made ours."""
    raw = raw.lstrip(b"\r\n") if raw[:1] in (b"\r", b"\n") else raw
    return raw.replace(b"\r", b"\n") if b"\n" not in raw[:100_000] and b"\r" in raw[:100_000] else raw


def _contents(root: Part, faults: list[str]) -> tuple[str, str | None, tuple[Attached, ...]]:
    body = sort(root)
    files = [
        _attached(part, number) for number, part in enumerate(body.files[:MOST_FILES], 1) if part.content or part.name
    ]
    if len(body.files) > MOST_FILES:
        faults.append(f"it has more than {MOST_FILES} files; the others are in the raw mail")
    texts = [_plain(part, number) for number, part in enumerate(_once(body.text))]
    html = "\n".join(part.text() for part in body.html if part.media_type == "text/html") or None
    html = cut(html, MOST_WHOLE) if html and html.strip() else None
    whole = "\n".join(text.strip("\n") for text in texts if text.strip())
    if not whole.strip() and html:
        whole = markup.to_text(html)
    return _readable(cut(whole, MOST_WHOLE)), None if html is None else _readable(html), tuple(files)


def _once(parts: list[Part]) -> list[Part]:
    return list({id(part): part for part in parts}.values())


def _plain(part: Part, number: int) -> str:
    text = cut(part.text(), MOST_WHOLE)
    if part.media_type == "text/html":
        return markup.to_text(text) if number < MOST_MARKUP else markup.without_tags(text)
    return _unflowed(text) if part.parameters.get("format", "").lower() == "flowed" else text


def _unflowed(text: str) -> str:
    """RFC 3676: a line that ends with a space goes on with the next one of the same depth of quotes."""
    out: list[str] = []
    open_ = None
    for line in text.split("\n")[: quotes.MOST_LINES]:
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if open_ == depth and words != "-- ":
            out[-1] += words
        else:
            out.append(f"{'>' * depth}{' ' if depth else ''}{words}")
        open_ = depth if words.endswith(" ") and words != "-- " else None
    return "\n".join(out)


def _readable(text: str) -> str:
    """No character that a database or a screen cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text).encode("utf-8", "replace").decode("utf-8")


def _attached(part: Part, number: int) -> Attached:
    name = part.name or f"file-{number}.{_ENDINGS.get(part.media_type, part.media_type.rpartition('/')[2][:10])}"
    if part.media_type == "message/rfc822" and not part.name:
        name = "mail.eml" if number == 1 else f"mail-{number}.eml"
    return Attached(name=name, media_type=part.media_type, body=part.body(), inline=part.content_id)


def _sender(headers: Headers, limits: Limits) -> tuple[Address | None, Trust, Checked]:
    found = addresses(_joined(headers, "from")) or addresses(headers.raw("sender"))
    checked, trust = check(headers, limits.server, found[0].value if found else "")
    # Who says to be two at once is neither.
    several = len({address.value.lower() for address in found}) > 1
    return next(iter(found), None), "unverified" if several or not found else trust, checked


def _joined(headers: Headers, name: str) -> str:
    return ", ".join(headers.all(name))


def _references(headers: Headers) -> list[str]:
    """Ids that it answers, the nearest last."""
    near = ids(_joined(headers, "in-reply-to"))
    far = ids(_joined(headers, "references"))
    return [id for id in dict.fromkeys(far) if id not in near][-100:] + near[:10]


def _tokens(headers: Headers) -> list[str]:
    """Names of ours that come back: in the ids that it answers, and in the address that it was sent to."""
    found: list[str] = []
    for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to"):
        found += _PLUS.findall(_joined(headers, name))[:20]
    return list(dict.fromkeys(found + tokens_of(_references(headers))))[-50:]


def tokens_of(ids: list[str]) -> list[str]:
    """The names of ours that these ids of mails carry."""
    return [token[1] for id in ids if (token := _TOKEN.match(id))]


def _external_id(headers: Headers, raw: bytes) -> str:
    """Its Message-ID; where it has none, one made of its bytes, so that it is the same each time."""
    return next(iter(ids(headers.raw("message-id"))), None) or f"{sha256(raw).hexdigest()}@no-id.invalid"


def _key(headers: Headers, whole: str, html: str | None, files: tuple[Attached, ...]) -> str:
    """Not the Message-ID alone: with a copied one, a stranger could make the next mail look like one that was here."""
    told = [headers.raw(name) for name in ("message-id", "from", "date", "subject")]
    bodies = [sha256(file.body).hexdigest() for file in files]
    return f"mail-{sha256(msgspec.json.encode([told, whole, html, bodies])).hexdigest()[:40]}"


def emergency(raw: bytes) -> Mail:
    """As much as can be told of a mail at whose reading our own program failed: it is shown all the same, as a file."""
    head = raw[:20_000]
    sender = re.search(rb"^from:[^\n]{0,500}?([\w.+=-]{1,100}@[\w.-]{1,200})", head, re.IGNORECASE | re.MULTILINE)
    subject = re.search(rb"^subject:[ \t]*([^\r\n]{0,300})", head, re.IGNORECASE | re.MULTILINE)
    digest = sha256(raw).hexdigest()
    return Mail(
        key=f"mail-{digest[:40]}",
        external_id=f"{digest}@no-id.invalid",
        sender=Address(sender[1].decode()) if sender else None,
        subject=words(subject[1].decode("utf-8", "replace")) if subject else "",
        files=(Attached(name="mail.eml", media_type="message/rfc822", body=raw),),
        trust="unverified",
    )
