"""Checks a tree as both forms give it: that what is compared can be compared, and that it stays within its bounds."""

from collections.abc import Iterator

from hark.conditions import tree
from hark.conditions.tree import Misread, Node
from hark.kit.clock import instant
from hark.kit.text import clean

MOST_NUMBER = 1e15
LONGEST_AGO = 36_525 * 86_400_000
_ORDERED = ("<", "<=", ">", ">=")
_NUMBERS = ("count", "sum", "min", "max", "average", "unique")


def check(expression: Node) -> None:
    """Misread where the tree makes no sense."""
    nodes = list(walk(expression))
    if len(nodes) > tree.MOST_NODES:
        raise Misread(f"a condition may have {tree.MOST_NODES} parts; this has {len(nodes)}")
    for node in nodes:
        _check_words(node)
        if isinstance(node, tree.Measured):
            _check_measured(node)
        elif isinstance(node, tree.Compare):
            _check_compare(node)
        elif isinstance(node, tree.About):
            _check_about(node)
        elif isinstance(node, tree.Date) and instant(node.text) is None:
            raise Misread(f'{node.text!r} is no day; write it as date("2026-05-31")')
        elif isinstance(node, tree.All | tree.Some) and not node.of:
            raise Misread("a group needs at least one condition")


def walk(node: Node) -> Iterator[Node]:
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, tree.All | tree.Some):
            waiting.extend(one.of)
        elif isinstance(one, tree.Not):
            waiting.append(one.of)
        elif isinstance(one, tree.Compare):
            waiting.append(one.left)
            if one.right is not None:
                waiting.append(one.right)


def type_of(node: Node) -> str:
    """number | text | time | truth | any"""
    if isinstance(node, tree.Measured):
        if node.function in _NUMBERS:
            return "number"
        if node.function == "most_frequent":
            return "text"
        return "any" if node.of else "time"
    if isinstance(node, tree.Field):
        return "time" if node.name in tree.TIMES else "text"
    if isinstance(node, tree.Ago | tree.Date):
        return "time"
    if isinstance(node, tree.Literal):
        return _type_of_value(node.value)
    return "any" if isinstance(node, tree.Trait | tree.Computed | tree.About) else "truth"


def _check_words(node: Node) -> None:
    """Texts that a database can hold, and numbers that somebody can have meant."""
    stated: tuple[tree.Plain, ...] = ()
    if isinstance(node, tree.Literal):
        stated = (node.value,)
    elif isinstance(node, tree.Many):
        stated = node.values
    texts = [getattr(node, name) for name in ("name", "event", "text") if hasattr(node, name)]
    if isinstance(node, tree.Measured):
        texts.append(node.of)
    for value in (*stated, *texts):
        if isinstance(value, str) and (len(value) > 2000 or clean(value) != value):
            raise Misread("a text may have 2,000 characters, and none that cannot be written down")
        if isinstance(value, int | float) and not abs(value) < MOST_NUMBER:
            raise Misread("a number may have 15 digits")
    if isinstance(node, tree.Ago) and not 0 <= node.ms <= LONGEST_AGO:
        raise Misread("a time may lie a hundred years ago")


def _check_measured(node: tree.Measured) -> None:
    if not node.event:
        raise Misread(f"{node.function}(…) needs the name of an event")
    if node.function not in ("count", "first", "last") and not node.of:
        raise Misread(f'{node.function}(…) needs a property: {node.function}("{node.event}".name)')
    if node.function == "count" and node.of:
        raise Misread(f'count(…) counts events; write count("{node.event}"), or unique(…) for different values')
    if node.function in ("first", "last") and node.days and not node.of:
        raise Misread(f'{node.function}("{node.event}") is a time; compare it, as in > {node.days} days ago')
    if not 0 <= node.days <= tree.LONGEST_WINDOW:
        raise Misread(f"a window may have 1 to {tree.LONGEST_WINDOW} days")


def _check_about(node: tree.About) -> None:
    names = tree.ABOUT[node.what]
    if names and node.name not in names:
        raise Misread(f"a {node.what} has no {node.name!r}; ask for one of {', '.join(names)}")


def _check_compare(node: tree.Compare) -> None:
    left, right, operator = type_of(node.left), node.right, node.operator
    if operator in ("is set", "is not set"):
        if right is not None:
            raise Misread(f'"{operator}" takes nothing on its right')
        return
    if right is None or isinstance(right, tree.Many) != (operator in ("in", "not in")):
        raise Misread(f'"{operator}" needs {"a list" if operator.endswith("in") else "a value"} on its right')
    values = right.values if isinstance(right, tree.Many) else ()
    for kind in {_type_of_value(value) for value in values} or {type_of(right)}:
        _check_types(node, left, kind)
    if operator in ("contains", "starts with") and (left not in ("any", "text") or type_of(right) != "text"):
        raise Misread(f'"{operator}" looks into a text')


def _check_types(node: tree.Compare, left: str, right: str) -> None:
    if right == "nothing":
        raise Misread('compare with "is set" or "is not set" instead of null')
    if left != right and (left != "any" or right == "time"):
        more = "; a time is compared with 30 days ago or date(…)" if "time" in (left, right) else ""
        raise Misread(f"cannot compare a {_word(left)} with a {_word(right)}{more}")
    if right == "truth" and node.operator in _ORDERED:
        raise Misread("true and false have no order")


def _word(kind: str) -> str:
    return {"truth": "yes or no", "any": "value"}.get(kind, kind)


def _type_of_value(value: tree.Plain) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    return "nothing" if value is None else "text"
