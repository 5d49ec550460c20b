"""The destinations screens: a form drawn from the plug-in's settings, honest health, dead letters sent again."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hark.destinations.deliver import deliver
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser


@pytest.fixture
def open_house(database_url: str) -> Iterator[House]:
    house = House(database_url, allow_private=("127.0.0.1",))
    yield house
    house.close()


@pytest.fixture
def bo(open_house: House) -> Browser:
    return Browser(open_house, Role.OWNER)


def add(bo: Browser, url: str, **fields: Any) -> str:
    """The path of the new destination."""
    reply = bo.send("/destinations/new/webhook", name="Shop", url=url, batch="1", purpose="service", **fields)
    assert reply.status_code == 303, re.sub(r"<[^>]+>", " ", reply.text)[:3000]
    return reply.headers["location"]


def test_an_empty_list_teaches_and_offers_every_destination(bo: Browser) -> None:
    page = bo.get("/destinations").text

    assert "Nothing leaves yet" in page
    assert all(f"/destinations/new/{name}" in page for name in ("files", "postgres_table", "webhook"))


def test_the_form_is_drawn_from_the_settings(bo: Browser) -> None:
    page = bo.get("/destinations/new/postgres_table").text

    for title in ("Host", "Password", "Table of persons", "Encryption", "Rows in one write"):
        assert title in page
    assert "verify-full" in page


def test_what_is_wrong_is_said_at_its_field_and_nothing_entered_is_lost(bo: Browser) -> None:
    reply = bo.send("/destinations/new/webhook", name="Shop", url="not an address", batch="7", purpose="marketing")

    assert reply.status_code == 422
    assert 'id="error-url"' in reply.text
    assert 'value="not an address"' in reply.text
    assert 'value="7"' in reply.text


def test_a_destination_is_added_tested_and_shown(bo: Browser, receiver: Any) -> None:
    path = add(bo, receiver.url)
    page = bo.get(path).text

    assert "the receiver answered 200" in page
    assert "whsec_" not in page
    assert len(receiver.got) == 1


def test_a_failed_test_is_told_and_the_destination_kept(bo: Browser, receiver: Any) -> None:
    receiver.answers = [(500, {})]

    assert "The test failed" in bo.get(add(bo, receiver.url)).text


def test_events_flow_and_dead_letters_are_sent_again(bo: Browser, receiver: Any) -> None:
    path = add(bo, receiver.url)
    number = path.rsplit("/", 1)[1]
    bo.house.post("/v1/track", {"userId": "u1", "event": "Order <b>Completed</b>", "messageId": "m1"})
    bo.house.settle()
    receiver.answers = [(422, {})]
    means = bo.house.hark.means
    deliver(_uuid(number), means)
    page = bo.get(path).text
    assert "the other side answered 422" in page
    assert "<b>Completed" not in page
    letter = re.search(r'name="letter" value="([^"]+)"', page)
    assert letter
    bo.send(f"{path}/letters", letter=letter[1], what="again")
    deliver(_uuid(number), means)

    assert "None waits." in bo.get(path).text
    assert len(receiver.got) == 2


def test_a_change_keeps_the_secret_and_the_filter_holds(bo: Browser, receiver: Any) -> None:
    path = add(bo, receiver.url)
    form = bo.get(f"{path}/change").text
    assert "whsec_" not in form
    fields = {"name": "Shop 2", "url": receiver.url, "secret": "••••••••", "old_secret": "", "batch": "5"}
    reply = bo.send(f"{path}/change", purpose="service", events=["A", "B"], more_events="C\nD", **fields)

    assert reply.status_code == 303
    (row,) = bo.house.query("select name, settings, events from destination")
    assert row["name"] == "Shop 2"
    assert row["settings"]["secret"].startswith("whsec_")
    assert row["settings"]["batch"] == 5
    assert row["events"] == ["A", "B", "C", "D"]


def test_pausing_going_on_and_removing(bo: Browser, receiver: Any) -> None:
    path = add(bo, receiver.url)
    bo.send(f"{path}/switch", on="")
    assert "Paused" in bo.get(path).text
    bo.send(f"{path}/switch", on="1")
    assert "Running" in bo.get(path).text
    bo.send(f"{path}/remove")

    assert bo.get(path).status_code == 404


def test_who_may_only_look_changes_nothing(bo: Browser, receiver: Any) -> None:
    path = add(bo, receiver.url)
    analyst, agent = Browser(bo.house, Role.ANALYST), Browser(bo.house, Role.AGENT)

    assert analyst.get(path).status_code == 200
    assert analyst.get("/destinations/new/webhook").status_code == 403
    assert analyst.send(f"{path}/remove").status_code == 403
    assert agent.get("/destinations").status_code == 403
    assert bo.get(path).status_code == 200


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)
