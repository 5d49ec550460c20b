"""What an automation says goes out like anything else: once, in the person's language, and marked as automatic."""

import msgspec
import pytest

from hark.testing.house import House
from tests.conversations.conftest import Office
from tests.conversations.talk import hand, mail
from tests.conversations.test_delivery import Desk

ASK = {"do": "answer", "text": "How was it?", "texts": {"de": "Wie war es?"}}


@pytest.fixture
def desk(post_house: House, office: Office) -> Desk:
    desk = Desk(post_house, office)
    rule = {"name": "ask", "on": ["conversation.closed"], "steps": [{"do": "ask_rating"}, ASK]}
    event = hand("automation.defined", 2)
    desk.hear(msgspec.structs.replace(event, properties=rule))
    return desk


def test_after_closing_it_asks_how_it_was_once_and_the_conversation_stays_closed(desk: Desk, office: Office) -> None:
    desk.hear(mail("ann@example.com", "Es leckt noch", 3, source=desk.source.id, language="de-AT"))
    conversation = desk.conversations()[0].id
    desk.hear(hand("conversation.closed", 4, conversation=str(conversation)))

    desk.work()
    desk.work()

    # The rule has two steps: what it says itself, and the letter that asks for a rating by a link.
    assert [letter["text"] for letter in office.letters if "http" not in letter["text"]] == ["Wie war es?"]
    assert len(office.letters) == 2
    assert desk.conversations()[0].status == "closed"
    said = next(message for message in desk.thread() if message.text == "Wie war es?")
    assert (said.author, said.automatic) == ("bot:rules", True)
