"""HTML as text, and the question whether it can be parsed in bounded time. Pure.

A parser of HTML takes time by the square of how deep tags are nested (it looks at every open one), so markup is counted
before it is parsed: 400,000 letters of `<div>` took 77 seconds.
"""

import html
import re

import nh3

MOST_TAGS = 10_000
_BLOCKS = frozenset(
    (
        *(
            "p",
            "div",
            "br",
            "hr",
            "tr",
            "table",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ),
        *("blockquote", "pre", "section", "article", "header", "footer", "address", "form"),
    )
)
_SKIPPED = frozenset(("script", "style", "title", "head", "template", "noscript", "svg", "math", "object", "iframe"))
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_CRUDE = re.compile(r"<[^<>]{0,2000}>?")
_HIDDEN = re.compile(r"<(style|script|head|title)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_KEPT = _BLOCKS | {"a", "img", "td", "th", "b", "i", "span"}


def heavy(markup: str) -> bool:
    """Whether it has so many tags that parsing it might take long."""
    return markup.count("<") > MOST_TAGS


def to_text(markup: str) -> str:
    """What a reader sees of it: a line for each block, quotes behind ">", links with their address where it differs."""
    if heavy(markup):
        return without_tags(markup)
    plain = nh3.clean(
        markup,
        tags=set(_KEPT),
        clean_content_tags=set(_SKIPPED),
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    return _Writer().write(plain)


def without_tags(markup: str) -> str:
    """Without a parser, in one walk: for what has far more tags than anything that somebody wrote."""
    kept, at = [], 0
    while opened := _HIDDEN.search(markup, at):
        kept.append(markup[at : opened.start()])
        closing = re.compile(rf"</{opened[1]}\s*>", re.IGNORECASE).search(markup, opened.end())
        if closing is None:
            at = len(markup)
            break
        at = closing.end()
    kept.append(markup[at:])
    text = html.unescape(_CRUDE.sub(" ", "".join(kept)))
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip() for line in text.split("\n")) if line)


class _Writer:
    """Walks over well-formed markup of a few tags and writes lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.verbatim = 0
        self.link: tuple[str, int] | None = None

    def write(self, markup: str) -> str:
        at = 0
        for match in _TAG.finditer(markup):
            self._text(markup[at : match.start()])
            self._tag(match[2], bool(match[1]), match[3])
            at = match.end()
        self._text(markup[at:])
        self._end()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _text(self, raw: str) -> None:
        if not raw:
            return
        text = html.unescape(raw)
        if self.verbatim:
            first, *others = text.split("\n")
            self.line.append(first)
            for other in others:
                self._end()
                self.line.append(other)
            return
        text = _SPACE.sub(" ", text)
        if not self.line or self.line[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def _tag(self, name: str, closing: bool, attributes: str) -> None:
        if name == "br":
            self._end(always=True)
        elif name == "a":
            self._anchor(closing, attributes)
        elif name == "img" and (found := re.search(r'alt="([^"]{1,200})"', attributes)):
            self.line.append(html.unescape(found[1]))
        elif name in ("td", "th") and not closing and self.line:
            self.line.append(" ")
        elif name in _BLOCKS:
            self._end()
            self._block(name, closing)

    def _block(self, name: str, closing: bool) -> None:
        if name == "blockquote":
            self.quoted = max(0, self.quoted + (-1 if closing else 1))
        elif name == "pre":
            self.verbatim = max(0, self.verbatim + (-1 if closing else 1))
        elif name == "li" and not closing:
            self.line.append("- ")
        elif name in ("p", "h1", "h2", "h3", "h4", "ul", "ol", "table") and self.lines and self.lines[-1].strip("> "):
            self._end(always=True)

    def _anchor(self, closing: bool, attributes: str) -> None:
        if not closing:
            found = re.search(r'href="([^"]{1,2000})"', attributes)
            self.link = (html.unescape(found[1]), len(self.line)) if found else None
            return
        if self.link is None:
            return
        (address, start), self.link = self.link, None
        shown = "".join(self.line[start:]).strip()
        if shown and address.removeprefix("mailto:").removeprefix("tel:").strip("/") not in shown:
            self.line.append(f" <{address}>")

    def _end(self, always: bool = False) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.verbatim else text.strip(" ")
        self.line = []
        self.link = None if self.link is None else (self.link[0], 0)
        if text or always or self.verbatim:
            self.lines.append(f"{'> ' * min(self.quoted, 20)}{text}".rstrip())
