"""From a closed conversation to a figure of the report: one question, where the person is, and their answer."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from hark.reports import figures
from hark.reports.figures import Asked
from hark.testing.house import House
from tests.conversations.conftest import Office, office, post_house
from tests.conversations.talk import NOON, chat, hand, mail
from tests.conversations.test_delivery import ANN, Desk
from tests.help.test_rating import press

__all__ = ["office", "post_house"]
LINK = re.compile(r"https?://[^/\s]+(/rate/\w+)")
EVER = Asked(since=NOON - timedelta(days=1), until=NOON + timedelta(days=1))


@pytest.fixture
def desk(post_house: House, office: Office) -> Desk:
    return Desk(post_house, office)


def asks(desk: Desk, **step: Any) -> None:
    rule = {"name": "ask", "on": ["conversation.closed"], "steps": [{"do": "ask_rating", **step}]}
    desk.hear(msgspec.structs.replace(hand("automation.defined", 2), properties=rule))


def close(desk: Desk, minute: float, conversation: UUID | None = None) -> None:
    desk.hear(hand("conversation.closed", minute, conversation=str(conversation or desk.conversations()[0].id)))
    desk.work()
    desk.work()


def texts(office: Office) -> list[str]:
    return [letter["text"] for letter in office.letters]


def test_a_letter_asks_once_by_a_link_and_what_is_pressed_there_is_in_the_report(desk: Desk, office: Office) -> None:
    asks(desk)
    close(desk, 4)
    [asked] = texts(office)
    path = LINK.search(asked)

    assert path
    assert press(desk.house, path[1], score="5").status_code == 303
    with desk.house.database.transaction() as tx:
        assert figures.ratings(tx, EVER) == {5: 1}
    assert desk.conversations()[0].status == "closed"


def test_the_words_of_the_rule_come_with_the_link_in_the_language_of_the_person(desk: Desk, office: Office) -> None:
    asks(desk, text="How was it? {link}", texts={"de": "Wie war es?"})
    desk.hear(mail(ANN, "Es leckt noch", 3, source=desk.source.id, language="de-AT"))
    close(desk, 4)
    [asked] = texts(office)

    assert re.fullmatch(r"Wie war es\? https?://\S+/rate/\w+", asked)


def test_who_was_asked_already_or_has_said_it_is_not_asked_again(desk: Desk, office: Office) -> None:
    asks(desk)
    close(desk, 4)
    desk.hear(mail(ANN, "One more thing", 5, source=desk.source.id))
    close(desk, 6)

    assert len(office.letters) == 1


def test_who_rated_by_themselves_is_not_asked(desk: Desk, office: Office) -> None:
    asks(desk)
    desk.hear(hand("conversation.rated", 3, conversation=str(desk.conversations()[0].id), score=4, by="person"))
    close(desk, 4)

    assert office.letters == []


def test_a_machine_is_not_asked_how_it_was(desk: Desk, office: Office) -> None:
    asks(desk)
    desk.hear(mail(ANN, "I am away", 3, source=desk.source.id, automatic=True))
    close(desk, 4)

    assert office.letters == []


@pytest.mark.parametrize(("form", "said"), [(True, 0), (False, 1)])
def test_a_chat_asks_by_its_own_form_and_by_the_link_only_where_that_is_off(
    desk: Desk, office: Office, form: bool, said: int
) -> None:
    site = desk.house.add_source("site", plugin="webchat", settings={"rating": form})
    asks(desk)
    desk.hear(msgspec.structs.replace(chat("v-cy", "hello", 3), source=site.id))
    cy = next(one.id for one in desk.conversations() if one.channel == "chat")
    close(desk, 4, cy)

    assert len([message for message in desk.thread(cy) if "/rate/" in message.text]) == said
    assert office.letters == []
