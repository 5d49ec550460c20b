"""An answer arrives as it was written, names what it answers, and is read by our own parser; errors say what to do."""

import base64
from typing import Any
from uuid import UUID

import dkim
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hark.plugin import Attached, Identity, Misconfigured, Outgoing, Rejected, Retry
from hark.plugins.email.config import Config
from hark.plugins.email.parse import Limits, Mail, parse
from hark.plugins.email.send import send
from hark.testing.outside import http
from hark.testing.postoffice import DOMAIN, Handed, Office

TOKEN = "a2b3" * 10 + "c4"
KEY = UUID("01a2027f-54fe-7795-a5ec-532a3d075b67")
ANN = Identity("email", "ann@example.com")


def outgoing(text: str = "Please turn the tap.", **more: Any) -> Outgoing:
    return Outgoing(key=KEY, token=TOKEN, text=text, **more)


def sent(office: Office, message: Outgoing, to: Identity = ANN, **settings: Any) -> Handed:
    """What the server was handed."""
    receipt = send(message, to, msgspec.convert(office.settings("help", **settings), Config), http("127.0.0.1"))

    assert (receipt.state, receipt.external_id) == ("sent", f"hark.{TOKEN}@{DOMAIN}")
    return office.sent[-1]


def read(handed: Handed) -> Mail:
    return parse(handed.content, Limits(own=(f"help@{DOMAIN}",)))


def test_an_answer_names_what_it_answers_and_comes_back_by_its_token(office: Office) -> None:
    message = outgoing(subject="Pump", references=("old@x.example", "near@x.example"), sender="Bo")
    handed = sent(office, message, name="Tidewell")
    mail = read(handed)

    assert (handed.sender, handed.recipients) == (f"help@{DOMAIN}", ["ann@example.com"])
    assert (mail.subject, mail.text, mail.external_id) == ("Re: Pump", "Please turn the tap.", f"hark.{TOKEN}@{DOMAIN}")
    assert mail.references == ["old@x.example", "near@x.example"]
    assert mail.sender is not None
    assert (mail.sender.value, mail.sender.name) == (f"help@{DOMAIN}", "Bo (Tidewell)")
    answer = parse(b"From: ann@example.com\nIn-Reply-To: <" + mail.external_id.encode() + b">\n\nDone.")
    assert answer.tokens == [TOKEN]


def test_the_tag_of_the_address_brings_it_back_too(office: Office) -> None:
    mail = read(sent(office, outgoing(), tagged=True))

    assert mail.reply_to is not None
    assert parse(f"From: a@b.c\nTo: {mail.reply_to.value}\n\nx".encode()).tokens == [TOKEN]


def test_html_files_pictures_and_the_signature_go_along(office: Office) -> None:
    files = (
        Attached(name="plan\r\n.pdf", media_type="application/pdf", body=b"%PDF"),
        Attached(name="pump.png", media_type="image/png", body=b"\x89PNG", inline="pump"),
        Attached(name="odd", media_type="message/rfc822", body=b"From: x\n\ny"),
    )
    html = '<p>See <img src="cid:pump"></p>'
    mail = read(
        sent(office, outgoing("See the picture.", html=html, files=files, sender="Bo"), signature="{name}, Tidewell")
    )

    assert (mail.text, mail.signature) == ("See the picture.", "Bo, Tidewell")
    assert mail.html is not None
    assert html in mail.html
    assert {(file.name, file.inline, file.body) for file in mail.files} == {
        ("plan .pdf", None, b"%PDF"),
        ("pump.png", "pump", b"\x89PNG"),
        ("odd", None, b"From: x\n\ny"),
    }


def test_a_text_becomes_html_without_becoming_markup(office: Office) -> None:
    mail = read(sent(office, outgoing('1 < 2, see https://x.example/?a=1&b="2".\n\nBye')))

    assert mail.html is not None
    assert "1 &lt; 2" in mail.html
    assert '<a href="https://x.example/?a=1&amp;b=">' in mail.html


def test_what_a_machine_wrote_says_so_and_wants_no_answer(office: Office) -> None:
    handed = sent(office, outgoing(automatic=True))

    assert handed.sender == ""
    assert read(handed).automatic == "Auto-Submitted: auto-generated"
    assert b"X-Auto-Response-Suppress: All" in handed.content


def test_texts_from_outside_write_no_headers(office: Office) -> None:
    message = outgoing(
        subject="x\r\nBcc: evil@example.com",
        references=("a>\r\nBcc: e@x", "good@x"),
        sender='Bo"\r\nBcc: e@x',
        language="de\r\nX: y",
    )
    handed = sent(office, message)

    assert b"\nBcc:" not in handed.content
    assert handed.recipients == ["ann@example.com"]
    assert read(handed).references == ["good@x"]


@pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: e@x", "a b@c.example", "@", "x@"])
def test_what_is_no_address_is_rejected(office: Office, to: str) -> None:
    with pytest.raises(Rejected):
        sent(office, outgoing(), Identity("email", to))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("550 5.1.1 no such user", Rejected),
        ("451 4.7.1 later, please", Retry),
        ("530 5.7.0 sign in first", Misconfigured),
    ],
)
def test_what_the_server_says_becomes_what_to_do(office: Office, answer: str, error: type[Exception]) -> None:
    office.answers["odd@example.com"] = answer
    with pytest.raises(error, match=answer[10:]):
        sent(office, outgoing(), Identity("email", "odd@example.com"))


def test_a_mailbox_without_a_server_says_which_setting_is_missing(office: Office) -> None:
    with pytest.raises(Misconfigured, match="smtp_host"):
        sent(office, outgoing(), smtp_host="")


def test_our_signature_holds_and_breaks_with_the_content(office: Office) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    asked: list[bytes] = []

    def names(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + public

    content = sent(office, outgoing(), dkim_selector="s1", dkim_key=pem).content

    assert dkim.verify(content, dnsfunc=names)
    assert asked == [f"s1._domainkey.{DOMAIN}.".encode()]
    assert not dkim.verify(content.replace(b"tap", b"screw"), dnsfunc=names)


def test_a_key_that_does_not_sign_is_a_setting(office: Office) -> None:
    with pytest.raises(Misconfigured, match="dkim_key"):
        sent(office, outgoing(), dkim_selector="s1", dkim_key="-----BEGIN RSA PRIVATE KEY-----\nnone")


@pytest.mark.parametrize(
    ("written_to", "sender"),
    [
        (("Service@tidewell.example",), "service@tidewell.example"),
        (("boss@tidewell.example", "returns+abc@tidewell.example"), "returns@tidewell.example"),
        (("help@tidewell.example", "service@tidewell.example"), "help@tidewell.example"),
        (("service@tidewell.example.evil.example", "ceo@tidewell.example"), "help@tidewell.example"),
        ((), "help@tidewell.example"),
    ],
)
def test_an_answer_comes_from_the_address_that_was_written_to_where_it_is_ours(
    office: Office, written_to: tuple[str, ...], sender: str
) -> None:
    aliases = "service@tidewell.example, returns@tidewell.example"
    handed = sent(office, outgoing(written_to=written_to), aliases=aliases)
    mail = read(handed)

    assert mail.sender is not None
    assert (handed.sender, mail.sender.value) == (sender, sender)
