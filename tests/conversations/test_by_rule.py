"""What an automation says goes out like anything else: once, in the person's language, and marked as automatic."""

import msgspec
import pytest

from hark.testing.house import House
from tests.conversations.conftest import Office
from tests.conversations.talk import hand, mail
from tests.conversations.test_delivery import Desk

SAY = {"do": "answer", "text": "Glad to help.", "texts": {"de": "Gern geholfen."}}


@pytest.fixture
def desk(post_house: House, office: Office) -> Desk:
    desk = Desk(post_house, office)
    rule = {"name": "thank", "on": ["conversation.closed"], "steps": [SAY]}
    event = hand("automation.defined", 2)
    desk.hear(msgspec.structs.replace(event, properties=rule))
    return desk


def test_what_a_rule_says_after_closing_is_said_once_and_the_conversation_stays_closed(
    desk: Desk, office: Office
) -> None:
    desk.hear(mail("ann@example.com", "Es leckt noch", 3, source=desk.source.id, language="de-AT"))
    conversation = desk.conversations()[0].id
    desk.hear(hand("conversation.closed", 4, conversation=str(conversation)))

    desk.work()
    desk.work()

    assert [letter["text"] for letter in office.letters] == ["Gern geholfen."]
    assert desk.conversations()[0].status == "closed"
    said = next(message for message in desk.thread() if message.text == "Gern geholfen.")
    assert (said.author, said.automatic) == ("bot:rules", True)
