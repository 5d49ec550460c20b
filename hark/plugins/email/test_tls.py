"""Both servers are spoken to through TLS that is checked: real ones, with a certificate that the test made."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hark.plugin import Http, Identity, Misconfigured, Outgoing
from hark.plugins.email.config import Config
from hark.plugins.email.mailbox import connect, look
from hark.plugins.email.send import greet, send
from hark.testing.postoffice import Office, postoffice

HOST = "mail.tidewell.example"
WAYS = ["tls", "starttls"]


class Names:
    """Every name leads to this machine, as a name server would say."""

    def address(self, host: str, port: int) -> str:
        return "127.0.0.1"


HTTP = cast(Http, Names())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `HOST`, signed by itself, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM) + plain)
    return file


@pytest.fixture(scope="module")
def safe(certificate: Path) -> Iterator[Office]:
    with postoffice(certificate) as office:
        yield office


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system trusts who signed it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def settings(office: Office, way: str, **more: Any) -> Config:
    ports = (office.imaps, office.smtps) if way == "tls" else (office.imap, office.smtp)
    said: dict[str, Any] = {"imap_host": HOST, "imap_port": ports[0], "imap_encryption": way}
    said |= {"smtp_host": HOST, "smtp_port": ports[1], "smtp_encryption": way}
    return msgspec.convert(office.settings("help", **said | more), Config)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("trusted")
def test_a_mail_is_read_and_an_answer_is_handed_over(safe: Office, way: str) -> None:
    config = settings(safe, way)
    safe.put("help", b"From: ann@example.com\nSubject: Pump\n\nIt leaks.\n")
    mailbox = connect(config, HTTP)
    mailbox.select("INBOX")
    letters = list(mailbox.fetch(mailbox.uids()))
    mailbox.close()
    answer = Outgoing(key=UUID(int=1), token="a2b3" * 10 + "c4", text="Turn the tap.")

    assert b"It leaks." in letters[-1].body
    assert send(answer, Identity("email", "ann@example.com"), config, HTTP).state == "sent"
    assert b"Turn the tap." in safe.sent[-1].content


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("trusted")
def test_a_server_of_another_name_is_refused(safe: Office, way: str) -> None:
    other = "mail.another.example"

    with pytest.raises(Misconfigured, match="certificate does not fit"):
        look(settings(safe, way, imap_host=other), HTTP)
    with pytest.raises(Misconfigured, match="certificate does not fit"):
        greet(settings(safe, way, smtp_host=other), HTTP)


@pytest.mark.parametrize("way", WAYS)
def test_a_certificate_that_nobody_vouches_for_is_refused(safe: Office, way: str) -> None:
    with pytest.raises(Misconfigured, match="certificate does not fit"):
        look(settings(safe, way), HTTP)
    with pytest.raises(Misconfigured, match="certificate does not fit"):
        greet(settings(safe, way), HTTP)
