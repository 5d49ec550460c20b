"""An address from which a message came back for good is written to no more, until somebody lifts that."""

from typing import Any

import pytest

from hark.carry.erase import erase
from hark.conversations import act
from hark.testing.house import House
from tests.conversations.conftest import Office
from tests.conversations.talk import told
from tests.conversations.test_delivery import ANN, BO, Desk


@pytest.fixture
def desk(post_house: House, office: Office) -> Desk:
    """Ann was answered once."""
    desk = Desk(post_house, office)
    desk.say("Where exactly?")
    desk.work()
    return desk


def comes_back(desk: Desk, minute: float, *, permanent: bool = True, **more: Any) -> None:
    said = {"state": "failed", "detail": "550 5.1.1 no such mailbox", "recipient": ANN, "permanent": permanent, **more}
    known = {} if "thread" in more else {"external_id": desk.thread()[1].external_id}
    desk.hear(told("message.delivery", minute, source=desk.source.id, **known, **said))


def test_the_next_answer_is_refused_with_the_reason_and_lifted_it_goes_out(desk: Desk, office: Office) -> None:
    comes_back(desk, 5)
    message = desk.say("And now?")
    desk.work()
    state, detail = desk.last()

    assert (state, len(office.letters)) == ("failed", 1)
    assert detail is not None
    assert "550 5.1.1 no such mailbox" in detail
    with desk.house.database.transaction() as tx:
        act.lift(tx, desk.conversations()[0].id, by=BO)
    desk.house.settle()
    with desk.house.database.transaction() as tx:
        act.send_again(tx, message, by=BO)
    desk.house.settle()
    desk.work()
    assert desk.last()[0] == "sent"


@pytest.mark.parametrize(
    "said",
    [
        {"permanent": False, "detail": "452 4.2.2 mailbox full"},
        {"recipient": "another@example.com"},
        {"thread": {"tokens": ["forged"]}},
    ],
    ids=["not for good", "of another address", "with a forged name of the message"],
)
def test_this_blocks_nothing(desk: Desk, office: Office, said: dict[str, Any]) -> None:
    comes_back(desk, 5, **said)
    desk.say("And now?")
    desk.work()

    assert desk.last() == ("sent", None)


def test_a_report_is_believed_by_our_signed_name_and_not_from_another_account(desk: Desk, office: Office) -> None:
    token = office.letters[0]["token"]
    said = {"state": "failed", "recipient": ANN, "permanent": True, "thread": {"tokens": [token]}}
    desk.hear(told("message.delivery", 4, source="another", **said))

    assert desk.house.query("select event from conversation_returned") == []
    comes_back(desk, 5, thread={"tokens": [token]})
    assert [row["blocks"] for row in desk.house.query("select blocks from conversation_returned")] == [True]


def test_a_replay_leaves_the_same(desk: Desk) -> None:
    comes_back(desk, 5)
    with desk.house.database.transaction() as tx:
        act.lift(tx, desk.conversations()[0].id, by=BO)
    desk.house.settle()
    comes_back(desk, 6, detail="550 again")
    before = desk.rows()
    desk.replay()

    assert desk.rows() == before
    found = desk.house.query("select blocks from conversation_returned order by position")
    assert [row["blocks"] for row in found] == [False, True]


def test_erased_with_the_person(desk: Desk) -> None:
    comes_back(desk, 5)
    erase(desk.house.hark.carrying(), "email", ANN)

    assert desk.house.query("select event from conversation_returned") == []
    assert desk.house.query("select id from event where strpos(properties::text, 'ann@example.com') > 0") == []
