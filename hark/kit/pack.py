"""What we remember, packed small. Numbers beyond 64 bits, which JSON knows and MessagePack does not, become floats."""

from typing import Any

import msgspec

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_LEAST, _MOST = -(2**63), 2**64 - 1


def pack(value: Any) -> bytes:
    try:
        return _encode(value)
    except OverflowError:
        return _encode(_narrow(msgspec.to_builtins(value)))


def _narrow(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _narrow(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_narrow(item) for item in value]
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        try:
            return float(value)
        except OverflowError:
            return None
    return value
