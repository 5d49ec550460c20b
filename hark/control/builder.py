"""The rows of the segment builder: what a form says becomes a condition, and a condition becomes rows again where it fits.

Rows stand in groups; a group wants all or any of its rows, the whole wants all or any of its groups. What does not fit
into this shape is edited as text.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from hark.conditions import Expression, Misread, tree
from hark.conditions.tree import Condition, Plain
from hark.conditions.write import quote
from hark.web import Form

KINDS = ("did", "last", "spent", "trait", "computed", "consent", "segment", "phase", "language", "seen", "new", "group")
_ITEM = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|([^,]+))\s*(?:,|$)')
_ESCAPED = re.compile(r"\\(.)")
_WORDS = re.compile(r"[^\W\d_]\w*(?:[ -]\w+)*")
_YES_NO: dict[str, tree.Question] = {"consent": "consent", "segment": "in_segment", "group": "in_group"}
_FIELDS: dict[str, tree.FieldName] = {"phase": "phase", "language": "language"}
_TIMES: dict[str, tree.FieldName] = {"seen": "last_seen", "new": "first_seen"}
_NUMBERS = (">=", "<=", "=", ">", "<")
OPERATORS: dict[str, Sequence[str]] = {
    "did": _NUMBERS,
    "spent": _NUMBERS,
    "last": ("recent", "long"),
    "seen": ("recent", "long"),
    "new": ("recent", "long"),
    "consent": ("yes", "no"),
    "segment": ("yes", "no"),
    "group": ("yes", "no"),
    "phase": ("=", "!="),
    "language": ("=", "!=", "starts with", "in"),
    "trait": tree.OPERATORS,
    "computed": tree.OPERATORS,
}


class Row(Struct, kw_only=True):
    """One line as the form holds it: everything is text."""

    kind: str = "did"
    name: str = ""
    of: str = ""
    operator: str = ""
    value: str = ""
    days: str = ""


class Group(Struct, kw_only=True):
    mode: str = "all"
    rows: list[Row]


class Draft(Struct, kw_only=True):
    mode: str = "all"
    groups: list[Group]


def empty() -> Draft:
    return Draft(groups=[Group(rows=[_first()])])


def read_form(form: Form) -> Draft:
    """The rows as the form sent them, after the button that was pressed: add:0, group, drop:0:1."""
    draft = Draft(mode=_mode(form.text("mode")), groups=[])
    while len(draft.groups) < 20 and f"g{len(draft.groups)}.mode" in form:
        draft.groups.append(_read_group(form, len(draft.groups)))
    act, _, place = form.text("act").partition(":")
    if act == "group":
        draft.groups.append(Group(rows=[_first()]))
    elif act == "add" and place.isdigit() and int(place) < len(draft.groups):
        draft.groups[int(place)].rows.append(_first())
    elif act == "drop":
        _drop(draft, place)
    return draft if draft.groups else empty()


def condition_of(draft: Draft) -> Condition:
    """Misread says which row is not finished."""
    groups = [_group_of(group.mode, [_condition(row) for row in group.rows]) for group in draft.groups if group.rows]
    return _group_of(draft.mode, groups)


def draft_of(expression: Expression) -> Draft | None:
    """The rows of a condition; None where it does not fit into them."""
    if (row := _row(expression)) is not None:
        return Draft(groups=[Group(rows=[row])])
    if not isinstance(expression, tree.All | tree.Some):
        return None
    mode = "all" if isinstance(expression, tree.All) else "any"
    rows = [_row(part) for part in expression.of]
    if None not in rows:
        return Draft(groups=[Group(mode=mode, rows=[row for row in rows if row])])
    groups = [draft_of(part) for part in expression.of]
    if any(group is None or len(group.groups) != 1 for group in groups):
        return None
    return Draft(mode=mode, groups=[group.groups[0] for group in groups if group])


def _first() -> Row:
    return Row(operator=">=", value="1", days="30")


def _mode(text: str) -> str:
    return "any" if text == "any" else "all"


def _read_group(form: Form, group: int) -> Group:
    rows: list[Row] = []
    while len(rows) < 30 and f"g{group}.r{len(rows)}.kind" in form:
        at = f"g{group}.r{len(rows)}."
        fields = {name: form.text(at + name) for name in ("name", "of", "operator", "value", "days")}
        row = Row(kind=form.text(at + "kind"), **fields)
        if row.kind not in KINDS:
            row.kind = "did"
        if row.operator not in OPERATORS[row.kind]:
            row.operator = OPERATORS[row.kind][0]
        rows.append(row)
    return Group(mode=_mode(form.text(f"g{group}.mode")), rows=rows)


def _drop(draft: Draft, place: str) -> None:
    group, _, row = place.partition(":")
    if group.isdigit() and row.isdigit() and int(group) < len(draft.groups):
        rows = draft.groups[int(group)].rows
        if int(row) < len(rows):
            del rows[int(row)]
        if not rows:
            del draft.groups[int(group)]


def _group_of(mode: str, parts: Sequence[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        raise Misread("a segment needs at least one condition")
    return tree.All(tuple(parts)) if mode == "all" else tree.Some(tuple(parts))


def _condition(row: Row) -> Condition:
    if row.kind in _YES_NO:
        asked = tree.Asked(_YES_NO[row.kind], _said(row.name, "a name"))
        return asked if row.operator == "yes" else tree.Not(asked)
    if row.kind in _TIMES:
        return _ago(tree.Field(_TIMES[row.kind]), row)
    if row.kind == "last":
        return _ago(tree.Measured("last", _said(row.name, "an event")), row)
    if row.kind in ("did", "spent"):
        return tree.Compare(_measured(row), _operator(row), tree.Literal(_number(row.value)))
    return tree.Compare(_left(row), _operator(row), _right(row))


def _operator(row: Row) -> tree.Operator:
    operator = tree.one_of(tree.OPERATORS, row.operator)
    if operator is None:
        raise Misread(f"{row.operator[:50]!r} compares nothing")
    return operator


def _measured(row: Row) -> tree.Measured:
    event, days = _said(row.name, "an event"), _whole(row.days) if row.days else 0
    if row.kind == "did":
        return tree.Measured("count", event, days=days)
    return tree.Measured("sum", event, row.of or "total", days)


def _left(row: Row) -> tree.Left:
    if row.kind in _FIELDS:
        return tree.Field(_FIELDS[row.kind])
    name = _said(row.name, "a trait")
    return tree.Trait(name) if row.kind == "trait" else tree.Computed(name)


def _right(row: Row) -> tree.Right | None:
    if row.operator in ("is set", "is not set"):
        return None
    if row.operator in ("in", "not in"):
        return tree.Many(_values(row))
    if row.operator in ("contains", "starts with"):
        return tree.Literal(row.value)
    return tree.Literal(_value(row, row.value))


def _values(row: Row) -> tuple[Plain, ...]:
    """A list with commas; what stands in quotes is text, whatever it holds."""
    values: list[Plain] = []
    for quoted, bare in _ITEM.findall(row.value):
        if quoted:
            values.append(_ESCAPED.sub(r"\1", quoted[1:-1]))
        elif bare.strip():
            values.append(_value(row, bare.strip()))
    if not values:
        raise Misread("one row still needs its values, with commas between them")
    return tuple(values)


def _value(row: Row, text: str) -> Plain:
    """Text in quotes is text; what looks like a number or a yes is one, but a language or a phase is always text."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    if row.kind in _FIELDS:
        return text
    if text in ("true", "false"):
        return text == "true"
    try:
        return _number(text)
    except Misread:
        return text


