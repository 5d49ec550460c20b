"""What a company declares about its work: teams, routes, calendars, promises of time, automations, macros and fields.

Each is one Struct, recorded whole as the event `<kind>.defined` and taken back by `<kind>.removed`; the last word stands.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from hark.cases.calendar import Calendar, Holiday, check
from hark.conditions import Compiled, Misread, compile_condition, parse
from hark.errors import Rejected

Seconds = Annotated[int, Meta(ge=0, le=366 * 86_400)]
Level = Annotated[int, Meta(ge=1, le=5)]
Word = Annotated[str, Meta(max_length=200)]
NAME = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
Name = Annotated[str, Meta(pattern=NAME.pattern)]
LONG = 30 * 86_400


class Relaxation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After so many seconds of waiting, skills may be so many levels lower, and the language another."""

    after: Seconds
    levels: Annotated[int, Meta(ge=0, le=5)] = 0
    language: bool = False


class Overflow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After so many seconds of waiting, another team helps too."""

    after: Seconds
    team: Name


class Team(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """mode         push: the router gives work out; pull: members ask for the next
    hold            seconds that the person's last member is waited for, while they are there but full
    reassign        seconds after which open work of somebody who went away goes to others; None: it stays
    tries, pauses   call-backs: how often, and the seconds between one try and the next
    """

    label: Word = ""
    members: tuple[UUID, ...] = ()
    mode: Literal["push", "pull"] = "push"
    calendar: Name | None = None
    relax: tuple[Relaxation, ...] = ()
    overflow: tuple[Overflow, ...] = ()
    hold: Seconds = 0
    reassign: Seconds | None = 0
    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    pauses: tuple[Seconds, ...] = (300, 1800)


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where something goes. The first route that holds and names a team gives the team; skills and boosts of all that
    hold add up. `boost`: seconds that it goes before its time: so a customer's value or urgency is counted."""

    label: Word = ""
    condition: str = ""
    team: Name | None = None
    skills: dict[Name, Level] = {}
    boost: Annotated[int, Meta(ge=-LONG, le=LONG)] = 0
    place: int = 0


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar with its label: hours by day (mon … sun) as pairs of times, in one zone."""

    label: Word = ""
    zone: Word = "UTC"
    hours: dict[str, tuple[tuple[str, str], ...]] = {}
    holidays: Annotated[tuple[Holiday, ...], Meta(max_length=1000)] = ()


class Promise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when, in working seconds of the calendar; the first promise whose condition holds is the one. `warn`: seconds of
    working time before the end at which it is said that time runs out."""

    label: Word = ""
    condition: str = ""
    about: Literal["conversation", "case"] = "conversation"
    calendar: Name | None = None
    first_answer: Seconds | None = None
    next_answer: Seconds | None = None
    resolution: Seconds | None = None
    warn: Seconds = 0
    pause_waiting: bool = True
    pause_snoozed: bool = True
    place: int = 0


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that an automation or a macro does; only the fields of its kind are read."""

    do: Literal[
        "assign",
        "prioritise",
        "tag",
        "close",
        "reopen",
        "snooze",
        "note",
        "open_case",
        "add_task",
        "answer",
        "ask_rating",
    ]
    member: UUID | None = None
    team: Name | None = None
    priority: Annotated[int, Meta(ge=-1, le=2)] | None = None
    add: tuple[Word, ...] = ()
    remove: tuple[Word, ...] = ()
    seconds: Seconds | None = None
    subject: Word = ""
    text: Annotated[str, Meta(max_length=20_000)] = ""
    texts: dict[str, Annotated[str, Meta(max_length=20_000)]] = {}
    mentions: tuple[UUID, ...] = ()


class Automation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When one of these events happens (or so many seconds after, if the condition then still holds), do this. `most`:
    how often at most for one conversation or case in a day; `chained`: also on what automations caused."""

    label: Word = ""
    on: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=20)]
    condition: str = ""
    after: Seconds = 0
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=20)]
    most: Annotated[int, Meta(ge=1, le=100)] = 5
    chained: bool = False
    enabled: bool = True
    place: int = 0


