"""Text from outside made safe to store: PostgreSQL holds no NUL and UTF-8 holds no lone surrogate."""

from typing import Any

DEEPEST = 64


def clean(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text


def clean_json(value: Any, depth: int = 0) -> Any:
    """The same JSON value with every text clean; what is nested deeper than 64 is replaced by a mark."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        if depth >= DEEPEST:
            return "…"
        return {clean(str(key)): clean_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return ["…"] if depth >= DEEPEST else [clean_json(item, depth + 1) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
