"""Seals a push for one browser and hands it to the push service of that browser's maker."""

import base64
import binascii
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher

from hark.kit.clock import Clock
from hark.plugin import Answer, Http, Push, Receipt, Rejected, Retry, Subscription

MOST = 3993  # bytes of a message: sealed it is 4,096, which every push service takes (RFC 8291, 4)
SIGNED_FOR = timedelta(hours=12)  # RFC 8292 allows a day; clocks go wrong
LONGEST = 2048  # letters of an endpoint
ON_THE_SPOT = ("localhost", "127.0.0.1")  # browsers call these safe without TLS; the guard lets them only where allowed


def new_key() -> str:
    """A key pair of P-256 as PKCS#8 in base64url: made once, a browser's subscription is bound to it."""
    key = ec.generate_private_key(ec.SECP256R1())
    sealed = serialization.NoEncryption()
    return _encode(key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, sealed))


def public_key(key: str) -> str:
    """What a page hands to `pushManager.subscribe` as applicationServerKey."""
    point = serialization.PublicFormat.UncompressedPoint
    return _encode(_vapid(key).public_key.public_bytes(serialization.Encoding.X962, point))


def read(given: dict[str, Any]) -> Subscription:
    """PushSubscription.toJSON(), checked: what is stored can be sealed for and has the address of a service."""
    keys = given.get("keys")
    endpoint = given.get("endpoint")
    if not isinstance(endpoint, str) or not isinstance(keys, dict):
        raise Rejected("this is no subscription: it needs `endpoint` and `keys`")
    _check_endpoint(endpoint)
    public, secret = _decode(keys.get("p256dh")), _decode(keys.get("auth"))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError:
        raise Rejected("`p256dh` is no point of the curve P-256") from None
    if len(public) != 65 or len(secret) != 16:
        raise Rejected("`p256dh` must have 65 bytes and `auth` 16")
    return Subscription(endpoint=endpoint, p256dh=_encode(public), auth=_encode(secret))


def push(message: Push, to: Subscription, key: str, contact: str, http: Http, clock: Clock) -> Receipt:
    """Rejected with status 410: the subscription has ended. `contact` (mailto: or https:) is whom the service may ask."""
    keys = {"p256dh": to.p256dh, "auth": to.auth}
    sealed = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(written(message))["body"]
    service = urlsplit(to.endpoint)
    claims = {
        "aud": f"{service.scheme}://{service.netloc}",
        "exp": int((clock() + SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    headers = {
        **_vapid(key).sign(claims),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(message.lasts),
        "urgency": message.urgency,
    }
    if message.topic:
        headers["topic"] = topic(message.topic)
    return _read_answer(http.post(to.endpoint, body=bytes(sealed), headers=headers))


def written(message: Push) -> bytes:
    """The message as the declarative form of web push, which Safari shows by itself; our service worker reads the same.
    The text is cut until the whole fits."""
    text = message.text
    while True:
        notification = {
            "title": message.title[:200],
            "body": text,
            "navigate": message.link,
            "tag": topic(message.topic or str(message.key)),
            "lang": message.language,
        }
        body = msgspec.json.encode({"web_push": 8030, "notification": notification, "key": str(message.key)})
        if len(body) <= MOST:
            return body
        if not text:
            raise Rejected(f"the message has {len(body)} bytes without its text; {MOST} fit", status=413)
        text = text[: min(len(text) - 2, int(len(text) * MOST / len(body)))].rstrip() + "…" if len(text) > 2 else ""


def topic(name: str) -> str:
    """At most 32 letters of base64url (RFC 8030, 5.4), which tell the service nothing."""
    return _encode(blake2b(name.encode(), digest_size=24).digest())


def _read_answer(answer: Answer) -> Receipt:
    said = f"the push service answered {answer.status}"
    if answer.status in (404, 410):
        raise Rejected(f"{said}: this browser wants nothing more", status=410)
    if answer.status == 413:
        raise Rejected(f"{said}: the message is too large for it", status=413)
    if answer.status in (400, 401, 403):
        excerpt = answer.body[:200].decode("utf-8", "replace").strip()
        raise Rejected(f"{said} {excerpt}".strip(), status=answer.status)
    if answer.status in (301, 302, 303, 307, 308):
        raise Rejected(f"{said}: redirects are not followed", status=answer.status)
    if answer.status == 429 and "retry-after" not in answer.headers:
        raise Retry(said, after=60)
    answer.succeeded()
    return Receipt(external_id=answer.headers.get("location"), state="sent")


def _check_endpoint(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        raise Rejected("`endpoint` is no address") from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ON_THE_SPOT)
    if not safe or not parts.hostname or parts.username or len(endpoint) > LONGEST or not endpoint.isascii():
        raise Rejected("`endpoint` must be an https:// address of at most 2,048 letters")


def _vapid(key: str) -> Vapid02:
    return Vapid02.from_der(key.encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 1000:
        raise Rejected("the keys of the subscription must be text in base64url")
    try:
        return base64.urlsafe_b64decode(
            text.replace("+", "-").replace("/", "_").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        )
    except (binascii.Error, ValueError):
        raise Rejected("the keys of the subscription must be text in base64url") from None
