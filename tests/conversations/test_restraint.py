"""A machine of ours is silent towards machines, strangers in disguise and floods, and answers an address once a day."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hark.conversations import restraint
from hark.model import Identity
from hark.testing.house import House

SETTINGS = {"address": "help@tidewell.example", "authserv_id": "mx.tidewell.example", "acknowledge": "We have it."}
HEAD = "From: {sender}\r\nSubject: Pump\r\nMessage-ID: <{number}@example.com>\r\n"


@pytest.fixture
def key(house: House) -> str:
    return house.add_source("help@", plugin="email", settings=SETTINGS).write_key


def arrives(house: House, key: str, number: int, sender: str = "ann@example.com", field: str = "") -> Any:
    """The conversation in which the mail stands."""
    mail = HEAD.format(sender=sender, number=number) + field + f"\r\nMail {number}\r\n"
    house.post("/v1/mail", mail.encode(), key=key)
    house.settle()
    (row,) = house.query(
        "select conversation from conversation_message where external_id = %s", f"{number}@example.com"
    )
    return row["conversation"]


def why(house: House, conversation: Any, sender: str = "ann@example.com", after: timedelta = timedelta()) -> str | None:
    with house.database.transaction() as tx:
        return restraint.why_not(tx, conversation, Identity("email", sender), house.now() + after, b"salt")


def decisions(house: House) -> list[str]:
    return [row["decider"] for row in house.query("select decider from decision where action = 'conversation.answer'")]


def test_a_new_conversation_is_confirmed_once(house: House, key: str) -> None:
    arrives(house, key, 1)
    arrives(house, key, 2)

    assert decisions(house) == ["confirmation"]


@pytest.mark.parametrize(
    ("sender", "field"),
    [
        ("ann@example.com", "Auto-Submitted: auto-replied\r\n"),
        ("ann@example.com", "Precedence: list\r\n"),
        ("mailer-daemon@example.com", ""),
        ("help@tidewell.example", ""),
        ("ann@example.com", "Authentication-Results: mx.tidewell.example; dmarc=fail\r\n"),
    ],
)
def test_machines_and_forgers_are_not_answered(house: House, key: str, sender: str, field: str) -> None:
    conversation = arrives(house, key, 1, sender, field)

    assert decisions(house) == []
    assert why(house, conversation, sender) is not None


def test_an_address_is_answered_once_a_day_whatever_it_writes(house: House, key: str) -> None:
    conversation = arrives(house, key, 1)

    assert why(house, conversation) is None
    assert "24 hours" in (why(house, conversation, "ANN@example.com") or "")
    assert why(house, conversation, "bob@example.com") is None
    assert why(house, conversation, after=timedelta(hours=25)) is None


def test_what_we_say_on_account_of_our_own_doing_takes_nobodys_day(house: House, key: str) -> None:
    conversation = arrives(house, key, 1)
    with house.database.transaction() as tx:
        said = [
            restraint.why_not(tx, conversation, Identity("email", "ann@example.com"), house.now(), b"salt", because)
            for because in (UUID(int=1), UUID(int=2))
        ]

    assert said == [None, None]
    assert house.query("select address from conversation_restraint") == []


def test_in_a_rush_nobody_is_answered(house: House, key: str) -> None:
    for number in range(restraint.RUSH + 1):
        conversation = arrives(house, key, number)

    assert "within an hour" in (why(house, conversation) or "")


def test_what_was_taken_is_forgotten_and_names_nobody(house: House, key: str) -> None:
    conversation = arrives(house, key, 1)
    why(house, conversation)
    why(house, conversation, "bob@example.com", timedelta(hours=30))

    assert len(house.query("select address from conversation_restraint")) == 1
