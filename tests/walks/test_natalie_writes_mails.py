"""Natalie writes mails, Bo answers, and nothing is lost: real mail servers, a real Hark, killed in the middle."""

import smtplib
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from hark.plugins.email.parse import Mail, parse
from hark.testing.postoffice import DOMAIN, Office
from hark.testing.server import Server

HELP = f"help@{DOMAIN}"


REPORT = f"""From: MAILER-DAEMON@mx.example
To: {HELP}
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gone@example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <ORIGINAL>
--b--
"""


class Company:
    """A Hark with a mailbox, asked through its API."""

    def __init__(self, server: Server, office: Office) -> None:
        self.server, self.office = server, office
        token = server.run("token", "add", "walk", "--scopes", "admin")
        self.client = httpx.Client(
            base_url=f"{server.url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=30
        )

    def add_mailbox(self, name: str, **settings: Any) -> str:
        body = {"name": name, "plugin": "email", "settings": self.office.settings(name, **settings)}
        reply = self.client.post("/sources", json=body)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def threads(self, address: str) -> list[list[dict[str, Any]]]:
        """The messages of each conversation in which this address wrote, oldest first."""
        try:
            rows = self.client.get("/conversations", params={"channel": "email"}).json()["conversations"]
            found = [self.client.get(f"/conversations/{row['conversation']['id']}").json()["messages"] for row in rows]
        except (httpx.TransportError, KeyError):
            return []  # it is being killed or started just now
        return [said for said in found if any((m["address"] or ["", ""])[1] == address for m in said)]

    def thread(self, address: str, count: int) -> list[dict[str, Any]]:
        """The one conversation of an address, when it has so many messages."""

        def whole() -> list[dict[str, Any]] | None:
            found = self.threads(address)
            return found[0] if len(found) == 1 and len(found[0]) >= count else None

        said: list[dict[str, Any]] = self.office.wait(whole, 60)
        return said

    def answer(self, message: dict[str, Any], text: str) -> dict[str, Any]:
        reply = self.client.post(f"/conversations/{message['conversation']}/answer", json={"text": text})
        assert reply.status_code in (200, 202), reply.text
        return dict(reply.json())


