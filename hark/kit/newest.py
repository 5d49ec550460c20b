"""Facts that several sources state at different times: the newest stands, whatever order they arrive in."""

from typing import Any

# (value, at in ms since 1970, source, message id)
Said = tuple[Any, int, str, str]


def newest(said: dict[str, Said], name: str, value: Any, at: int, source: str, message: str) -> None:
    old = said.get(name)
    if old is None or old[1:] < (at, source, message):
        said[name] = (value, at, source, message)
