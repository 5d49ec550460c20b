"""Whether a machine wrote a mail: then it is never answered by a machine, or two of them would write for ever.

RFC 3834 and what senders do beside it. The answer is a reason, so that people can see it.
"""

import re
from collections.abc import Collection

from hark.plugins.email.headers import Headers, addresses, ids

_MACHINES = re.compile(
    r"(mailer-daemon|postmaster|mail-daemon|mailerdaemon|bounces?"
    r"|no-?_?\.?reply|do-?not-?reply|nepasrepondre|noreply-.*|.*-noreply"
    r"|bounces?[+=-].*|prvs=.*|daemon|root|cron|nobody|www-data|listserv|majordomo)@.*",
    re.IGNORECASE,
)
_OUT = re.compile(
    r"^\W*(auto(matic|matische|matisk)?[ -]?(reply|response|antwort|svar)"
    r"|automatische antwort|automatisches antwort|out of (the )?office|ooo\b"
    r"|abwesenheits|réponse automatique|absence du bureau|risposta automatica|respuesta automática|resposta automática"
    r"|automatisch antwoord|autosvar|автоответ|自動応答|自动回复|自動回覆)",
    re.IGNORECASE,
)
_LISTS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "list-owner",
    "list-archive",
    "mailing-list",
    "x-mailing-list",
)


def why(headers: Headers, own: Collection[str]) -> str | None:
    """Why this was not written by a person; None where nothing says so. `own` are the addresses of this mailbox."""
    return (
        _declared(headers)
        or _list(headers)
        or _sender(headers, own)
        or ("it is a report" if headers.raw("content-type").lower().startswith("multipart/report") else None)
        or ("its subject says so" if _OUT.match(headers.text("subject")) else None)
    )


def is_machine(address: str) -> bool:
    """An address that no person reads."""
    return bool(_MACHINES.fullmatch(address[:300]))


def _declared(headers: Headers) -> str | None:
    """What the sender says outright."""
    submitted = headers.raw("auto-submitted").partition(";")[0].partition(" ")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted[:40]}"
    precedence = headers.raw("precedence").strip().lower()
    if precedence in ("bulk", "junk", "list", "auto_reply", "auto-reply"):
        return f"Precedence: {precedence}"
    suppressed = {word.strip().lower() for word in headers.raw("x-auto-response-suppress").split(",")} - {"", "none"}
    if suppressed:
        return "X-Auto-Response-Suppress"
    for name in (
        "x-loop",
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-failed-recipients",
        "x-auto-reply-from",
    ):
        if name in headers and headers.raw(name).lower() not in ("no", "false"):
            return name.title()
    return None


def _list(headers: Headers) -> str | None:
    return next((name.title() for name in _LISTS if name in headers), None)


def _sender(headers: Headers, own: Collection[str]) -> str | None:
    if "return-path" in headers and headers.raw("return-path").replace(" ", "") in ("<>", ""):
        return "an empty Return-Path"
    ours = {address.lower() for address in own}
    for address in addresses(headers.raw("from"))[:1] + addresses(headers.raw("sender"))[:1]:
        if address.value.lower() in ours:
            return "it comes from this mailbox"
        if is_machine(address.value):
            return f"it comes from {address.value[:100]}"
    domains = {address.rpartition("@")[2] for address in ours}
    if any(
        id.rpartition("@")[2].lower() in domains and id.startswith("hark.") for id in ids(headers.raw("message-id"))
    ):
        return "its id is one of ours"
    return None
