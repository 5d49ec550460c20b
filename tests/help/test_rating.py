"""Natalie says how it was, by a link that is hers alone."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from hark.kit import clock
from hark.surveys import links
from hark.testing.desk import words
from hark.testing.house import House, Reply
from hark.web.doorway import form_token
from tests.conversations.talk import Talk, mail


@pytest.fixture
def conversation(house: House) -> UUID:
    talk = Talk(house)
    talk.hear(mail("natalie@moreau.example", "It beeps", external_id="<1>"))
    return talk.conversations()[0].id


def link(house: House, conversation: UUID, days: float = 0) -> str:
    return links.sign(house.hark.declared.salt, conversation, clock.now() + timedelta(days=days))


def press(house: House, path: str, **fields: str) -> Reply:
    body = "&".join(f"{name}={value}" for name, value in {"form_token": form_token("b"), **fields}.items()).encode()
    headers = {"cookie": "hark_browser=b", "content-type": "application/x-www-form-urlencoded", "authorization": ""}
    reply = house.ask("POST", path, body, headers)
    house.settle()
    return reply


def rating(house: House) -> int | None:
    found: int | None = house.query("select rating from conversation")[0]["rating"]
    return found


def test_looking_at_the_question_records_nothing(house: House, conversation: UUID) -> None:
    reply = house.ask("GET", f"/rate/{link(house, conversation)}?score=1")

    assert "How was it?" in words(reply)
    assert rating(house) is None


def test_one_press_is_an_event_of_hers_and_may_be_changed(house: House, conversation: UUID) -> None:
    path = f"/rate/{link(house, conversation)}"

    assert press(house, path, score="2", comment="slow").status_code == 303
    assert rating(house) == 2
    press(house, path, score="5")

    assert rating(house) == 5
    assert len(house.query("select 1 from timeline where name = 'conversation.rated'")) == 2


@pytest.mark.parametrize("score", ["0", "6", "x", ""])
def test_other_scores_are_none(house: House, conversation: UUID, score: str) -> None:
    assert press(house, f"/rate/{link(house, conversation)}", score=score).status_code == 422
    assert rating(house) is None


def test_a_forged_or_old_link_opens_nothing(house: House, conversation: UUID) -> None:
    good = link(house, conversation)
    forged = links.sign(b"another salt", conversation, clock.now())
    changed = ("b" if good[0] == "a" else "a") + good[1:]

    for wrong in (
        forged,
        changed,
        link(house, conversation, days=-40),
        link(house, uuid4()),
        "x",
        good + "=",
        good[:-1] + "é",
    ):
        assert press(house, f"/rate/{wrong}", score="1").status_code == 404
    assert rating(house) is None
