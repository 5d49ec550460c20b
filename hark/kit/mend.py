"""JSON as clients really write it: half characters, NaN and bytes that are no UTF-8 are mended, all else is refused."""

import json
from typing import Any, TypeVar

import msgspec

from hark.kit.text import clean_json

T = TypeVar("T")
MOST = 1_000_000  # bytes that are mended: it takes 0.1 s, and anybody may send us such a body
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode, and where that fails mend and decode again. ValueError says what is wrong."""
    try:
        return decoder.decode(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except _FAULTS as error:
        first = str(error)
    if len(body := bytes(body)) > MOST:
        raise ValueError(first)
    try:
        return decoder.decode(_mended(body))
    except (ValueError, *_FAULTS):
        raise ValueError(first) from None


def loose(body: bytes) -> Any:
    """The value of a JSON text with a client's usual slips, safe to store. ValueError where it is no JSON."""
    try:
        return clean_json(_read(body))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _mended(body: bytes) -> bytes:
    """The same text without its slips, by C from end to end."""
    return json.dumps(_read(body), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _read(body: bytes) -> Any:
    return json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None, strict=False)
