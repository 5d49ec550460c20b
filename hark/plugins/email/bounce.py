"""Reports that a mail of ours could not be delivered (RFC 3464), also of servers that write them in prose."""

import re

from msgspec import Struct

from hark.plugins.email.automatic import is_machine
from hark.plugins.email.headers import Headers, addresses, ids, split
from hark.plugins.email.parts import Part, leaves

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ID = re.compile(rb"^message-id:[ \t\r\n]*<([^<>\s]{1,900})>", re.IGNORECASE | re.MULTILINE)
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_LOOKED = 200_000
_SUBJECT = re.compile(
    r"(undeliver|undelivered|delivery (status|failure|has failed)"
    r"|returned mail|mail delivery failed|failure notice|unzustellbar"
    r"|non remis|mancata consegna|no se pudo entregar|não entregue|onbestelbaar)",
    re.IGNORECASE,
)


class Bounce(Struct, frozen=True, kw_only=True):
    """`external_id` is the mail that was not delivered, where the report tells. `final`: the server gave up on it;
    `permanent`: nothing sent to this address ever arrives."""

    external_id: str | None
    recipient: str
    status: str
    reason: str
    final: bool
    permanent: bool


def read(root: Part, text: str) -> Bounce | None:
    """The bounce that this mail is; None where it is none, or says that all went well."""
    reports = [part for part in leaves(root) if part.media_type in _REPORTS]
    body = b"\n\n".join(part.body()[:_LOOKED] for part in reports[:20])
    return _of_report(root, body) if b"ction:" in body else _of_prose(root.headers, root, text)


def _of_report(root: Part, report: bytes) -> Bounce | None:
    """Blocks of fields: the first of the whole mail, then one for each recipient."""
    blocks = [split(block + b"\n")[0] for block in re.split(rb"\r?\n\r?\n", report[:_LOOKED])[:200]]
    failed = [block for block in blocks if block.raw("action").strip().lower() in ("failed", "delayed")]
    if not failed:
        return None
    worst = next((block for block in failed if block.raw("action").strip().lower() == "failed"), failed[0])
    said = _value(worst.text("diagnostic-code"))
    code = _STATUS.search(worst.raw("status")) or _STATUS.search(said)
    status = code.group() if code else ""
    action = worst.raw("action").strip().lower()
    return Bounce(
        external_id=_original(root),
        recipient=_value(worst.raw("final-recipient")) or _value(worst.raw("original-recipient")),
        status=status,
        reason=" ".join(f"{status} {said}".split())[:500] or action,
        final=action == "failed",
        permanent=action == "failed" and not status.startswith("4"),
    )


def _of_prose(headers: Headers, root: Part, text: str) -> Bounce | None:
    sender = addresses(headers.raw("from"))[:1]
    empty = "return-path" in headers and headers.raw("return-path").replace(" ", "") in ("<>", "")
    told = addresses(headers.raw("x-failed-recipients"))[:1]
    from_machine = bool(sender) and is_machine(sender[0].value) and not sender[0].value.lower().startswith(("no", "do"))
    if not told and not (_SUBJECT.search(headers.text("subject")) and (empty or from_machine)):
        return None
    code = _STATUS.search(text[:20_000]) or re.search(r"\b([45])\d\d\b", text[:20_000])
    lines = [line.strip() for line in text[:20_000].split("\n") if line.strip()]
    reason = next((line for line in lines if code and code.group() in line), lines[0] if lines else "not delivered")
    found = told or addresses(next((line for line in lines if re.match(r"<\S+@\S+>:?$", line)), ""))
    return Bounce(
        external_id=_original(root),
        recipient=found[0].value if found else "",
        status=code.group() if code else "",
        reason=reason[:500],
        final=not (code and code.group().startswith("4")),
        permanent=not (code and code.group().startswith("4")),
    )


def _original(root: Part) -> str | None:
    """The id of the mail that came back: in its own headers, which the report carries, or among what it refers to."""
    parts = list(leaves(root))
    for part in parts:
        if part.media_type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            found = ids(split(part.body()[:_LOOKED].lstrip())[0].raw("message-id"))
            if found:
                return found[0]
    for part in parts:
        if part.media_type.startswith("text/") and (told := _ID.search(part.body()[:_LOOKED])):
            return told[1].decode("utf-8", "replace")
    return next(iter(ids(root.headers.raw("in-reply-to")) + ids(root.headers.raw("references"))), None)


def _value(field: str) -> str:
    """`rfc822; ann@example.com` without the kind."""
    kind, semicolon, value = field.partition(";")
    return (value if semicolon else kind).strip().strip("<>")
