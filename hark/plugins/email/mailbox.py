"""One IMAP mailbox: signed in over the checked address of its server, read without changing anything in it.

The client is imapclient: its parser of FETCH answers copes with the servers of the field, it speaks IDLE, and it is plain
blocking code, which runs in a thread of its own per mailbox.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any

import imapclient
from imapclient.exceptions import IMAPClientError, LoginError
from msgspec import Struct

from hark.plugin import Http, Misconfigured, Retry
from hark.plugins.email.config import Config
from hark.plugins.email.headers import MOST_BYTES

PATIENCE = 60.0  # seconds until a silent server counts as gone
TOGETHER = 200  # sizes that are asked for at once


class Letter(Struct, frozen=True):
    """A mail as it lies on the server. `size` is set where it is larger than is fetched: `body` is then its headers."""

    uid: int
    body: bytes
    arrived: datetime | None = None
    size: int | None = None


class Mailbox:
    """A session that is signed in. `select` opens a folder; every other call speaks of that one."""

    def __init__(self, config: Config, client: imapclient.IMAPClient) -> None:
        self._config = config
        self._client = client
        self.idles = client.has_capability("IDLE")

    def select(self, folder: str) -> int:
        """Open it for reading only; the UIDVALIDITY. Misconfigured where there is none of that name."""
        try:
            answer = self._client.select_folder(folder, readonly=True)
        except IMAPClientError as error:
            raise Misconfigured("folders", f"{folder} cannot be opened: {error}") from None
        return int(answer[b"UIDVALIDITY"])

    def uids(self, above: int = 0, since: date | None = None) -> list[int]:
        """All that lie there now, in their order. A server answers `5:*` with the last one also where it is below 5."""
        criteria: list[Any] = ["UID", f"{above + 1}:*"]
        if since is not None:
            criteria += ["SINCE", since]
        return sorted(uid for uid in self._client.search(criteria) if uid > above)

    def fetch(self, uids: Sequence[int]) -> Iterator[Letter]:
        """One after the other, so that never more than one is held; what was deleted meanwhile is left out."""
        for start in range(0, len(uids), TOGETHER):
            sizes = self._client.fetch(uids[start : start + TOGETHER], ["RFC822.SIZE", "INTERNALDATE"])
            for uid in uids[start : start + TOGETHER]:
                if uid in sizes and (letter := self._letter(uid, sizes[uid])) is not None:
                    yield letter

    def _letter(self, uid: int, told: dict[bytes, Any]) -> Letter | None:
        size, arrived = int(told.get(b"RFC822.SIZE", 0)), _utc(told.get(b"INTERNALDATE"))
        large = size > self._config.largest
        wanted = f"BODY.PEEK[HEADER]<0.{MOST_BYTES}>" if large else "BODY.PEEK[]"
        found = self._client.fetch([uid], [wanted]).get(uid, {})
        body = next((value for name, value in found.items() if name.startswith(b"BODY[") and value is not None), None)
        return None if body is None else Letter(uid, bytes(body), arrived, size if large else None)

    def wait(self, seconds: float) -> None:
        """Until the server says that something changed, or the time is over."""
        self._client.idle()
        try:
            self._client.idle_check(timeout=seconds)
        finally:
            self._client.idle_done()

    def close(self) -> None:
        try:
            self._client.logout()
        except (imaplib.IMAP4.error, OSError, ValueError):
            self.cut()

    def cut(self) -> None:
        """From another thread: whoever waits for the server is woken by the broken connection."""
        with suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)


def connect(config: Config, http: Http) -> Mailbox:
    """Sign in. Misconfigured where a setting is wrong; Retry where the server is away."""
    with speaking(config):
        client = _Client(config, http.address(config.imap_host, config.imap_port))
        if config.imap_encryption == "starttls":
            client.starttls(trust(config.imap_host))
        user = config.user or config.address
        try:
            if config.oauth_token:
                client.oauth2_login(user, config.oauth_token)
            else:
                client.login(user, config.password)
        except LoginError as error:
            client.shutdown()
            raise Misconfigured("password", f"{config.imap_host} does not let us in: {error}") from None
        return Mailbox(config, client)


def look(config: Config, http: Http) -> str:
    """What lies in the folders, for the test of the connection."""
    mailbox = connect(config, http)
    try:
        with speaking(config):
            counts = []
            for folder in folders(config):
                mailbox.select(folder)
                counts.append(f"{folder} holds {len(mailbox.uids()):,} mails")
            return f"{config.imap_host}: {', '.join(counts)}{'' if mailbox.idles else ', asked once a minute'}"
    finally:
        mailbox.close()


def folders(config: Config) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in config.folders.split(",") if name.strip())) or ["INBOX"]


def trust(host: str) -> ssl.SSLContext:
    """TLS with the system's certificates. `host` is what the certificate must bear."""
    return ssl.create_default_context()


@contextmanager
def speaking(config: Config) -> Iterator[None]:
    """What goes wrong with the server inside becomes Retry or Misconfigured."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Misconfigured("imap_host", f"its certificate does not fit: {error.verify_message}") from None
    except ssl.SSLError as error:
        raise Misconfigured("imap_encryption", f"no encryption came about: {error.reason or error}") from None
    except (imaplib.IMAP4.error, OSError) as error:
        raise Retry(f"{config.imap_host} cannot be reached: {_shown(error)}") from None


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    """Connects to the checked address and keeps the name, which the certificate must bear."""

    def __init__(self, config: Config, address: str) -> None:
        self._settings, self._address = config, address
        super().__init__(
            config.imap_host, config.imap_port, ssl=config.imap_encryption == "tls", use_uid=True, timeout=PATIENCE
        )
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return _Connection(self._settings, self._address)


class _Connection(imaplib.IMAP4):
    def __init__(self, config: Config, address: str) -> None:
        self._settings, self._address = config, address
        super().__init__(config.imap_host, config.imap_port)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, self._settings.imap_port), timeout or PATIENCE)
        if self._settings.imap_encryption != "tls":
            return plain
        return trust(self._settings.imap_host).wrap_socket(plain, server_hostname=self._settings.imap_host)


def _utc(value: object) -> datetime | None:
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _shown(error: Exception) -> str:
    return re.sub(r"\s+", " ", str(error))[:300] or type(error).__name__
