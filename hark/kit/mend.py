"""JSON as clients really write it: half characters, NaN and bytes that are no UTF-8 are mended, all else is refused."""

import json
from typing import Any, TypeVar

import msgspec

from hark.kit.text import clean_json

T = TypeVar("T")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode, and where that fails mend and decode again. ValueError says what is wrong."""
    try:
        return decoder.decode(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except _FAULTS as error:
        first = str(error)
    try:
        return decoder.decode(msgspec.json.encode(loose(bytes(body))))
    except (ValueError, *_FAULTS):
        raise ValueError(first) from None


def loose(body: bytes) -> Any:
    """The value of a JSON text with a client's usual slips, safe to store. ValueError where it is no JSON."""
    try:
        return clean_json(json.loads(body.decode("utf-8-sig", "replace"), parse_constant=lambda _: None, strict=False))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
