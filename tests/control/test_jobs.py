"""Jobs that were given up are shown with their reason, tried again or let go by hand, on the screen and by REST."""

import threading

import pytest

from hark.errors import Rejected
from hark.testing.house import House
from hark.web.rights import Role
from hark.work import Work, given_up, put
from tests.control.browser import Browser


class Weather:
    bad = True


def sail(argument: int, weather: Weather) -> None:
    if weather.bad:
        raise Rejected(f"boat {argument} <b>stays in</b>")


@pytest.fixture
def weather(house: House) -> Weather:
    """Two jobs that were given up because of it."""
    weather = Weather()
    with house.database.transaction() as tx:
        for boat in (1, 2):
            put(sail, boat, tx)
    work(house, weather)
    return weather


def work(house: House, weather: Weather) -> None:
    Work(house.hark.url, {sail: weather}).run(threading.Event(), until_empty=True)


def left(house: House) -> int:
    with house.database.transaction() as tx:
        return given_up.count(tx)


def test_an_empty_screen_teaches(owner: Browser) -> None:
    assert "Nothing was given up" in owner.get("/jobs").text


def test_they_are_shown_with_their_reason_and_on_the_first_page(owner: Browser, weather: Weather) -> None:
    page = owner.get("/jobs").text

    assert "boat 2 &lt;b&gt;stays in" in page
    assert "2 jobs given up" in owner.get("/").text


def test_one_is_tried_again_and_one_is_let_go(house: House, owner: Browser, weather: Weather) -> None:
    weather.bad = False
    with house.database.transaction() as tx:
        second, first = given_up.listed(tx)
    owner.send("/jobs/try-again", job=first.id)
    owner.send("/jobs/dismiss", job=second.id)
    work(house, weather)

    assert left(house) == 0


def test_all_are_tried_again_and_may_fail_again(house: House, owner: Browser, weather: Weather) -> None:
    owner.send("/jobs/try-again")
    assert left(house) == 0
    work(house, weather)

    assert left(house) == 2


def test_who_only_looks_changes_nothing(house: House, weather: Weather) -> None:
    analyst = Browser(house, Role.ANALYST)

    assert "Try again" not in analyst.get("/jobs").text
    assert analyst.send("/jobs/dismiss").status_code == 403


def test_a_number_is_asked_for(owner: Browser) -> None:
    assert owner.send("/jobs/dismiss", job="everything").status_code == 422


def test_the_api_says_the_same(house: House, weather: Weather) -> None:
    listed = house.ask("GET", "/api/v1/jobs").json()
    ids = [job["id"] for job in listed["jobs"]]
    tried = house.ask("POST", "/api/v1/jobs/retry", b'{"jobs": [%d, 987654]}' % ids[0])
    gone = house.ask("POST", "/api/v1/jobs/dismiss", b'{"jobs": [%d]}' % ids[1])

    assert listed["count"] == 2
    assert listed["jobs"][0]["reason"] == "boat 2 <b>stays in</b>"
    assert tried.json() == {"jobs": [ids[0]]}
    assert gone.json() == {"jobs": [ids[1]]}
    assert left(house) == 0
