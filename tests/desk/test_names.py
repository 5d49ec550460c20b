"""What somebody is called at the desk before anybody has told Hark their name."""

import pytest

from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web.rights import Role
from tests.desk.visitor import Visitor, add_chat

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def agent(house: House) -> Desk:
    return Desk(house, Role.AGENT)


def writes(house: House, calls_herself: str, **traits: str) -> str:
    """Somebody of whom only these traits are known writes and calls themselves so; the path of the thread."""
    house.post("/v1/identify", {"userId": "u-1", "traits": {"email": "a.rather.long.address@moreau.example", **traits}})
    house.settle()
    Visitor(house.database, add_chat(house.database), "u-1", calls_herself).says("Bonjour")
    house.settle()
    [row] = house.query("select id from conversation")
    return f"/conversations/{row['id']}"


def test_the_list_and_the_head_say_what_she_calls_herself_where_no_name_is_known(agent: Desk, house: House) -> None:
    page = agent.get(writes(house, "Natalie M.") + "?view=all")

    assert 'line-who truncate">Natalie M.</span>' in page.text, "the line of the list"
    assert "Natalie M.</a></h2>" in page.text, "the head of the thread"


def test_the_name_that_is_known_goes_before_what_somebody_calls_themselves(agent: Desk, house: House) -> None:
    page = agent.get(writes(house, "The boss", name="Natalie Moreau") + "?view=all")

    assert "Natalie Moreau" in words(page)
    assert "The boss" not in page.text.split('class="stream"')[0]


def test_the_cross_of_a_tag_stands_within_the_tag(agent: Desk, house: House) -> None:
    path = writes(house, "Natalie M.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hark.desk.acting.wait_for", lambda *_: house.settle() or True)
        agent.post(f"{path}/tag", {"add": "warranty"})
    page = agent.get(path).text

    # Where the marks were a paragraph, the form of the cross ended it.
    assert '<div class="thread-marks">' in page
    assert 'class="untag"' in page.split('<div class="thread-marks">')[1].split("</div>")[0]
