"""What a push service and a browser receive, read with http_ece and py_vapid as they would read it."""

import base64
import os
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import http_ece
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from py_vapid import Vapid02

from hark.plugin import Push, Receipt, Rejected, Retry, Subscription
from hark.plugins.web_push.push import MOST, new_key, public_key, push, read, topic, written
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.web_push")

KEY = new_key()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Answered(msgspec.Struct):
    status: int
    headers: dict[str, str] = {}
    body: bytes = b""

    def succeeded(self) -> "Answered":
        if not 200 <= self.status < 300:
            raise Retry("busy", after=float(self.headers.get("retry-after", 0)) or None)
        return self


class Service:
    """A push service that answers what it is told to and keeps what it got."""

    def __init__(self, status: int = 201, **headers: str) -> None:
        self.answer = Answered(status, headers)
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    def post(self, url: str, *, body: bytes, headers: Any = None) -> Answered:
        self.got.append((url, dict(headers), body))
        return self.answer


class Phone:
    """A browser with the keys of one subscription."""

    def __init__(self) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.gives = {
            "endpoint": "https://push.example/send/abc?x=1",
            "expirationTime": None,
            "keys": {"p256dh": _encode(point), "auth": _encode(self.secret)},
        }

    def subscription(self) -> Subscription:
        return read(self.gives)

    def opens(self, sealed: bytes) -> Any:
        return msgspec.json.decode(http_ece.decrypt(sealed, private_key=self.key, auth_secret=self.secret))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _send(service: Any, phone: Phone, **fields: Any) -> Receipt:
    message = Push(key=uuid4(), title="Natalie Moreau", **fields)
    return push(message, phone.subscription(), KEY, "https://hark.example", service, lambda: NOW)


def test_the_browser_alone_can_open_it() -> None:
    service, phone, other = Service(location="/m/1"), Phone(), Phone()

    receipt = _send(service, phone, text="Die W-17 piept", link="https://hark.example/phone", topic="c-1")

    assert receipt.external_id == "/m/1"
    assert phone.opens(service.got[0][2])["notification"]["body"] == "Die W-17 piept"
    with pytest.raises(http_ece.ECEException):
        other.opens(service.got[0][2])


def test_the_service_sees_who_signed_for_whom_and_until_when() -> None:
    service, phone = Service(), Phone()
    _send(service, phone, topic="c-1", urgency="high", lasts=90)
    url, headers, _ = service.got[0]

    assert url == phone.gives["endpoint"]
    assert Vapid02.verify(headers["Authorization"])
    token, public = headers["Authorization"].removeprefix("vapid t=").split(",k=")
    part = token.split(".")[1]
    assert public == public_key(KEY)
    assert msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) == {
        "aud": "https://push.example",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "https://hark.example",
    }
    assert (headers["ttl"], headers["urgency"], headers["content-encoding"]) == ("90", "high", "aes128gcm")
    assert headers["topic"] == topic("c-1")
    assert len(headers["topic"]) == 32


@given(text=st.text(max_size=9000), title=st.text(max_size=400))
def test_any_text_fits(text: str, title: str) -> None:
    message = Push(
        key=uuid4(), title=title.encode("utf-8", "replace").decode(), text=text.encode("utf-8", "replace").decode()
    )

    assert len(written(message)) <= MOST


def test_the_largest_message_is_4096_bytes_on_the_wire() -> None:
    service, phone = Service(), Phone()

    _send(service, phone, text="x" * 10_000)

    assert 4090 <= len(service.got[0][2]) <= 4096


@pytest.mark.parametrize(("status", "said"), [(404, 410), (410, 410), (413, 413), (400, 400), (403, 403), (307, 307)])
def test_what_a_service_refuses_for_good(status: int, said: int) -> None:
    with pytest.raises(Rejected) as refused:
        _send(Service(status), Phone())

    assert refused.value.status == said


@pytest.mark.parametrize(("headers", "after"), [({"retry-after": "7"}, 7.0), ({}, 60.0)])
def test_a_busy_service_says_when_to_come_back(headers: dict[str, str], after: float) -> None:
    service = Service(429)
    service.answer.headers = headers

    with pytest.raises(Retry) as busy:
        _send(service, Phone())

    assert busy.value.after == after


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "https://user:pass@push.example/1"},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": "https://push.example/" + "x" * 3000},
        {"endpoint": 5},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {"p256dh": _encode(b"\4" + b"\1" * 64), "auth": _encode(b"x" * 16)}},
        {"keys": {"p256dh": None, "auth": None}},
        {"keys": []},
    ],
)
def test_what_is_no_subscription_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        read({**Phone().gives, **changed})
