"""Finds somebody's values inside JSON: in a body, a refused row, the arguments of a job."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

# A short value ("1042") stands for a person only where it stands alone; a long one also inside a text.
TELLING = 8


class Traces:
    """The spellings of one person's identities."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self._written = frozenset(text for text in spellings if text)
        self.exact = frozenset(text.casefold() for text in self._written)
        self._inside = tuple(text for text in self.exact if len(text) >= TELLING or "@" in text)

    def within(self, value: Any) -> bool:
        if isinstance(value, str):
            text = value.casefold()
            return text in self.exact or any(part in text for part in self._inside)
        if isinstance(value, dict):
            return any(self.within(item) for pair in value.items() for item in pair)
        if isinstance(value, list | tuple):
            return any(self.within(item) for item in value)
        return isinstance(value, int | float) and not isinstance(value, bool) and str(value) in self.exact

    def needles(self) -> list[str]:
        """Texts to search for where JSON cannot be walked, in each form in which JSON and addresses may write them."""
        forms = {form for text in self.exact for form in (text, text.upper(), text.title(), text.capitalize())}
        forms |= self._written
        return sorted(forms | {_escaped(form) for form in forms} | {quote(form) for form in forms})


def _escaped(text: str) -> str:
    plain = msgspec.json.encode(text).decode()[1:-1]
    return "".join(sign if sign.isascii() else "".join(f"\\u{unit:04x}" for unit in _units(sign)) for sign in plain)


def _units(sign: str) -> list[int]:
    packed = sign.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(packed[n : n + 2], "big") for n in range(0, len(packed), 2)]
