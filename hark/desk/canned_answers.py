"""Canned answers: offered in the box in the person's language with what is known of them, and the screen that keeps them."""

from typing import Any
from uuid import UUID

import msgspec

from hark.conversations import canned, reading
from hark.conversations.canned import Canned
from hark.desk.inbox import person_of
from hark.desk.joining import by
from hark.desk.looking import me
from hark.errors import Rejected
from hark.kit.clock import Clock
from hark.model import Conversation
from hark.people.glance import Glance
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, Visitor, does, go, page, shown, shows

HERE = "/canned-answers"
# Languages that the form offers; an answer may hold others, which stay.
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "tr", "ar")
NEW = UUID(int=0)
# What an answer may name in double braces.
PLACES = (
    "person.name",
    "person.first_name",
    "person.email",
    "person.city",
    "conversation.subject",
    "me.name",
    "me.first_name",
)


@shows("/conversations/{conversation:uuid}/canned.json", right=Right.CONVERSATIONS_WRITE)
def offered(request: Ask, conversation: UUID, database: Database, clock: Clock) -> Answer:
    """Filled in for this person, in the order in which they are likely to be wanted."""
    with database.transaction() as tx:
        known = reading.conversation(tx, conversation)
        seen = person_of(tx, known.anchor)
        answers = canned.answers(tx, me(request), clock())
    words = variables(seen, known, shown(request).visitor)
    languages = (known.language, seen.language if seen else None, shown(request).language)
    return Answer(
        msgspec.json.encode([_filled(one, languages, words) for one in answers]), media_type="application/json"
    )


@does("/canned-answers/{answer:uuid}/used", right=Right.CONVERSATIONS_WRITE)
def used(request: Ask, answer: UUID, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        canned.use(tx, answer, me(request), clock())
    return Answer(None, status_code=204)


@shows(HERE, right=Right.CONVERSATIONS_READ)
def show_answers(request: Ask, database: Database, clock: Clock) -> Answer:
    with database.transaction() as tx:
        answers = canned.answers(tx, me(request), clock())
    return page(request, "desk/canned_answers.html", answers=answers)


@shows("/canned-answers/{answer:uuid}", right=Right.CONVERSATIONS_WRITE)
def edit(request: Ask, answer: UUID, database: Database) -> Answer:
    """The id of nobody is a new one."""
    if answer == NEW:
        return _form(request, NEW, "", "", {}, {})
    with database.transaction() as tx:
        one = canned.answer(tx, answer)
    return _form(request, one.id, one.shortcut, one.title, one.texts, {})


@does("/canned-answers/{answer:uuid}", right=Right.CONVERSATIONS_WRITE)
def keep(request: Ask, answer: UUID, form: Form, database: Database, clock: Clock) -> Answer:
    texts = {name: form.text(f"text-{name}", most=canned.LONGEST) for name in LANGUAGES if form.text(f"text-{name}")}
    shortcut, title = form.text("shortcut", most=40).lower().removeprefix("/"), form.text("title", most=120)
    try:
        with database.transaction() as tx:
            if answer != NEW:
                texts = {
                    name: text for name, text in canned.answer(tx, answer).texts.items() if name not in LANGUAGES
                } | texts
            canned.keep(tx, None if answer == NEW else answer, shortcut, title, texts, by(request), clock())
    except Rejected as wrong:
        form.refuse("shortcut", str(wrong))
        return _form(request, answer, shortcut, title, texts, form.errors, status=422)
    return go(request, HERE, "%(name)s is kept.", name=f"/{shortcut}")


@does("/canned-answers/{answer:uuid}/drop", right=Right.CONVERSATIONS_WRITE)
def drop(request: Ask, answer: UUID, database: Database) -> Answer:
    with database.transaction() as tx:
        title = canned.drop(tx, answer)
    return go(request, HERE, "%(name)s is gone.", name=title)


def variables(seen: Glance | None, conversation: Conversation, visitor: Visitor | None) -> dict[str, Any]:
    """What stands behind the names in double braces; PLACES names them in this order."""
    traits = seen.traits if seen else {}
    name = seen.name if seen else ""
    first = traits.get("first_name") or traits.get("firstName") or (name.split()[0] if name and "@" not in name else "")
    mine = visitor.name if visitor else ""
    known = (
        name if "@" not in name else "",
        first,
        traits.get("email"),
        seen.place.split(",")[0] if seen else "",
        conversation.subject,
        mine,
        mine.split()[0] if mine else "",
    )
    return dict(zip(PLACES, known, strict=True))


def _filled(one: Canned, languages: tuple[str | None, ...], words: dict[str, Any]) -> dict[str, Any]:
    language, text = canned.text_for(one, *languages)
    return {
        "id": one.id,
        "shortcut": one.shortcut,
        "title": one.title,
        "language": language,
        "text": canned.filled(text, words),
    }


def _form(
    request: Ask, id: UUID, shortcut: str, title: str, texts: dict[str, str], errors: dict[str, str], status: int = 200
) -> Answer:
    return page(
        request,
        "desk/canned_answer.html",
        status=status,
        id=id,
        new=id == NEW,
        shortcut=shortcut,
        title=title,
        texts=texts,
        errors=errors,
        languages=LANGUAGES,
        places=PLACES,
    )


HANDLERS = [offered, used, show_answers, edit, keep, drop]
