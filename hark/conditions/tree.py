"""The tree of a condition: what the text form is read into, and as JSON what the builder sends.

A condition asks on the left and states on the right: `count("Order Completed", 30 days) >= 2`. As JSON every node says
what it is: {"is": "compare", "left": {"is": "measured", "function": "count", "event": "Order Completed", "days": 30},
"operator": ">=", "right": {"is": "literal", "value": 2}}.
"""

from collections.abc import Iterable
from typing import Literal as OneOf
from typing import TypeVar, get_args

import msgspec
from msgspec import Struct

from hark.errors import Rejected

Plain = str | int | float | bool | None
FieldName = OneOf["phase", "language", "time_zone", "first_seen", "last_seen"]
Function = OneOf["count", "sum", "min", "max", "average", "unique", "most_frequent", "first", "last"]
Operator = OneOf["=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "starts with", "is set", "is not set"]
Question = OneOf["consent", "in_segment", "in_group"]
Subject = OneOf["conversation", "message", "case", "event"]
Unit = OneOf["minute", "hour", "day", "week"]
FIELDS: tuple[FieldName, ...] = get_args(FieldName)
TIMES = ("first_seen", "last_seen")
FUNCTIONS: tuple[Function, ...] = get_args(Function)
OPERATORS: tuple[Operator, ...] = get_args(Operator)
QUESTIONS: tuple[Question, ...] = get_args(Question)
# What a rule may ask of the thing that an event is about; `event` has its name, channel, source and any property.
ABOUT: dict[Subject, tuple[str, ...]] = {
    "conversation": (
        "channel",
        "status",
        "language",
        "team",
        "member",
        "priority",
        "tags",
        "subject",
        "source",
        "waiting",
    ),
    "message": ("text", "subject", "direction", "author", "language", "channel"),
    "case": ("subject", "status", "team", "member", "priority", "tags", "reopened"),
    "event": (),
}
MOST_NODES = 200
LONGEST_WINDOW = 730
UNITS: dict[Unit, int] = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}


class Literal(Struct, frozen=True, tag_field="is", tag="literal"):
    value: Plain


class Many(Struct, frozen=True, tag_field="is", tag="many"):
    values: tuple[Plain, ...]


class Ago(Struct, frozen=True, tag_field="is", tag="ago"):
    """So many units before now; now is the time of the event that is looked at."""

    amount: int
    unit: Unit = "day"

    @property
    def ms(self) -> int:
        return self.amount * UNITS[self.unit]


class Date(Struct, frozen=True, tag_field="is", tag="date"):
    """A day (00:00 UTC) or an instant, as ISO 8601 writes it."""

    text: str


class Trait(Struct, frozen=True, tag_field="is", tag="trait"):
    name: str


class Computed(Struct, frozen=True, tag_field="is", tag="computed"):
    name: str


class Field(Struct, frozen=True, tag_field="is", tag="field"):
    name: FieldName


class Measured(Struct, frozen=True, tag_field="is", tag="measured"):
    """What was measured of an event, or of one property of it. `days` is the window, today included; 0 is all time."""

    function: Function
    event: str
    of: str = ""
    days: int = 0


class Asked(Struct, frozen=True, tag_field="is", tag="asked"):
    """A yes or no: consent("marketing"), in_segment("vip"), in_group("acme")."""

    what: Question
    name: str


class About(Struct, frozen=True, tag_field="is", tag="about"):
    """Something of what the event is about: conversation.channel, case.priority, event.amount. Only rules that look at
    one event (routing, promises, automations) can ask for it; segments cannot."""

    what: Subject
    name: str


Left = Trait | Computed | Field | Measured | Asked | About
Right = Literal | Many | Ago | Date


class Compare(Struct, frozen=True, tag_field="is", tag="compare"):
    left: Left
    operator: Operator
    right: Right | None = None


class All(Struct, frozen=True, tag_field="is", tag="all"):
    of: "tuple[Condition, ...]" = ()


class Some(Struct, frozen=True, tag_field="is", tag="any"):
    of: "tuple[Condition, ...]" = ()


class Not(Struct, frozen=True, tag_field="is", tag="not"):
    of: "Condition"


Condition = Compare | Asked | Trait | Computed | About | All | Some | Not
# A computed trait may also be a value by itself: sum("Order Completed".revenue, 365 days).
Expression = Condition | Measured | Field
Node = Expression | Right

Word = TypeVar("Word", bound=str)
_decoder = msgspec.json.Decoder(Expression)


class Misread(Rejected):
    """What is wrong with a condition, and where in its text (the offset of the character; -1 where there is no text)."""

    def __init__(self, reason: str, where: int = -1, text: str = "") -> None:
        place = f" (at character {where + 1}: {text[where : where + 20]!r})" if 0 <= where < len(text) else ""
        super().__init__(reason + (place or (" (at the end)" if where >= 0 else "")))
        self.where = where


def from_json(tree: object) -> Expression:
    """Read the JSON form. Misread says which part is wrong."""
    try:
        expression: Expression = _decoder.decode(msgspec.json.encode(tree))
        return expression
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        raise Misread(f"this is no condition: {error}") from None


def to_json(tree: Node) -> object:
    return msgspec.to_builtins(tree)


def one_of(words: Iterable[Word], text: str) -> Word | None:
    """The word that a text is; None where it is none of them."""
    return next((word for word in words if word == text), None)
