"""Who asked to be called, at the desk: on top of the inbox of whoever is to call, with the number and how it went."""

from uuid import UUID

import pytest

from hark.cases import act
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser
from tests.help.chat.test_hostile_visitors import Stranger


@pytest.fixture
def bo(house: House) -> Browser:
    return Browser(house, Role.AGENT)


@pytest.fixture
def conversation(house: House, bo: Browser) -> UUID:
    """Natalie waited, asked to be called, and it is Bo's turn to call."""
    chat = house.add_source("chat", plugin="webchat", channel="chat", settings={"callback": True})
    natalie = Stranger(house, chat)
    natalie.say("My washer leaks")
    which = UUID(str(natalie.thread()[-1]["id"]))
    natalie.ask("callback", visitor=natalie.visitor, id="1", conversation=str(which), phone="+49 30 901820")
    house.settle()
    member = house.query("select id from member")[0]["id"]
    with house.database.transaction() as tx:
        act.declare(tx, "team", "care", {"members": [str(member)]}, by="hark")
        call = house.query("select id from ticket where kind = 'callback'")[0]["id"]
        act._on_callback(tx, call, "callback.assigned", "router", {"member": member})
    house.settle()
    return which


def test_it_stands_on_top_of_the_inbox_and_at_the_head_of_the_thread(bo: Browser, conversation: UUID) -> None:
    inbox, thread = bo.get("/inbox?view=mine").text, bo.get(f"/conversations/{conversation}").text

    assert "To call now" in inbox
    assert 'href="tel:+4930901820"' in inbox
    assert "it is your turn to call" in thread


def test_whoever_answers_says_how_it_went(house: House, bo: Browser, conversation: UUID) -> None:
    bo.send(f"/conversations/{conversation}/called", result="no_answer")
    house.settle()
    rests = house.query("select state from ticket where kind = 'callback'")
    bo.send(f"/conversations/{conversation}/called", result="reached")
    house.settle()

    assert rests == [{"state": "resting"}]
    assert house.query("select outcome from ticket where kind = 'callback'") == [{"outcome": "reached"}]
    assert "To call now" not in bo.get("/inbox?view=mine").text
    assert bo.send(f"/conversations/{conversation}/called", result="reached").status_code == 404
