"""The screen of a chat's settings: made, filled in, refused where it cannot be read, shown by the script at once."""

from collections.abc import Callable
from typing import Any

import pytest

from hark.model import Source
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser

FILLED: dict[str, Any] = {
    "title-*": "Tidewell",
    "welcome-de": "Moin!",
    "colour": "#0f766e",
    "corner": "start",
    "ask-name": "required",
    "ask-topic": "ask",
    "topics": "Lieferung\nRückgabe\n",
    "hours": "Mon-Fri 9:00-17:00",
    "time_zone": "Europe/Berlin",
    "greeting-0": "May I help you choose?",
    "path-0": "/washers",
    "after-0": "15",
    "files": "1",
    "sites": "https://shop.example/",
}


@pytest.fixture
def chat(house: House) -> Source:
    return house.add_source("chat", plugin="webchat", channel="chat")


def test_a_new_chat_has_its_line_for_the_site(owner: Browser, house: House) -> None:
    reply = owner.send("/accounts/new/webchat", name="Shop")
    shown = owner.get(reply.headers["location"])

    assert shown.status_code == 200
    assert f"/chat/{reply.headers['location'].split('/')[2]}.js" in shown.text


def test_what_is_filled_in_is_what_the_script_knows(owner: Browser, house: House, chat: Source) -> None:
    saved = owner.send(f"/sources/{chat.id}/chat", **FILLED)
    script = house.ask("GET", f"/chat/{chat.id}.js").text

    assert saved.status_code == 303, saved.text
    assert '"colour":"#0f766e"' in script
    assert '"questions":[{"name":"name","required":true},{"name":"topic"}]' in script
    assert '"words":{"*":{"title":"Tidewell"},"de":{"welcome":"Moin!"}}' in script
    assert '"rating":false' in script
    assert owner.get(f"/sources/{chat.id}/chat").text.count("May I help you choose?") >= 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hours", "at nine", "is not like"),
        ("time_zone", "Europe/Atlantis", "no time zone"),
        ("colour", "red; background: url(x)", "colour"),
        ("sites", "shop.example", "sites"),
        ("privacy", "javascript:alert(1)", "privacy"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(
    owner: Browser, chat: Source, field: str, value: str, said: str
) -> None:
    reply = owner.send(f"/sources/{chat.id}/chat", **{**FILLED, field: value})

    assert reply.status_code == 422
    assert said in reply.text


def test_who_may_not_change_sources_does_not_see_it(as_role: Callable[[Role], Browser], chat: Source) -> None:
    assert as_role(Role.AGENT).get(f"/sources/{chat.id}/chat").status_code == 403
