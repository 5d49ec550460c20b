"""What a form sent, read once: texts trimmed and bounded, nothing trusted."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.datastructures import UploadFile

from hark.kit.text import clean


class Form:
    """Values of one form. `errors` maps a field's name to what is wrong with it; a template shows it at the field."""

    def __init__(self, values: Mapping[str, Sequence[Any]]) -> None:
        self._values = values
        self.errors: dict[str, str] = {}

    def text(self, name: str, default: str = "", *, most: int = 500) -> str:
        value = next(iter(self._values.get(name, ())), None)
        return clean(value).strip()[:most] if isinstance(value, str) else default

    def texts(self, name: str, *, most: int = 500) -> list[str]:
        return [clean(value).strip()[:most] for value in self._values.get(name, ()) if isinstance(value, str)]

    def number(self, name: str, default: int | None = None) -> int | None:
        try:
            return int(self.text(name, most=20))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "on", "true", "yes")

    def file(self, name: str) -> UploadFile | None:
        value = next(iter(self._values.get(name, ())), None)
        return value if isinstance(value, UploadFile) and value.filename else None

    def files(self, name: str) -> list[UploadFile]:
        return [value for value in self._values.get(name, ()) if isinstance(value, UploadFile) and value.filename]

    def refuse(self, name: str, why: str) -> None:
        self.errors.setdefault(name, why)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def items(self) -> list[tuple[str, str]]:
        return [(name, self.text(name)) for name in self._values]
