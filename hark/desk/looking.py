"""Which conversations somebody looks at: the looks that all have, those they saved, and what a filter adds to one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import Struct

from hark.conversations import drafts, inbox, looks
from hark.conversations.inbox import LOOKS, MOST, Filters
from hark.conversations.reading import Row
from hark.model import Conversation
from hark.store import Transaction
from hark.web import Ask, Form, Visitor, access, shown

PAGE = 40
STATUSES = ("open", "waiting", "snoozed", "closed")
# What a form may add to a look, by the name of its field.
_NARROWS = ("member", "team", "channel", "language", "tag")
_FIELDS = (*_NARROWS, "status", "priority", "waiting", "order")


class Chosen(Struct, frozen=True, kw_only=True):
    """What is looked at: `name` is a look's word or the id of a saved one; `link` keeps it in addresses."""

    name: str
    title: str  # of a saved one
    filters: Filters
    narrowed: bool
    link: str


class Entry(Struct, frozen=True, kw_only=True):
    """A line of the inbox. `member` is the colleague who has it; `begun`: the reader has a draft here."""

    conversation: Conversation
    who: str
    person: UUID | None
    member: str
    unread: bool
    begun: bool


def chosen(form: Form, saved: list[looks.Look]) -> Chosen:
    name = form.text("view") or "mine"
    known = LOOKS | {str(look.id): look.filters for look in saved}
    filters = known.get(name, LOOKS["mine"])
    name = name if name in known else "mine"
    added = _added(form)
    link = {"view": name} | {field: form.text(field) for field in _FIELDS if form.text(field)}
    return Chosen(
        name=name,
        title=next((look.name for look in saved if str(look.id) == name), ""),
        filters=msgspec.structs.replace(filters, **added),
        narrowed=bool(added),
        link=urlencode(link),
    )


def entries(
    tx: Transaction, what: Chosen, reader: UUID, members: Mapping[UUID, str], before: str | None
) -> tuple[list[Entry], str | None]:
    rows, following = inbox.look(tx, what.filters, reader, PAGE, before)
    begun = drafts.begun_by(tx, reader, [row.conversation.id for row in rows])
    return [_entry(row, members, begun) for row in rows], following


def counts(tx: Transaction, saved: list[looks.Look], reader: UUID) -> dict[str, str]:
    """How many each look shows, as people read it; closed ones are not work and are not counted."""
    asked = {name: filters for name, filters in LOOKS.items() if name != "closed"}
    asked |= {str(look.id): look.filters for look in saved}
    numbers = {name: inbox.count(tx, filters, reader) for name, filters in asked.items()}
    return {name: f"{MOST - 1}+" if number >= MOST else str(number or "") for name, number in numbers.items()}


def names_of_members(tx: Transaction, now: datetime) -> dict[UUID, str]:
    return {row["id"]: row["name"] for row in access.members(tx, now)}


def me(request: Ask) -> UUID:
    """The member who asks; rights have made sure that there is one."""
    visitor: Visitor | None = shown(request).visitor
    assert visitor
    assert visitor.member
    return visitor.member


def who(name: str | None, conversation: Conversation) -> str:
    """What to call the other side: by name, else by the address they wrote from."""
    return name or (conversation.to.value if conversation.to else "")


def _added(form: Form) -> dict[str, Any]:
    added: dict[str, Any] = {field: form.text(field) for field in _NARROWS if form.text(field)}
    if (member := added.get("member")) and member not in ("me", "nobody") and not _is_id(member):
        del added["member"]
    if form.text("status") in STATUSES:
        added["statuses"] = (form.text("status"),)
    if form.text("priority") in ("1", "2"):
        added["priority"] = int(form.text("priority"))
    if form.flag("waiting"):
        added["waiting"] = True
    if form.text("order") in ("newest", "waiting"):
        added["order"] = form.text("order")
    return added


def _entry(row: Row, members: Mapping[UUID, str], begun: set[UUID]) -> Entry:
    conversation = row.conversation
    return Entry(
        conversation=conversation,
        who=who(row.name, conversation),
        person=row.person,
        member=members.get(conversation.member, "") if conversation.member else "",
        unread=row.unread and conversation.status != "closed",
        begun=conversation.id in begun,
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