@pytest.fixture(scope="module")
def company(office: Office) -> Iterator[Company]:
    with tempfile.TemporaryDirectory(prefix="hark-mails-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder) / "data", HARK_ALLOW_PRIVATE="127.0.0.1").start()
        company = Company(server, office)
        company.add_mailbox("help", authserv_id="mx.tidewell.example")
        yield company
        server.stop()


def write(office: Office, sender: str, text: str, to: str = HELP, answers: str = "", **fields: str) -> None:
    """Somebody's mail program hands a mail to the company's server."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, fields.pop("subject", "Pump")
    mail["Message-ID"] = f"<{abs(hash((sender, text)))}@mail.example>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", office.smtp) as server:
        server.sendmail("" if "Auto_Submitted" in fields else sender, [to], mail.as_bytes())


def sent_to(office: Office, address: str) -> list[Mail]:
    return [parse(one.content) for one in office.sent if one.recipients == [address]]


def test_she_writes_bo_answers_and_she_goes_on_from_another_address(company: Company, office: Office) -> None:
    write(office, "natalie@example.com", "My washer leaks.")
    (first,) = company.thread("natalie@example.com", 1)
    company.answer(first, "Since when?")
    (mail,) = office.wait(lambda: sent_to(office, "natalie@example.com"))
    write(office, "nat@work.example", "Since Monday.\n\nOn 1/1/26 Bo wrote:\n> Since when?", answers=mail.external_id)
    said = company.thread("natalie@example.com", 3)

    assert [message["text"] for message in said] == ["My washer leaks.", "Since when?", "Since Monday."]
    assert (mail.subject, mail.text) == ("Re: Pump", "Since when?")
    assert said[1]["state"] in ("sent", "delivered")


def test_a_stranger_who_copies_an_id_is_not_shown_as_her(company: Company, office: Office) -> None:
    write(office, "ann@example.com", "It is me.")
    (first,) = company.thread("ann@example.com", 1)
    forged = f"{'a2b3' * 10}c4"
    write(office, "cy@example.com", "Send me her address.", answers=f"hark.{forged}@{DOMAIN}")
    write(office, "cy@example.com", "Please.", answers=first["external_id"])
    office.wait(lambda: sum(map(len, company.threads("cy@example.com"))) >= 2)

    assert all(
        message["author"] != "person" or message["address"][1] == "ann@example.com"
        for said in company.threads("ann@example.com")
        for message in said
    )


def test_a_bounce_marks_the_message_that_came_back(company: Company, office: Office) -> None:
    write(office, "gone@example.com", "Hello?")
    (first,) = company.thread("gone@example.com", 1)
    company.answer(first, "Yes?")
    (mail,) = office.wait(lambda: sent_to(office, "gone@example.com"))
    office.put("help", REPORT.replace("ORIGINAL", mail.external_id).encode())

    def failed() -> dict[str, Any] | None:
        said = company.thread("gone@example.com", 2)[1]
        return said if said["state"] == "failed" else None

    assert "no such user" in office.wait(failed)["detail"]


def test_an_absence_reopens_nothing_and_a_forged_sender_is_nobody(company: Company, office: Office) -> None:
    write(office, "away@example.com", "I am away.", subject="Out of office", Auto_Submitted="auto-replied")
    (said,) = company.thread("away@example.com", 1)
    failing = "mx.tidewell.example; dmarc=fail header.from=example.com"
    write(office, "boss@example.com", "Pay this.", Authentication_Results=failing)
    (forged,) = company.thread("boss@example.com", 1)

    assert said["automatic"] is True
    assert forged["trust"] == "unverified"


def test_killed_in_the_middle_every_mail_is_there_once(company: Company, office: Office) -> None:
    for number in range(30):
        write(office, f"many{number}@example.com", f"Mail {number}")
        if number in (8, 20):
            company.server.kill()
            company.server.start()
    found = office.wait(lambda: (said := _many(company)) and len(said) >= 30 and said, 90)

    assert sorted(found) == sorted(f"Mail {number}" for number in range(30))


def _many(company: Company) -> list[str]:
    try:
        rows = company.client.get("/conversations", params={"channel": "email", "limit": 100}).json()["conversations"]
    except (httpx.TransportError, KeyError, ValueError):
        return []
    ids = [row["conversation"]["id"] for row in rows if row["conversation"]["to"][1].startswith("many")]
    return [m["text"] for id in ids for m in company.client.get(f"/conversations/{id}").json()["messages"]]


@pytest.mark.parametrize("forgetful", [False, True])
def test_two_harks_that_confirm_do_not_write_to_each_other_for_ever(
    company: Company, office: Office, forgetful: bool
) -> None:
    """Also where something between them loses the fields by which machines know each other."""
    one, other = f"one{forgetful:d}", f"other{forgetful:d}"
    here, there = f"{one}@{DOMAIN}", f"{other}@sister.{DOMAIN}"
    with tempfile.TemporaryDirectory(prefix="hark-loop-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        second = Server(Path(folder) / "data", HARK_ALLOW_PRIVATE="127.0.0.1").start()
        try:
            company.add_mailbox(one, acknowledge="We have your mail.")
            Company(second, office).add_mailbox(other, domain=f"sister.{DOMAIN}", acknowledge="Yours is here.")
            office.forgetful = forgetful
            write(office, there, "Hello, machine.", to=here)
            office.wait(lambda: sent_to(office, there), 60)
            time.sleep(6)  # whatever would go on between them has had its time
        finally:
            office.forgetful = False
            second.stop()
    told = (len(sent_to(office, there)), len(sent_to(office, here)) - 1)

    # Each confirms once to an address in a day: where the fields are lost, the confirmation is confirmed, and that is all.
    assert told == ((1, 1) if forgetful else (1, 0))
