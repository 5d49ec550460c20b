"""An answer goes out by SMTP: to the checked address of the server, signed in, once; its errors say what to do.

A mail cannot be asked for by a key, so what was cut off between sending and the server's answer is shown to a person. Its
Message-ID is the same each time, so that most mailboxes show a second copy only once.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from hark.kit.clock import now
from hark.plugin import Abilities, Http, Identity, Misconfigured, Outgoing, Receipt, Rejected, Retry
from hark.plugins.email.compose import compose, message_id
from hark.plugins.email.config import Config
from hark.plugins.email.mailbox import trust

CHANNEL = "email"
REACHES = ("email",)
REPEATABLE = False
ABILITIES = Abilities(html=True, subject=True, files=18_000_000)
PATIENCE = 60.0  # seconds for one step of the conversation with the server


def send(message: Outgoing, to: Identity, config: Config, http: Http) -> Receipt:
    if not config.smtp_host:
        raise Misconfigured("smtp_host", "this mailbox only receives: name its outgoing server")
    mail = compose(message, to, config, now())
    content = _signed(mail.as_bytes(), config)
    recipient = str(mail["To"])
    # Automatic mail has no return path: a bounce of it would be one more machine's answer (RFC 3834).
    sender = "" if message.automatic else str(mail["From"].addresses[0].addr_spec)
    with _server(config, http) as server:
        options = ["SMTPUTF8"] if not recipient.isascii() and server.has_extn("smtputf8") else []
        refused = server.sendmail(sender, [recipient], content, mail_options=options)
    if refused:
        raise _refusal(next(iter(refused.values())))
    return Receipt(external_id=message_id(message.token, config))


def greet(config: Config, http: Http) -> str:
    with _server(config, http) as server:
        server.noop()
    return f"{config.smtp_host} takes mail"


@contextmanager
def _server(config: Config, http: Http) -> Iterator[smtplib.SMTP]:
    """A server that let us in. What it says later becomes Retry, Rejected or Misconfigured."""
    try:
        server = _connected(config, http)
        try:
            _sign_in(server, config)
            yield server
        finally:
            server.close()
    except smtplib.SMTPAuthenticationError as error:
        raise Misconfigured("password", f"{config.smtp_host} does not let us in: {_said(error.smtp_error)}") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(next(iter(error.recipients.values()))) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal((error.smtp_code, error.smtp_error)) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Misconfigured("smtp_encryption", str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured("smtp_host", f"its certificate does not fit: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise Misconfigured("smtp_encryption", f"no encryption came about: {error.reason or error}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Retry(f"{config.smtp_host} cannot be reached: {error}") from None


class _Smtp(smtplib.SMTP):
    """Connects to the checked address and keeps the name, which the certificate must bear."""

    def __init__(self, config: Config, address: str) -> None:
        self._config, self._address = config, address
        super().__init__(timeout=PATIENCE, local_hostname=config.address.rpartition("@")[2] or None)
        self._host = config.smtp_host  # starttls() checks the certificate against it

    def _get_socket(self, host: str, port: int, timeout: float) -> "ssl.SSLSocket":
        plain = super()._get_socket(self._address, port, timeout)  # type: ignore[misc]
        if self._config.smtp_encryption != "tls":
            return plain  # type: ignore[no-any-return]
        return trust(self._config.smtp_host).wrap_socket(plain, server_hostname=self._config.smtp_host)


def _connected(config: Config, http: Http) -> smtplib.SMTP:
    server = _Smtp(config, http.address(config.smtp_host, config.smtp_port))
    server.connect(config.smtp_host, config.smtp_port)
    server._host = config.smtp_host
    server.ehlo_or_helo_if_needed()
    if config.smtp_encryption == "starttls":
        server.starttls(context=trust(config.smtp_host))
        server.ehlo()
    return server


def _sign_in(server: smtplib.SMTP, config: Config) -> None:
    user = config.smtp_user or config.user or config.address
    if config.oauth_token:
        token = f"user={user}\1auth=Bearer {config.oauth_token}\1\1"
        server.auth("XOAUTH2", lambda challenge=None: token if challenge is None else "")
    elif password := config.smtp_password or config.password:
        if not server.has_extn("auth"):
            return  # a relay that knows us by our address
        server.login(user, password)


def _signed(content: bytes, config: Config) -> bytes:
    """With a DKIM signature of ours in front, where we are to sign."""
    if not config.dkim_selector or not config.dkim_key:
        return content
    import dkim  # only who signs needs it loaded

    domain = config.address.rpartition("@")[2]
    try:
        kind = b"ed25519-sha256" if "RSA" not in config.dkim_key and len(config.dkim_key) < 200 else b"rsa-sha256"
        signature = dkim.sign(
            content,
            config.dkim_selector.encode(),
            domain.encode("idna"),
            config.dkim_key.encode(),
            signature_algorithm=kind,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"],
        )
    except (dkim.DKIMException, ValueError, UnicodeError) as error:
        raise Misconfigured("dkim_key", f"it does not sign: {error}") from None
    return bytes(signature) + content


def _refusal(answer: tuple[int, bytes | str]) -> Exception:
    """4xx: later. 5xx: this mail or this address never. What speaks of ourselves is a setting."""
    code, said = answer
    text = f"{code} {_said(said)}"
    if code in (530, 535, 538):
        return Misconfigured("password", text)
    if code < 500:
        return Retry(text)
    return Rejected(text)


def _said(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:500]
