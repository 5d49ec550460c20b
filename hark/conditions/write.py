"""Writes a tree as text: the builder's rows as experts read them. parse(write(tree)) is the tree again."""

from hark.conditions import tree
from hark.conditions.tree import Node, Plain


def write(node: Node) -> str:
    return _write(node, 0)


def _write(node: Node, binding: int) -> str:
    if isinstance(node, tree.Some):
        return _group(" or ", node.of, 1, binding)
    if isinstance(node, tree.All):
        return _group(" and ", node.of, 2, binding)
    if isinstance(node, tree.Not):
        return f"not {_write(node.of, 3)}"
    if isinstance(node, tree.Compare):
        right = "" if node.right is None else f" {_write(node.right, 3)}"
        return f"{_write(node.left, 3)} {node.operator}{right}"
    if isinstance(node, tree.Measured):
        return _measured(node)
    if isinstance(node, tree.Asked):
        return f"{node.what}({quote(node.name)})"
    if isinstance(node, tree.Trait | tree.Computed):
        return f"{'traits' if isinstance(node, tree.Trait) else 'computed'}.{_name(node.name)}"
    if isinstance(node, tree.About):
        return f"{node.what}.{_name(node.name)}"
    if isinstance(node, tree.Field):
        return node.name
    return _right(node)


def _right(node: tree.Right) -> str:
    if isinstance(node, tree.Many):
        return "(" + ", ".join(map(_plain, node.values)) + ")"
    if isinstance(node, tree.Ago):
        return f"{node.amount} {node.unit}{'' if node.amount == 1 else 's'} ago"
    if isinstance(node, tree.Date):
        return f"date({quote(node.text)})"
    return _plain(node.value)


def _group(word: str, parts: tuple[Node, ...], own: int, binding: int) -> str:
    text = word.join(_write(part, own + (1 if isinstance(part, tree.All | tree.Some) else 0)) for part in parts)
    if len(parts) == 1:
        return _write(parts[0], binding)
    return f"({text})" if binding > own else text


def _measured(node: tree.Measured) -> str:
    of = f".{_name(node.of)}" if node.of else ""
    window = f", {node.days} day{'' if node.days == 1 else 's'}" if node.days else ""
    return f"{node.function}({quote(node.event)}{of}{window})"


def _plain(value: Plain) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:f}" if "e" in repr(value) else repr(value)
    return quote(value) if isinstance(value, str) else str(value)


def _name(name: str) -> str:
    return name if name.isidentifier() else quote(name)


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
