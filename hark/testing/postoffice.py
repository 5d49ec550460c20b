"""A post office for tests: a real IMAP server (Dovecot) with mailboxes, and a real SMTP server that delivers into them.

    with postoffice() as office:
        office.put("help", b"From: …")            # a mail lies in the mailbox help@tidewell.example
        office.sent                                # what was handed in by SMTP, with its envelope
        config = office.settings("help")           # of the e-mail plug-in

Needs the program `dovecot` (Debian: dovecot-imapd); without it the tests are skipped, and with CI=true they fail.
"""

import imaplib
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct

DOMAIN = "tidewell.example"
PASSWORD = "post-horn-4711"
_MACHINE = re.compile(rb"^(auto-submitted|precedence|x-auto-response-suppress):[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
{accounts}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail/%n
mailbox_list_index = no
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={folder}/mail/%n
}}
"""


class Handed(Struct, frozen=True):
    """A mail as it was handed in: who sent it by the envelope (empty: nobody wants it back), to whom, and its bytes."""

    sender: str
    recipients: list[str]
    content: bytes


class Office:
    def __init__(self, folder: Path, imap: int, certificate: Path | None = None) -> None:
        self.folder = folder
        self.imap = imap
        self.sent: list[Handed] = []
        self.answers: dict[str, str] = {}  # what the server says to a recipient, such as "550 5.1.1 no such user"
        self.forgetful = False  # loses what says that a machine wrote a mail, as bad gateways do
        self.smtp = self.smtps = self.imaps = 0
        self.certificate = certificate
        self._dovecot: subprocess.Popen[bytes] | None = None

    def settings(self, box: str, domain: str = DOMAIN, **more: Any) -> dict[str, Any]:
        """The settings of a source whose mailbox this is. The office serves every domain below `tidewell.example` too."""
        servers = {"imap_host": "127.0.0.1", "imap_port": self.imap, "imap_encryption": "none"}
        servers |= {"smtp_host": "127.0.0.1", "smtp_port": self.smtp, "smtp_encryption": "none"}
        return {"address": f"{box}@{domain}", "password": PASSWORD, **servers, **more}

    @contextmanager
    def session(self, name: str) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=20)
        client.login(name, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def put(self, name: str, *mails: bytes, folder: str = "INBOX") -> None:
        with self.session(name) as client:
            for mail in mails:
                state, said = client.append(folder, "", "", mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
                assert state == "OK", said

    def renumber(self, name: str) -> None:
        """Dovecot forgets its numbers: a new UIDVALIDITY for the same mails."""
        for file in (self.folder / "mail" / name).glob("dovecot*"):
            file.unlink()
        time.sleep(1.1)  # the new number is a time in seconds

    def wait(self, true: Callable[[], Any], seconds: float = 20.0) -> Any:
        until = time.monotonic() + seconds
        while not (found := true()):
            assert time.monotonic() < until, "it did not come to pass"
            time.sleep(0.02)
        return found

    def start(self) -> None:
        me = pwd.getpwuid(os.geteuid()).pw_name
        values: dict[str, Any] = {"folder": self.folder, "port": self.imap, "password": PASSWORD}
        pem = f"<{self.certificate}"
        self.imaps = _free_port() if self.certificate else 0
        values |= {
            "tls_port": self.imaps,
            "tls": f"ssl = yes\nssl_cert = {pem}\nssl_key = {pem}" if self.imaps else "ssl = no",
        }
        if me == "root":  # Dovecot then insists on users of its own, and on mail that belongs to none of them
            values |= {"accounts": "", "chroot": "", "owner": "mail"}
            shutil.chown(self.folder, "mail")
        else:
            ours = f"default_internal_user = {me}\ndefault_internal_group = {me}\ndefault_login_user = {me}"
            values |= {"accounts": ours, "chroot": "chroot =", "owner": me}
        config = self.folder / "dovecot.conf"
        config.write_text(_CONFIG.format(**values))
        self._dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        self.wait(self._answers)

    def stop(self) -> None:
        if self._dovecot is not None:
            self._dovecot.terminate()
            self._dovecot.wait(20)
            self._dovecot = None

    def _answers(self) -> bool:
        try:
            imaplib.IMAP4("127.0.0.1", self.imap, timeout=5).logout()
            return True
        except (OSError, imaplib.IMAP4.error):
            return False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (answer := self.answers.get(address)) is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").removeprefix("<>")
        self.sent.append(Handed(sender, list(envelope.rcpt_tos), content))
        if self.forgetful:
            content = _MACHINE.sub(b"", content)
        for address in envelope.rcpt_tos:
            local, _, domain = address.partition("@")
            if domain == DOMAIN or domain.endswith(f".{DOMAIN}"):
                head = f"Delivered-To: {address}\r\n".encode()
                head += b"" if self.forgetful else f"Return-Path: <{sender}>\r\n".encode()
                await server.loop.run_in_executor(None, self.put, local.partition("+")[0], head + content)
        return "250 OK"


@contextmanager
def postoffice(certificate: Path | None = None) -> Iterator[Office]:
    """`certificate`: a PEM file with its key; both servers then speak TLS too, at once (imaps, smtps) and by STARTTLS."""
    if shutil.which("dovecot") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dovecot is not installed")
        pytest.skip("dovecot is not installed (Debian: dovecot-imapd)")
    with tempfile.TemporaryDirectory(prefix="hark-post-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        office = Office(folder, _free_port(), certificate)
        with ExitStack() as open_servers:
            office.smtp = open_servers.enter_context(_handing_in(office))
            if certificate:
                office.smtps = open_servers.enter_context(_handing_in(office, ssl_context=_tls(certificate)))
            open_servers.callback(office.stop)
            office.start()
            yield office


@contextmanager
def _handing_in(office: Office, **settings: Any) -> Iterator[int]:
    smtp = _Smtp(office, hostname="127.0.0.1", port=_free_port(), **settings)
    smtp.start()
    try:
        yield smtp.port
    finally:
        smtp.stop()


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


class _Smtp(Controller):
    def factory(self) -> SMTP:
        certificate = self.handler.certificate
        return SMTP(
            self.handler,
            tls_context=_tls(certificate) if certificate and not self.ssl_context else None,
            authenticator=_let_in,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
            data_size_limit=50_000_000,
        )


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
