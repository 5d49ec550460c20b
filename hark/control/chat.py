"""A chat's settings: what it says, how it looks, whom it greets, when somebody is there, and the line for the site. The
page shows the chat itself, as its visitors see it."""

from typing import Any
from zoneinfo import available_timezones

import msgspec

from hark.config import Config
from hark.errors import Misconfigured, NotFound, Rejected
from hark.events import accounts
from hark.events import sources as rooms
from hark.model import Source
from hark.people import defining
from hark.registry import Registry
from hark.store import Database
from hark.web import Answer, Ask, Form, Right, does, go, page, shows

PLUGIN = "webchat"
QUESTIONS = ("name", "email", "phone", "topic")
LANGUAGES = {
    "*": "Every language",
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "ar": "العربية",
}
WORDS = ("title", "welcome", "away")
ROWS = 2  # empty rows for more greetings
MOST = 20


@shows("/accounts/new/webchat", right=Right.SOURCES_WRITE)
def new_chat(request: Ask) -> Answer:
    return page(request, "control/chat_new.html", name="", errors={})


@does("/accounts/new/webchat", right=Right.SOURCES_WRITE)
def add_chat(request: Ask, form: Form, database: Database, registry: Registry) -> Answer:
    name = form.text("name", most=200)
    try:
        with database.transaction() as tx:
            source = accounts.add(tx, registry[PLUGIN], name, {})
    except Rejected as wrong:
        form.refuse("name", wrong.reason)
        return page(request, "control/chat_new.html", status=422, name=name, errors=form.errors)
    return go(request, f"/sources/{source.id}/chat", "It is ready: put its line on your site, and make it yours below.")


@shows("/sources/{source_id:str}/chat", right=Right.SOURCES_WRITE)
def chat(request: Ask, source_id: str, form: Form, database: Database, registry: Registry, config: Config) -> Answer:
    source = _chat(database, source_id)
    return _page(request, source, registry[PLUGIN].config(source.settings), form, database, config)


@does("/sources/{source_id:str}/chat", right=Right.SOURCES_WRITE)
def change_chat(
    request: Ask, source_id: str, form: Form, database: Database, registry: Registry, config: Config
) -> Answer:
    source, plugin = _chat(database, source_id), registry[PLUGIN]
    given = entered(form)
    part: Any = plugin.part("config")
    try:
        part.check(plugin.config(given, True), None)
        with database.transaction() as tx:
            accounts.change(tx, source, plugin, given, strict=True)
    except Misconfigured as wrong:
        form.refuse(wrong.field.partition(".")[0].partition("[")[0], wrong.reason)
    except ValueError as wrong:  # of the hours and their zone, in words for people
        form.refuse("time_zone" if "zone" in str(wrong) else "hours", str(wrong))
    if form.errors:
        return _page(request, source, msgspec.convert(source.settings, part.Config), form, database, config)
    return go(request, f"/sources/{source_id}/chat", "Saved. Your sites show it within five minutes.")


def entered(form: Form) -> dict[str, Any]:
    """The settings that the form means. What is empty is left to the widget."""
    words = {
        language: said
        for language in LANGUAGES
        if (said := {word: text for word in WORDS if (text := form.text(f"{word}-{language}", most=400))})
    }
    questions = [
        {"name": name, "required": asked == "required"}
        for name in QUESTIONS
        if (asked := form.text(f"ask-{name}")) in ("ask", "required")
    ]
    return {
        "words": words,
        "colour": form.text("colour", "#2456d6"),
        "corner": form.text("corner", "end"),
        "questions": questions,
        "topics": _lines(form, "topics"),
        "hours": form.text("hours", most=1000),
        "time_zone": form.text("time_zone", "UTC"),
        "greetings": [greeting for row in range(MOST) if (greeting := _greeting(form, row))],
        "files": form.flag("files"),
        "rating": form.flag("rating"),
        "transcript": form.flag("transcript"),
        "callback": form.flag("callback"),
        "privacy": form.text("privacy"),
        "sites": [line.rstrip("/") for line in _lines(form, "sites")],
    }


def _greeting(form: Form, row: int) -> dict[str, Any] | None:
    text = form.text(f"greeting-{row}", most=300)
    if not text:
        return None
    return {
        "text": text,
        "segment": form.text(f"segment-{row}", most=200),
        "path": form.text(f"path-{row}", most=200),
        "language": form.text(f"language-{row}"),
        "after": min(max(form.number(f"after-{row}", 20) or 20, 3), 3600),
    }


def _lines(form: Form, name: str) -> list[str]:
    return [line.strip() for line in form.text(name, most=10_000).splitlines() if line.strip()]


def _page(request: Ask, source: Source, known: Any, form: Form, database: Database, config: Config) -> Answer:
    with database.transaction() as tx:
        segments = [one.name for one in defining.listed(tx, "segment")]
    url = config.public_url or str(request.base_url).rstrip("/")
    return page(
        request,
        "control/chat.html",
        status=422 if form.errors else 200,
        tab="account",
        source=source,
        account=True,
        known=known,
        errors=form.errors,
        segments=segments,
        languages=LANGUAGES,
        asked={one.name: "required" if one.required else "ask" for one in known.questions},
        greetings=[*known.greetings, *([None] * ROWS)][:MOST],
        zones=sorted(available_timezones()),
        snippet=f'<script type="module" async src="{url}/chat/{source.id}.js"></script>',
    )


def _chat(database: Database, source_id: str) -> Source:
    with database.transaction() as tx:
        source = rooms.source_by_id(tx, source_id)
    if source.plugin != PLUGIN:
        raise NotFound(f"{source.name} is no chat")
    return source


HANDLERS = [new_chat, add_chat, chat, change_chat]
