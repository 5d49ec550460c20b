"""The wire form of Standard Webhooks 1.0: https://github.com/standard-webhooks/standard-webhooks (spec). Pure."""

import base64
import binascii
import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from hark.plugin import Misconfigured

PREFIX = "whsec_"


class Secrets(Protocol):
    @property
    def secret(self) -> str: ...
    @property
    def old_secret(self) -> str: ...


def message(kind: str, at: datetime, data: Any) -> bytes:
    """The payload as the specification recommends it: what happened, when, and the thing itself."""
    return msgspec.json.encode({"type": kind, "timestamp": at, "data": data})


def headers(config: Secrets, number: str, at: datetime, body: bytes) -> dict[str, str]:
    """number is the same for every try of the same message; at is the moment of this try."""
    seconds = str(int(at.timestamp()))
    keys = [key(secret) for secret in (config.secret, config.old_secret) if secret]
    return {
        "content-type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(signature(one, number, seconds, body) for one in keys),
    }


def signature(secret: bytes, number: str, seconds: str, body: bytes) -> str:
    digest = hmac.new(secret, f"{number}.{seconds}.".encode() + body, sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def key(secret: str) -> bytes:
    """The bytes of a secret written as `whsec_` and base64."""
    text = secret.removeprefix(PREFIX)
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Misconfigured("secret", "it must be `whsec_` and base64, as Standard Webhooks writes it") from None
    if not found:
        raise Misconfigured("secret", "it is empty")
    return found