class Macro(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps that somebody takes with one click; offered where its condition holds."""

    label: Word = ""
    condition: str = ""
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=20)]
    place: int = 0


class CaseField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of cases that this company added."""

    label: Word = ""
    type: Literal["text", "number", "date", "choice", "truth"] = "text"
    choices: tuple[Word, ...] = ()
    required: bool = False
    place: int = 0


Declaration = Team | Route | Hours | Promise | Automation | Macro | CaseField
KINDS: dict[str, type[Any]] = {
    "team": Team,
    "route": Route,
    "calendar": Hours,
    "promise": Promise,
    "automation": Automation,
    "macro": Macro,
    "field": CaseField,
}


Row = tuple[str, str, str, int]  # kind, name, body as JSON, position of the event that said so


class Declarations:
    """Everything that is declared, compiled once and asked often."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        self.by_kind: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.positions: dict[tuple[str, str], int] = {}
        for kind, name, body, position in rows:
            self.by_kind[kind][name] = msgspec.json.decode(body, type=KINDS[kind])
            self.positions[kind, name] = position

    @property
    def teams(self) -> dict[str, Team]:
        return self.by_kind["team"]

    def calendar(self, name: str | None) -> Calendar | None:
        hours: Hours | None = self.by_kind["calendar"].get(name or "")
        return calendar_of(hours) if hours else None

    def routes(self) -> Iterator[tuple[str, Route]]:
        return self._in_place("route")

    def promises(self) -> Iterator[tuple[str, Promise]]:
        return self._in_place("promise")

    def automations(self) -> Iterator[tuple[str, Automation, int]]:
        """Those in force, each with the position after which it is."""
        for name, one in self._in_place("automation"):
            if one.enabled:
                yield name, one, self.positions["automation", name]

    def _in_place(self, kind: str) -> Iterator[tuple[str, Any]]:
        found = self.by_kind[kind]
        return ((name, found[name]) for name in sorted(found, key=lambda name: (found[name].place, name)))


def calendar_of(hours: Hours) -> Calendar:
    return Calendar(zone=hours.zone, hours=hours.hours, holidays=hours.holidays)


def read(kind: str, said: dict[str, Any]) -> Any:
    """What an event or a request says, as its Struct. Rejected says what is wrong with it."""
    fields = KINDS[kind].__struct_fields__
    try:
        found = msgspec.convert({name: said[name] for name in fields if name in said}, KINDS[kind], strict=False)
    except msgspec.ValidationError as error:
        raise Rejected(f"this is no {kind}: {error}") from None
    if isinstance(found, Hours):
        check(calendar_of(found))
    if isinstance(found, Automation | Macro):
        for step in found.steps:
            _check_step(step)
    if condition := getattr(found, "condition", ""):
        rule(condition)
    return found


def rule(condition: str) -> Compiled:
    """A condition that is asked about one event and the person behind it."""
    compiled = compile_condition(parse(condition))
    if compiled.needs.measures:
        raise Misread("a rule cannot look back over days by itself: make it a segment and ask in_segment(…)")
    return compiled


@lru_cache(maxsize=4)
def declarations(rows: tuple[Row, ...]) -> Declarations:
    """Kept between batches: compiled once as long as nothing is declared."""
    return Declarations(rows)


_NEEDED = {
    "prioritise": ("priority",),
    "snooze": ("seconds",),
    "note": ("text",),
    "open_case": ("subject",),
    "add_task": ("text",),
}


def _check_step(step: Step) -> None:
    for name in _NEEDED.get(step.do, ()):
        if getattr(step, name) in (None, ""):
            raise Rejected(f"the step {step.do} needs {name}")
    if step.do == "answer" and not (step.text or step.texts):
        raise Rejected("the step answer needs a text")
    if step.do == "assign" and step.member is None and step.team is None:
        raise Rejected("the step assign needs a team or a member")


def check_fields(fields: dict[str, CaseField], said: dict[str, Any]) -> dict[str, Any]:
    """Values of declared fields, each of its type; null takes one away. Rejected says which is wrong."""
    for name, value in said.items():
        field = fields.get(name)
        if field is None:
            raise Rejected(f"cases have no field {name[:60]!r}")
        if value is not None and not _fits(field, value):
            raise Rejected(f"the field {name} is a {field.type}; {str(value)[:60]!r} is none")
    return said


def _fits(field: CaseField, value: Any) -> bool:
    if field.type == "truth":
        return isinstance(value, bool)
    if field.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str) or len(value) > 2000:
        return False
    if field.type == "choice":
        return value in field.choices
    if field.type == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    return True
