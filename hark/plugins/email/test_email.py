"""A recorded mail becomes one event: a message of its sender, or news of a delivery; nothing is lost on the way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hark.plugin import Event, Identity, Raw, Refused, Request, Source
from hark.plugins.email import receive as door
from hark.plugins.email.receive import receive
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.email")

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAILBOX = {
    "address": "help@tidewell.example",
    "aliases": "service@tidewell.example",
    "authserv_id": "mx.tidewell.example",
}
HEAD = b"From: Ann <ann@example.com>\nTo: help@tidewell.example\nSubject: Pump\nMessage-ID: <1@example.com>\n"


def raw(body: bytes, **headers: str) -> Raw:
    return Raw(
        id=1,
        received_at=NOON,
        source=Source(id="src_mail", name="help@", write_key="", plugin="email", settings=MAILBOX),
        plugin="email",
        request=Request(method="LISTEN", path="", headers=headers, body=body),
    )


def event(body: bytes, **headers: str) -> Event:
    (found,) = receive(raw(body, **headers), MAILBOX)
    assert isinstance(found, Event)
    return found


def test_a_mail_is_a_message_of_its_sender() -> None:
    found = event(HEAD + b"Date: Sun, 22 Nov 2026 11:00:00 +0000\n\nIt leaks.\n\n> old\n")

    assert (found.name, found.channel, found.identities) == (
        "message.received",
        "email",
        (Identity("email", "ann@example.com"),),
    )
    said = found.properties
    assert (said["text"], said["whole"]) == ("It leaks.", "It leaks.\n\n> old")
    assert said["from"] == {"kind": "email", "value": "ann@example.com", "name": "Ann"}
    assert (said["external_id"], said["trust"], said["automatic"]) == ("1@example.com", "claimed", False)


def test_the_mailbox_says_when_it_came_not_the_clock_of_the_sender() -> None:
    mail = HEAD + b"Date: Thu, 01 Jan 1970 00:00:00 +0000\n\nx"

    assert event(mail, **{"x-mail-arrived": "2026-11-22T11:59:00+00:00"}).at == datetime(
        2026, 11, 22, 11, 59, tzinfo=UTC
    )
    assert event(HEAD + b"Date: Thu, 01 Jan 2099 00:00:00 +0000\n\nx").at == NOON


@pytest.mark.parametrize(
    "field",
    [
        b"Authentication-Results: mx.tidewell.example; dmarc=fail header.from=example.com",
        b"From: bob@example.com",
    ],
)
def test_a_forged_sender_is_nobody(field: bytes) -> None:
    found = event(HEAD + field + b"\n\nPay here.")

    assert (found.identities, found.properties["trust"]) == ((), "unverified")


@pytest.mark.parametrize("sender", [b"mailer-daemon@example.com", b"no-reply@example.com", b"service@tidewell.example"])
def test_machines_and_the_mailbox_itself_are_nobody(sender: bytes) -> None:
    found = event(b"From: " + sender + b"\nSubject: x\n\ny")

    assert found.identities == ()
    assert found.properties["automatic"] is True


AUTOMATIC = [
    b"Auto-Submitted: auto-replied",
    b"Auto-Submitted: auto-generated (vacation)",
    b"Return-Path: <>",
    b"Content-Type: multipart/report; boundary=b",
    b"List-Id: <all.example.com>",
    b"List-Unsubscribe: <mailto:x@y.example>",
    b"Precedence: bulk",
    b"Precedence: auto_reply",
    b"X-Auto-Response-Suppress: All",
    b"X-Loop: help@example.com",
    b"X-Autoreply: yes",
    b"X-Failed-Recipients: x@example.com",
]


@pytest.mark.parametrize("field", AUTOMATIC)
def test_what_a_machine_wrote_says_so(field: bytes) -> None:
    (found,) = receive(raw(HEAD + field + b"\n\nI am away."), MAILBOX)

    assert isinstance(found, Event)
    assert found.name == "message.delivery" or found.properties["automatic"] is True


@pytest.mark.parametrize(
    "subject", ["Out of Office: Pump", "Automatische Antwort: Pumpe", "Réponse automatique", "自動応答: x"]
)
def test_an_absence_is_recognised_by_its_subject(subject: str) -> None:
    found = event(f"From: ann@example.com\nSubject: {subject}\n\nI am away.".encode())

    assert found.properties["why_automatic"] == "its subject says so"


def test_a_person_is_not_taken_for_a_machine() -> None:
    assert event(HEAD + b"Auto-Submitted: no\nX-Auto-Response-Suppress: None\n\nx").properties["automatic"] is False


REPORT = b"""From: MAILER-DAEMON@mx.example
To: help@tidewell.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

could not be delivered
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ann@example.com
Action: ACTION
Status: STATUS
Diagnostic-Code: smtp; 550 5.1.1 no such user here

--b
Content-Type: text/rfc822-headers

Message-ID: <hark.abc@tidewell.example>
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "state", "permanent"),
    [
        (b"failed", b"5.1.1", "failed", True),
        (b"delayed", b"4.4.1", "sent", False),
        (b"failed", b"4.4.7", "failed", False),
    ],
)
def test_a_bounce_tells_which_mail_and_why(action: bytes, status: bytes, state: str, permanent: bool) -> None:
    found = event(REPORT.replace(b"ACTION", action).replace(b"STATUS", status))

    said = found.properties
    assert (found.name, found.identities) == ("message.delivery", ())
    assert (said["external_id"], said["state"], said["permanent"]) == ("hark.abc@tidewell.example", state, permanent)
    assert (said["recipient"], said["status"]) == ("ann@example.com", status.decode())


def test_a_report_of_success_is_a_message_that_nobody_answers() -> None:
    found = event(
        REPORT.replace(b"ACTION", b"delivered").replace(b"STATUS", b"2.0.0").replace(b"Undelivered", b"Delivered")
    )

    assert (found.name, found.properties["automatic"]) == ("message.received", True)


def test_a_mail_at_which_our_reader_breaks_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(door, "parse", broken)
    shown, refused = receive(raw(HEAD + b"\nIt leaks."), MAILBOX)

    assert isinstance(shown, Event)
    assert isinstance(refused, Refused)
    assert shown.files[0].body == HEAD + b"\nIt leaks."
    assert shown.properties["from"]["value"] == "ann@example.com"
    assert "a fault of ours" in refused.reason


def test_a_mail_that_was_left_on_the_server_is_shown_with_its_size() -> None:
    shown, refused = receive(
        raw(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n", **{"x-mail-size": "80000000"}), MAILBOX
    )

    assert isinstance(shown, Event)
    assert isinstance(refused, Refused)
    assert "80,000,000" in shown.properties["text"]
    assert (shown.properties["subject"], shown.identities) == ("Pump", (Identity("email", "ann@example.com"),))


def test_a_mail_of_any_letters_fits_into_the_log() -> None:
    text = "😀" * 300_000
    found = event(HEAD + b"Content-Type: text/html; charset=utf-8\n\n<p>" + text.encode())

    assert sum(len(str(value).encode()) for value in found.properties.values()) < 1_000_000
