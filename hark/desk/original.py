"""A message as it came: its HTML cleaned of everything that acts or tells, or its whole text with what it quotes.

Shown in a frame of its own, under a policy that runs no script and asks no other host for anything.
"""

import re
from uuid import UUID

import nh3

from hark.conversations import reading
from hark.desk import pictures
from hark.kit.markup import heavy
from hark.model import Declared, Message
from hark.store import Database
from hark.web import Answer, Ask, Right, page, shows

POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
LONGEST = 400_000
_REMOTE = re.compile(r"<img[^>]{0,500}https?://", re.IGNORECASE)
_TAGS = {*nh3.ALLOWED_TAGS, "address", "big", "font", "main", "section"} - {"map", "area"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}


@shows("/messages/{message:uuid}/original", right=Right.CONVERSATIONS_READ)
def original(request: Ask, message: UUID, database: Database, declared: Declared) -> Answer:
    with database.transaction() as tx:
        said = reading.message(tx, message)
        whole = reading.whole(tx, message) or said.text
    fetched = request.query_params.get("pictures") == "1"
    markup = cleaned(said, declared.salt if fetched else None) if said.html else ""
    blocked = not fetched and bool(markup) and _REMOTE.search((said.html or "")[:LONGEST]) is not None
    answer = page(request, "desk/original.html", said=said, markup=markup, whole=whole[:LONGEST], blocked=blocked)
    answer.headers["content-security-policy"] = POLICY
    return answer


def cleaned(said: Message, salt: bytes | None = None) -> str:
    """Safe to show: no script, style, form or frame. Pictures that came along with it are shown; those of elsewhere only
    where a `salt` is given, and then through us, so that nobody else learns who reads it when."""
    markup = (said.html or "")[:LONGEST]
    if heavy(markup):
        return ""
    kept = {file.inline.strip("<>"): file.id for file in said.files if file.inline}

    def allowed(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            file = kept.get(value[4:].strip("<>")) if value[:4].lower() == "cid:" else None
            own = f"/messages/{said.id}/files/{file}?inline=1" if file else None
            return own or (pictures.path(salt, value) if salt else None)
        return None if value[:4].lower() == "cid:" else value

    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=allowed,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


HANDLERS = [original]
