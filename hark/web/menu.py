"""The menu of the desk. An entry is shown to those who may open it, and only once its screen is there."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from hark.web.rights import Right, Role, may


class Entry(Struct, frozen=True, kw_only=True):
    """One line of the menu. `title` is the English text that gettext translates; `keys` go there from the keyboard."""

    path: str
    title: str
    icon: str
    right: Right
    group: str = ""
    keys: str = ""
    also: tuple[str, ...] = ()  # further paths that belong to this entry


class Shown(Struct, frozen=True, kw_only=True):
    entry: Entry
    here: bool


class Menu:
    def __init__(self, entries: Iterable[Entry] = (), paths: Iterable[str] | None = None) -> None:
        known = None if paths is None else set(paths)
        self._entries = [entry for entry in entries if known is None or entry.path in known]

    def entries(self, role: Role | None, path: str) -> Sequence[tuple[str, list[Shown]]]:
        """Groups in their order, each with the entries that this role may open."""
        groups: dict[str, list[Shown]] = {}
        for entry in self._entries:
            if may(role, entry.right):
                groups.setdefault(entry.group, []).append(Shown(entry=entry, here=_inside(path, entry)))
        return list(groups.items())


def _inside(path: str, entry: Entry) -> bool:
    roots = (entry.path, *entry.also)
    return any(path == root or (root != "/" and path.startswith(root + "/")) for root in roots)
