"""Settings of one chat: what it says, how it looks, whom it greets, when somebody is there."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from hark.plugin import Http
from hark.plugins.webchat.hours import parse

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ar")


class Words(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the company says in one language; what is empty is said in the widget's own words."""

    title: Annotated[str, Meta(max_length=60)] = ""
    welcome: Annotated[str, Meta(max_length=400)] = ""
    away: Annotated[str, Meta(max_length=400)] = ""


class Greeting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Said unasked, once a visit: to whom (a segment; everybody where empty), where (part of the path), after how long."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]
    segment: Annotated[str, Meta(max_length=200)] = ""
    path: Annotated[str, Meta(max_length=200)] = ""
    language: Literal["", "en", "de", "fr", "es", "it", "pt", "nl", "ar"] = ""
    after: Annotated[int, Meta(ge=3, le=3600)] = 20


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field of the form before the first message."""

    name: Literal["name", "email", "phone", "topic"]
    required: bool = False


class Config(Struct, frozen=True, kw_only=True, omit_defaults=True):
    words: Annotated[dict[str, Words], Meta(title="Texts", description="By language; * is every language.")] = {}
    colour: Annotated[
        str, Meta(title="Colour", description="Of the button and your visitors' bubbles.", pattern="^#[0-9a-fA-F]{6}$")
    ] = "#2456d6"
    corner: Annotated[Literal["end", "start"], Meta(title="Corner", description="Where the button stands.")] = "end"
    questions: Annotated[
        list[Question], Meta(title="Form", description="Asked before the first message.", max_length=4)
    ] = []
    topics: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=80)]],
        Meta(title="Topics", description="What the form lets people choose from.", max_length=20),
    ] = []
    hours: Annotated[
        str,
        Meta(
            title="Opening hours", description="Mon-Fri 9:00-17:00, a line each. Empty: always open.", max_length=1000
        ),
    ] = ""
    time_zone: Annotated[str, Meta(title="Time zone of the hours", max_length=60)] = "UTC"
    greetings: Annotated[list[Greeting], Meta(title="Greetings", description="Said unasked.", max_length=20)] = []
    files: Annotated[bool, Meta(title="Files", description="Visitors may send pictures and documents.")] = True
    rating: Annotated[bool, Meta(title="Rating", description="Ask how it was at the end.")] = True
    transcript: Annotated[bool, Meta(title="Transcript", description="Visitors may have it sent by e-mail.")] = True
    callback: Annotated[
        bool, Meta(title="Call-back", description="Who waits may keep their place and be called instead.")
    ] = False
    privacy: Annotated[
        str, Meta(title="Privacy page", description="Linked from the form.", max_length=400, pattern="^(https?://.*)?$")
    ] = ""
    sites: Annotated[
        list[Annotated[str, Meta(pattern="^https?://[^/]+$", max_length=200)]],
        Meta(
            title="Sites",
            description="Only these may show the chat, as https://shop.example. Empty: any.",
            max_length=50,
        ),
    ] = []


def check(config: Config, http: Http) -> str:
    """Read what only looks right when it is read: the hours and their zone."""
    stretches = parse(config.hours)
    try:
        ZoneInfo(config.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"there is no time zone {config.time_zone!r}") from None
    return f"{len(stretches)} lines of opening hours" if stretches else "always open"
