"""A hostile mail shown as it came: nothing of it runs, tells or reaches out, and it costs no time."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest

from hark.desk import pictures
from hark.desk.original import cleaned
from hark.errors import NotFound
from hark.model import File, Message
from hark.net import Answer

ID = UUID("01a2027f-54fe-7795-a5ec-532a3d075b67")
FILE = "ab" * 32
SALT = b"salt"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a><a href="cid:x">y</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="x.swf"></object><embed src="x.swf">',
    '<base href="https://evil.example/"><link rel=stylesheet href="//evil.example">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<style>body{background:url(https://evil.example)}</style><p style="background:url(//evil.example)">x',
    '<form action="https://evil.example"><input name=password></form>',
    '<img src="https://evil.example/pixel.gif"><img srcset="https://evil.example/2x 2x">',
    '<img src="//evil.example/x"><img src="/sign-out"><img src="/messages/x/files/y">',
    '<video poster="https://evil.example/x"><source src="https://evil.example/y"></video>',
    '<table background="https://evil.example/x"><td background="//evil.example">x</table>',
    '<p id="menu" class="button primary" name="form_token">x</p>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<xmp><img src=x onerror=alert(1)></xmp><plaintext><img src=x onerror=alert(1)>",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<p>\u202egnp.exe\u202c</p>",
]


def message(html: str, *files: File) -> Message:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Message(
        id=ID,
        conversation=ID,
        position=1,
        at=now,
        channel="email",
        direction="in",
        author="person",
        html=html,
        files=files,
    )


class Found(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("html", HOSTILE)
@pytest.mark.parametrize("salt", [None, SALT])
def test_nothing_of_a_mail_acts_or_reaches_out(html: str, salt: bytes | None) -> None:
    found = Found(cleaned(message(html), salt))

    bad = {
        "script",
        "style",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "base",
        "link",
        "meta",
        "form",
        "input",
        "video",
    }
    assert not bad & {*found.tags}
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "class", "id", "name", "srcset", "background", "poster", "srcdoc")
        if name == "src":
            assert (tag, salt is not None) == ("img", True)
            assert value.startswith("/pictures?of=http")
        if name == "href":
            assert re.match(r"(https?|mailto|tel):", value)


def test_cleaning_twice_changes_nothing_so_that_nothing_mutates() -> None:
    for html in HOSTILE:
        once = cleaned(message(html))
        first, second = Found(once), Found(cleaned(message(once)))

        assert (first.tags, sorted(first.attributes)) == (second.tags, sorted(second.attributes))


def test_pictures_that_came_along_are_shown() -> None:
    kept = File(id=FILE, name="pump.png", media_type="image/png", size=1, inline="pump@x")
    markup = cleaned(message('<img src="cid:pump@x"><img src="CID:other">', kept))

    assert f'src="/messages/{ID}/files/{FILE}?inline=1"' in markup
    assert markup.count("src=") == 1


@pytest.mark.parametrize(
    "html", ["<div>" * 79_000, "<img " * 9_000 + "a" * 50_000, "<b><i>" * 30_000, "<table><td>" * 30_000]
)
def test_a_bomb_is_not_parsed(html: str) -> None:
    """By the square it would take half a minute or more: this test would not end."""
    assert len(cleaned(message(html))) < 2_000_000


class Web:
    """A guarded client for the pictures of a test."""

    def __init__(self, **pages: Answer) -> None:
        self.pages = pages
        self.asked: list[str] = []

    @property
    def http(self) -> "Web":
        return self

    def get(self, url: str, *, headers: dict[str, str]) -> Answer:
        self.asked.append(url)
        return self.pages[url.rpartition("/")[2]]


def answer(body: bytes, status: int = 200, whole: bool = True, **headers: str) -> Answer:
    return Answer(status=status, headers=headers, body=body, whole=whole)


def test_a_picture_is_fetched_through_redirects_and_named_by_its_bytes() -> None:
    web: Any = Web(a=answer(b"", 302, location="/b"), b=answer(b"\x89PNG\r\n\x1a\nx"))

    assert pictures.fetch("https://x.example/a", web) == (b"\x89PNG\r\n\x1a\nx", "image/png")
    assert web.asked == ["https://x.example/a", "https://x.example/b"]


@pytest.mark.parametrize(
    "page",
    [
        answer(b"<svg onload=alert(1)>"),
        answer(b"<html>"),
        answer(b"\x89PNG\r\n\x1a\nx", whole=False),
        answer(b"\x89PNG\r\n\x1a\nx", 404),
        answer(b"", 302, location="/a"),
    ],
)
def test_what_is_no_small_picture_is_not_handed_on(page: Answer) -> None:
    web: Any = Web(a=page)

    with pytest.raises(NotFound):
        pictures.fetch("https://x.example/a", web)