def _ago(left: tree.Left, row: Row) -> tree.Compare:
    return tree.Compare(left, ">" if row.operator == "recent" else "<", tree.Ago(_whole(row.days)))


def _said(text: str, what: str) -> str:
    if not text:
        raise Misread(f"one row still needs {what}")
    return text


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        raise Misread(f"{text[:50]!r} is no number") from None
    if not abs(number) < 1e15:
        raise Misread(f"{text[:50]!r} is no number")
    return number


def _whole(text: str) -> int:
    if not text.isdigit() or len(text) > 5:
        raise Misread(f"{text[:50]!r} is no number of days")
    return int(text)


def _row(node: Expression) -> Row | None:
    """One line for a condition without groups; None where no line says it."""
    if isinstance(node, tree.Asked):
        return Row(kind=_kind_of(node.what), name=node.name, operator="yes")
    if isinstance(node, tree.Not) and isinstance(node.of, tree.Asked):
        return Row(kind=_kind_of(node.of.what), name=node.of.name, operator="no")
    if not isinstance(node, tree.Compare):
        return None
    if isinstance(node.right, tree.Ago):
        return _row_of_time(node, node.right)
    if isinstance(node.left, tree.Measured):
        return _row_of_measure(node, node.left)
    if isinstance(node.left, tree.Asked) or isinstance(node.right, tree.Date):
        return None
    kind, name = _named(node.left)
    if kind not in KINDS or node.operator not in OPERATORS[kind]:
        return None
    if node.operator in ("contains", "starts with") and isinstance(node.right, tree.Literal):
        return Row(kind=kind, name=name, operator=node.operator, value=str(node.right.value))
    return Row(kind=kind, name=name, operator=node.operator, value=_written(node.right))


def _row_of_time(node: tree.Compare, ago: tree.Ago) -> Row | None:
    if ago.unit != "day" or node.operator not in ("<", ">"):
        return None
    operator, days = "recent" if node.operator == ">" else "long", str(ago.amount)
    if isinstance(node.left, tree.Measured) and node.left.function == "last":
        return Row(kind="last", name=node.left.event, operator=operator, days=days)
    kinds = {name: kind for kind, name in _TIMES.items()}
    if isinstance(node.left, tree.Field) and node.left.name in kinds:
        return Row(kind=kinds[node.left.name], operator=operator, days=days)
    return None


def _row_of_measure(node: tree.Compare, left: tree.Measured) -> Row | None:
    kinds = {"count": "did", "sum": "spent"}
    if left.function not in kinds or node.operator not in _NUMBERS or not isinstance(node.right, tree.Literal):
        return None
    days = str(left.days) if left.days else ""
    value = str(node.right.value)
    return Row(kind=kinds[left.function], name=left.event, of=left.of, operator=node.operator, value=value, days=days)


def _named(left: tree.Left) -> tuple[str, str]:
    if isinstance(left, tree.Trait):
        return "trait", left.name
    if isinstance(left, tree.Computed):
        return "computed", left.name
    return (left.name, "") if isinstance(left, tree.Field) else ("", "")


def _written(right: tree.Right | None) -> str:
    if isinstance(right, tree.Many):
        return ", ".join(_item(value) for value in right.values)
    return _quoted(right.value) if isinstance(right, tree.Literal) else ""


def _item(value: Plain) -> str:
    if isinstance(value, str) and not (_WORDS.fullmatch(value) and value not in ("true", "false")):
        return quote(value)
    return value if isinstance(value, str) else _quoted(value)


def _quoted(value: Plain) -> str:
    """Text that looks like something else stands in quotes."""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    looks_else = value in ("true", "false") or "," in value or value.strip() != value or value[:1] == '"'
    try:
        _number(value)
    except Misread:
        return f'"{value}"' if looks_else else value
    return f'"{value}"'


def _kind_of(what: str) -> str:
    return next(kind for kind, name in _YES_NO.items() if name == what)
