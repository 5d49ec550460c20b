"""A mail server hands mails over: they stand in a thread, and a key that does not belong to a mailbox opens nothing."""

from hark.testing.house import House

MAIL = (
    b"From: Ann <ann@example.com>\r\nTo: help@tidewell.example\r\nSubject: Pump\r\nMessage-ID: <1@example.com>\r\n"
    b"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\n\r\nIt leaks.\r\n"
)


def _sources(house: House) -> dict[str, str]:
    settings = {"address": "help@tidewell.example"}
    return {"mail": house.add_source("help@", plugin="email", settings=settings).write_key}


def test_a_mail_that_is_handed_over_twice_is_one_message(house: House) -> None:
    key = _sources(house)["mail"]

    assert [house.post("/v1/mail", MAIL, key=key).status_code for _ in range(2)] == [202, 202]
    house.settle()

    assert house.query("select text, subject, channel from conversation_message") == [
        {"text": "It leaks.", "subject": "Pump", "channel": "email"}
    ]


def test_the_key_of_a_page_hands_no_mail_over(house: House) -> None:
    _sources(house)
    house.post("/v1/mail", MAIL)
    house.settle()

    assert house.query("select 1 from conversation_message") == []
    assert "only a channel" in house.query("select reason from refusal")[0]["reason"]


def test_an_empty_mail_is_none(house: House) -> None:
    reply = house.post("/v1/mail", b"  \r\n", key=_sources(house)["mail"])

    assert (reply.status_code, "there is no mail" in reply.text) == (400, True)
