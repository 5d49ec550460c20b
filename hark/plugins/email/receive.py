"""A recorded mail as the event that it is: a message, or the news that one of ours could not be delivered. Pure."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hark.kit.clock import instant
from hark.kit.ids import event_id
from hark.plugin import Event, Identity, Raw, Refused
from hark.plugins.email.automatic import is_machine
from hark.plugins.email.door import ROUTES, admit, answer, write_key
from hark.plugins.email.headers import Address, aliases, split
from hark.plugins.email.parse import MOST_WHOLE, Limits, Mail, cut, emergency, parse, tokens_of

__all__ = ["ROUTES", "admit", "answer", "receive", "write_key"]

log = logging.getLogger(__name__)
JUST_NOW = timedelta(seconds=5)
LARGEST = 900_000  # bytes of an event as JSON; the loader takes 1,000,000 by default


def receive(raw: Raw, settings: dict[str, Any]) -> Iterable[Event | Refused]:
    """One mail gives one event. What is too large to be fetched, or breaks our own reader, gives both an event that
    shows it in the thread and a refusal that shows why."""
    limits = _limits(settings)
    size = raw.request.headers.get("x-mail-size")
    if size is not None and size.isdecimal():
        mail = _unfetched(raw.request.body, limits)
        yield _message(
            mail, raw, note=f"This mail has {int(size):,} bytes, more than this mailbox takes. It stays on the server."
        )
        yield Refused(index=1, reason=f"a mail of {int(size):,} bytes was left on the server", item=_told(mail))
        return
    try:
        mail = parse(raw.request.body, limits)
    except Exception as error:
        log.exception("a mail cannot be read")
        mail = emergency(raw.request.body)
        yield _message(mail, raw, note="This mail could not be read. It is attached as it came.")
        yield Refused(
            index=1, reason=f"the mail could not be read: {type(error).__name__}: {error}"[:500], item=_told(mail)
        )
        return
    yield _delivery(mail, raw) if mail.bounce else _message(mail, raw)


def _limits(settings: dict[str, Any]) -> Limits:
    own = [settings.get("address", ""), *aliases(settings.get("aliases", ""))]
    return Limits(own=tuple(filter(None, own)), server=settings.get("authserv_id", ""))


def _unfetched(head: bytes, limits: Limits) -> Mail:
    """What the headers alone tell of a mail that was left on the server."""
    headers, _ = split(head)
    block = b"\n".join(
        f"{name}:".encode() + value.strip(b"\r\n") for name, value in headers.fields if "content-" not in name
    )
    return parse(block + b"\n\n", limits)


def _told(mail: Mail) -> dict[str, Any]:
    return {"from": mail.sender.value if mail.sender else None, "subject": mail.subject, "id": mail.external_id}


def _message(mail: Mail, raw: Raw, note: str = "") -> Event:
    properties: dict[str, Any] = {
        "text": note or mail.text,
        "subject": mail.subject,
        "from": _from(mail),
        "to": [_party(address) for address in mail.to[:100]],
        "thread": {"tokens": mail.tokens, "references": mail.references},
        "external_id": mail.external_id,
        "trust": mail.trust,
        "automatic": mail.automatic is not None,
        **_more(mail),
    }
    if not note and mail.whole.strip() != mail.text.strip():
        properties["whole"] = mail.whole
    if not note and mail.html:
        properties["html"] = mail.html
    return Event(
        id=event_id(raw.received_at, raw.source.id, mail.key),
        type="track",
        name="message.received",
        at=_at(mail, raw),
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=mail.key,
        identities=_identities(mail, raw),
        properties=_within(properties),
        channel="email",
        files=mail.files,
    )


def _more(mail: Mail) -> dict[str, Any]:
    """What is not in every mail is not in every event."""
    sent = mail.sent_at.isoformat() if mail.sent_at else ""
    found: dict[str, Any] = {
        "cc": [_party(address) for address in mail.cc[:100]],
        "reply_to": mail.reply_to.value if mail.reply_to else "",
        "why_automatic": mail.automatic or "",
        "authentication": {name: value for name, value in msgspec.to_builtins(mail.checked).items() if value},
        "signature": mail.signature,
        "forwarded": mail.forwarded,
        "list": mail.list_id,
        "language": mail.language,
        "sent_at": sent,
        "faults": mail.faults[:20],
    }
    return {name: value for name, value in found.items() if value}


def _from(mail: Mail) -> dict[str, str]:
    return _party(mail.sender) if mail.sender else {"kind": "email", "value": "", "name": ""}


def _party(address: Address) -> dict[str, str]:
    return {"kind": "email", "value": address.value, "name": address.name}


def _identities(mail: Mail, raw: Raw) -> tuple[Identity, ...]:
    """Whose mail it is. Nobody's where our server says that the sender is forged, where a machine speaks for itself, and
    where the mailbox writes to itself."""
    if mail.sender is None or mail.trust == "unverified" or is_machine(mail.sender.value):
        return ()
    own = {address.lower() for address in _limits(raw.source.settings).own}
    return () if mail.sender.value.lower() in own else (Identity("email", mail.sender.value),)


def _at(mail: Mail, raw: Raw) -> datetime:
    """When it came to the mailbox, by the server's clock: the sender's own may be years off."""
    told = raw.request.headers.get("x-mail-arrived")
    at = instant(told) if told else mail.sent_at
    # A server tells whole seconds; a mail that came just now must not stand above what it answers.
    return at if at and at < raw.received_at - JUST_NOW else raw.received_at


def _delivery(mail: Mail, raw: Raw) -> Event:
    """`permanent`: do not write to this address again. Where it is not, the server goes on trying."""
    bounce = mail.bounce
    assert bounce
    return Event(
        id=event_id(raw.received_at, raw.source.id, mail.key),
        type="track",
        name="message.delivery",
        at=_at(mail, raw),
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=mail.key,
        properties={
            "external_id": bounce.external_id,
            "state": "failed" if bounce.final else "sent",
            "detail": bounce.reason,
            "recipient": bounce.recipient,
            "status": bounce.status,
            "permanent": bounce.permanent,
            "thread": {
                "tokens": [*mail.tokens, *tokens_of([bounce.external_id or ""])],
                "references": [bounce.external_id] if bounce.external_id else [],
            },
            "text": cut(mail.text, 20_000),
        },
        channel="email",
    )


def _within(properties: dict[str, Any]) -> dict[str, Any]:
    """Small enough for the log: letters beyond ASCII take several bytes. What was written goes last."""
    for most in (MOST_WHOLE // 2, MOST_WHOLE // 4, MOST_WHOLE // 8):
        if len(msgspec.json.encode(properties)) <= LARGEST:
            return properties
        for name in ("html", "whole", "text"):
            if name in properties:
                properties[name] = cut(properties[name], most)
    return properties
