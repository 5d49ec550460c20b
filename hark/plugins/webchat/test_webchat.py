"""What comes of what visitors sent: messages, files that are not what they say, read marks, ratings; and opening hours."""

import base64
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hark.model import Event, Raw, Refused, Request, Source
from hark.plugins.webchat.config import Config, check
from hark.plugins.webchat.hours import opens, parse
from hark.plugins.webchat.receive import receive
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.webchat")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
VISITOR = "0191d0de-0000-7000-8000-000000000001"
CHAT = Source(id="src_chat", name="Shop", write_key="-", plugin="webchat")


def heard(*items: dict[str, Any], **more: Any) -> list[Event | Refused]:
    said = {
        "visitor": VISITOR,
        "sender": ["chat_visitor", VISITOR],
        "identities": [["chat_visitor", VISITOR]],
        "trust": "claimed",
        "items": list(items),
        **more,
    }
    request = Request(method="POST", path="/chat/src_chat/live", body=msgspec.json.encode(said), remote="203.0.113.9")
    raw = Raw(id=1, received_at=NOON, source=CHAT, plugin="webchat", request=request)
    return list(receive(raw, {}))


def file(name: str, body: bytes) -> dict[str, str]:
    return {"name": name, "data": base64.b64encode(body).decode()}


def test_a_message_is_the_visitors_under_their_own_id() -> None:
    [event] = heard({"is": "message", "id": "m1", "text": " Hallo \n "}, language="de")
    assert isinstance(event, Event)

    assert (event.name, event.channel, event.message_id) == ("message.received", "chat", f"{VISITOR}:message:m1")
    assert event.properties["text"] == "Hallo"
    assert event.properties["language"] == "de"


def test_what_is_typed_into_a_form_is_no_evidence_of_who_it_is() -> None:
    [event] = heard({"is": "message", "id": "m1", "text": "Hi", "contact": {"email": "ann@x.example", "evil": "1"}})
    assert isinstance(event, Event)

    assert event.properties["contact"] == {"email": "ann@x.example"}
    assert [one.kind for one in event.identities] == ["chat_visitor"]


@pytest.mark.parametrize(
    ("name", "body", "becomes"),
    [
        ("cat.png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10", "image/png"),
        ("bomb.png", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0", "application/octet-stream"),
        ("cat.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/octet-stream"),
        ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "application/octet-stream"),
        ("note.html", "Grüße".encode(), "text/plain"),
        ("bomb.zip", b"PK\x03\x04" + b"\0" * 40, "application/zip"),
        ("run.exe", b"MZ\x90\0" + b"\0" * 40, "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_are(name: str, body: bytes, becomes: str) -> None:
    [event] = heard({"is": "message", "id": "m1", "files": [file(name, body)]})
    assert isinstance(event, Event)

    assert [one.media_type for one in event.files] == [becomes]


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\invoice.pdf", "invoice.pdf"),
        ('<img src=x onerror="alert(1)">.png', "img src=x onerror=alert(1).png"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ("....", "file-1"),
        ("x" * 500 + ".pdf", "x" * 112 + ".pdf"),
    ],
)
def test_the_name_of_a_file_says_nothing_but_itself(name: str, cleaned: str) -> None:
    [event] = heard({"is": "message", "id": "m1", "files": [file(name, b"%PDF-1.7")]})
    assert isinstance(event, Event)

    assert event.files[0].name == cleaned


def test_what_cannot_be_taken_is_refused_with_its_reason_and_the_rest_goes_on() -> None:
    events = heard(
        {"is": "message", "id": "1", "text": ""},
        {"is": "message", "id": "2", "files": [{"name": "a", "data": "%%%"}]},
        {"is": "rating", "id": "3", "conversation": VISITOR, "score": 9},
        {"is": "read", "id": "4", "conversation": "nonsense"},
        {"is": "rating", "id": "5", "conversation": VISITOR, "score": 5, "comment": "Danke"},
    )

    assert [type(one).__name__ for one in events] == ["Refused"] * 4 + ["Event"]


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "now", "then"),
    [
        ("", "2026-11-23T03:00Z", "now"),
        ("Mon-Fri 9:00-17:00", "2026-11-23T12:00Z", "now"),
        ("Mon-Fri 9:00-17:00", "2026-11-23T16:00Z", "2026-11-24T08:00Z"),
        ("Mon-Fri 9:00-17:00", "2026-11-21T12:00Z", "2026-11-23T08:00Z"),
        ("Fri 22:00-6:00", "2026-11-28T04:00Z", "now"),
        ("Mon 9-12\nMon 14-18", "2026-11-23T12:00Z", "2026-11-23T13:00Z"),
        ("Sun-Mon 0:00-24:00", "2026-11-23T22:30Z", "now"),
        ("Mon-Fri 9:00-17:00", "2026-03-28T12:00Z", "2026-03-30T07:00Z"),  # the clocks change on the way
    ],
)
def test_when_it_opens(text: str, now: str, then: str) -> None:
    at = datetime.fromisoformat(now)
    wanted = at if then == "now" else datetime.fromisoformat(then)

    assert opens(parse(text), BERLIN, at) == wanted


@pytest.mark.parametrize("text", ["9-17", "Mon 9", "Mon-Xyz 9-17", "Mon 9:99-17:00", "Mon 25-26", "Mon 9-9"])
def test_hours_that_cannot_be_read_say_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"Mon|9-17"):
        check(Config(hours=text), None)  # type: ignore[arg-type]
