"""A message as it came: its HTML cleaned of everything that acts or tells, or its whole text with what it quotes.

Shown in a frame of its own, under a policy that runs no script and asks no other host for anything.
"""

import re
from uuid import UUID

import nh3

from hark.conversations import reading
from hark.kit.markup import heavy
from hark.model import Message
from hark.store import Database
from hark.web import Answer, Ask, Right, page, shows

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
LONGEST = 400_000
_TAGS = {*nh3.ALLOWED_TAGS, "address", "big", "font", "main", "section"} - {"map", "area"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
_CONTENT = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*["']?)cid:([^"'\s>]{1,500})""", re.IGNORECASE)


@shows("/messages/{message:uuid}/original", right=Right.CONVERSATIONS_READ)
def original(request: Ask, message: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        said = reading.message(tx, message)
        whole = reading.whole(tx, message) or said.text
    markup = cleaned(said) if said.html else ""
    answer = page(request, "desk/original.html", said=said, markup=markup, whole=whole[:LONGEST])
    answer.headers["content-security-policy"] = POLICY
    return answer


def cleaned(said: Message) -> str:
    """Safe to show: no script, style, form or frame; pictures only those that came along with it, so that nobody learns
    when it is read."""
    markup = (said.html or "")[:LONGEST]
    if heavy(markup):
        return ""
    kept = {file.inline.strip("<>"): file.id for file in said.files if file.inline}

    def own(found: re.Match[str]) -> str:
        file = kept.get(found.group(2).strip("<>"))
        return f"{found.group(1)}/messages/{said.id}/files/{file}?inline=1" if file else found.group(0)

    def allowed(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return value if value.startswith(f"/messages/{said.id}/files/") else None
        return value

    return nh3.clean(
        _CONTENT.sub(own, markup),
        tags=_TAGS,
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


HANDLERS = [original]
