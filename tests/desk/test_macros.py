"""One click more than an answer: macros on a conversation, sending and closing taken back together, marking as unread."""

import re

import pytest

from hark.cases import act as cases
from hark.testing.desk import Desk
from hark.testing.house import House
from hark.web.rights import Role
from tests.desk.test_inbox import Company, does

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def company(house: House) -> Company:
    return Company(house)


@pytest.fixture
def agent(company: Company) -> Desk:
    return Desk(company.house, Role.AGENT)


def use(agent: Desk, company: Company, path: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hark.desk.macros.wait_for", lambda *_: company.house.settle() or True)
        does(agent, company, path)


def test_a_macro_tags_answers_in_her_language_and_closes(agent: Desk, company: Company) -> None:
    steps = [
        {"do": "tag", "add": ["e18"]},
        {"do": "answer", "texts": {"en": "Clean the filter.", "fr": "Nettoyez le filtre."}},
        {"do": "close"},
    ]
    with company.house.database.transaction() as tx:
        cases.declare(tx, "macro", "filter", {"label": "The filter", "steps": steps}, by="test")
    company.house.settle()
    path = f"/conversations/{company.first.id}"

    assert "The filter" in agent.get(path).text, "the menu offers it"

    use(agent, company, f"{path}/macros/filter")

    assert company.first.tags == ("e18",)
    assert company.thread()[-1].text == "Nettoyez le filtre."
    assert company.first.status == "closed"


def test_what_was_sent_and_closed_is_open_again_when_it_is_taken_back(agent: Desk, company: Company) -> None:
    does(agent, company, f"/conversations/{company.first.id}/answer", kind="reply", text="Too fast", then="close")
    assert company.first.status == "closed"

    does(agent, company, f"/messages/{company.thread()[-1].id}/withdraw")

    assert company.first.status != "closed"
    assert company.thread()[-1].state == "withdrawn"


def test_what_she_wrote_is_new_again_to_whoever_marks_it_so_and_only_to_them(agent: Desk, company: Company) -> None:
    path, colleague = f"/conversations/{company.first.id}", Desk(company.house, Role.MANAGER)
    for one in (agent, colleague):
        one.get(path)
    company.house.settle()
    assert not _unread(agent)

    does(agent, company, f"{path}/unread")

    assert _unread(agent)
    assert not _unread(colleague)

    agent.get(path)
    company.house.settle()

    assert not _unread(agent), "opening it reads it"


def _unread(who: Desk) -> bool:
    return bool(re.search(r'class="line unread', who.get("/inbox?view=all").text))
