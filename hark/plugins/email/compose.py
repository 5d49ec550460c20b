"""An answer as a mail: text and HTML, files, signature, what it answers, and whether a machine wrote it. Pure."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from hark.plugin import Attached, Identity, Misconfigured, Outgoing, Rejected
from hark.plugins.email.config import Config
from hark.plugins.email.headers import aliases

MOST_REFERENCES = 20
_URL = re.compile(r"https?://[^\s<>\"']{1,2000}")
_TAG = re.compile(r"\+[^@]*@")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_PREFIXED = re.compile(r"^\s*(re|aw|sv|antw|r|odp|vs)\s*:", re.IGNORECASE)
# A type that makes the library build a structure of its own, or that is none.
_PLAIN_TYPE = re.compile(r"(?!message/|multipart/)[\w.+-]{1,80}/[\w.+-]{1,80}")


def message_id(token: str, config: Config) -> str:
    """The name under which an answer comes back; always the same for the same message."""
    return f"hark.{token}@{config.address.rpartition('@')[2]}"


def compose(message: Outgoing, to: Identity, config: Config, now: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    _address(mail, message, to, config)
    mail["Subject"] = _subject(message)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id(message.token, config)}>"
    _thread(mail, message)
    if message.language:
        mail["Content-Language"] = _line(message.language)[:35]
    if message.automatic:
        mail["Auto-Submitted"] = "auto-replied" if message.references else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail["Precedence"] = "auto_reply"
    text = _with_signature(message.text, message, config)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(_html(message, config), subtype="html", cte="quoted-printable")
    for file in message.files:
        _attach(mail, file)
    return mail


def _address(mail: EmailMessage, message: Outgoing, to: Identity, config: Config) -> None:
    try:
        name = " ".join(filter(None, (_line(message.sender or ""), config.name and f"({_line(config.name)})")))
        name = _line(config.name) if not message.sender else name
        mail["From"] = Address(display_name=name, addr_spec=_ascii(sender_of(message, config)))
    except (ValueError, IndexError) as wrong:
        raise Misconfigured("address", f"{config.address} is no address: {wrong}") from None
    try:
        mail["To"] = Address(addr_spec=_ascii(to.value.strip()))
        if config.tagged:
            local, _, domain = sender_of(message, config).rpartition("@")
            mail["Reply-To"] = Address(addr_spec=f"{local}+{message.token}@{domain}")
    except (ValueError, IndexError):
        raise Rejected(f"{to.value[:200]} is no address that a mail can be sent to") from None


def sender_of(message: Outgoing, config: Config) -> str:
    """The address that the person wrote to, where it is one of this mailbox; a tag in it is not repeated."""
    own = {one.lower(): one for one in (config.address, *aliases(config.aliases))}
    written = (_TAG.sub("@", address.strip().lower()) for address in message.written_to)
    return next((own[one] for one in written if one in own), config.address)


def _ascii(address: str) -> str:
    """A domain of other letters in the spelling that every server knows."""
    local, _, domain = address.rpartition("@")
    if _CONTROL.search(address) or not local or not domain:
        raise ValueError("not one line with an @")
    return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def _subject(message: Outgoing) -> str:
    subject = _line(message.subject or "")[:900]
    if not message.references or _PREFIXED.match(subject):
        return subject or "Your message"
    return f"Re: {subject}".strip()


def _thread(mail: EmailMessage, message: Outgoing) -> None:
    """Ids that came from outside stand in a header here: only what can be one is written."""
    ids = [id for id in message.references if re.fullmatch(r"[^\s<>]{1,300}", id)][-MOST_REFERENCES:]
    if ids:
        mail["In-Reply-To"] = f"<{ids[-1]}>"
        mail["References"] = " ".join(f"<{id}>" for id in ids)


def _with_signature(text: str, message: Outgoing, config: Config) -> str:
    signature = _signature(message, config)
    return f"{text.rstrip()}\n\n-- \n{signature}\n" if signature else f"{text.rstrip()}\n"


def _signature(message: Outgoing, config: Config) -> str:
    return config.signature.replace("{name}", message.sender or config.name).strip()


def _html(message: Outgoing, config: Config) -> str:
    body = message.html or f"<p>{_linked(message.text.rstrip())}</p>"
    signature = _signature(message, config)
    below = f'<p style="color:#666">-- <br>{_linked(signature)}</p>' if signature else ""
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}{below}</body></html>\n'


def _linked(text: str) -> str:
    """Plain text as HTML, with its addresses to press on."""
    out, at = [], 0
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;:!?)")
        out += [escape(text[at : match.start()]), f'<a href="{escape(url)}">{escape(url)}</a>']
        at = match.start() + len(url)
    return "".join([*out, escape(text[at:])]).replace("\n\n", "</p><p>").replace("\n", "<br>\n")


def _attach(mail: EmailMessage, file: Attached) -> None:
    kind = file.media_type.lower() if _PLAIN_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    main, _, sub = kind.partition("/")
    name = _line(file.name) or "file"
    if file.inline and re.fullmatch(r"[^\s<>]{1,200}", file.inline):
        html = mail.get_body(("html",))
        assert html is not None
        html.add_related(file.body, maintype=main, subtype=sub, cid=f"<{file.inline}>", filename=name)
    else:
        mail.add_attachment(file.body, maintype=main, subtype=sub, filename=name)


def _line(text: str) -> str:
    """One line: a header of ours never ends where somebody else's text has a line break."""
    return " ".join(_CONTROL.sub(" ", text).split()).encode("utf-8", "replace").decode("utf-8")
