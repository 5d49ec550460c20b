"""The screens of sources and live events: what a connecting engineer sees and does."""

from collections.abc import Callable
from typing import Any

from hark.events.sources import all_sources
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser


def send(house: House, body: dict[str, Any] | bytes) -> None:
    house.post("/v1/track", body)
    house.settle()


def test_a_source_is_added_and_shows_what_to_paste(house: House, owner: Browser):
    added = owner.send("/sources/new", name="web shop", channel="web")
    assert added.status_code == 303

    page = owner.get(added.headers["location"] + "?client=posthog-browser").text
    with house.database.transaction() as tx:
        key = next(source.write_key for source in all_sources(tx) if source.name == "web shop")
    assert f"posthog.init(&#39;{key}&#39;" in page


def test_a_taken_name_is_said_at_its_field(owner: Browser):
    page = owner.send("/sources/new", name="web")

    assert page.status_code == 422
    assert "there is a source" in page.text


def test_an_analyst_sees_sources_but_no_key(house: House, as_role: Callable[[Role], Browser]):
    analyst = as_role(Role.ANALYST)

    assert house.source.write_key not in analyst.get(f"/sources/{house.source.id}").text
    assert analyst.get(f"/sources/{house.source.id}/settings").status_code == 403
    assert analyst.send(f"/sources/{house.source.id}/pause").status_code == 403


def test_hostile_names_stay_text(house: House, owner: Browser):
    send(house, {"event": "<img src=x onerror=alert(1)>", "userId": "<script>alert(2)</script>"})

    for path in (f"/sources/{house.source.id}/arrived", "/live-events", "/sources"):
        page = owner.get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "<script>alert" not in page.text


def test_what_is_refused_is_shown_corrected_and_comes_in(house: House, owner: Browser):
    send(house, {"event": "Order Completed"})

    page = owner.get(f"/sources/{house.source.id}/refused").text
    assert "neither userId nor anonymousId" in page
    assert "/requests/1" in page

    corrected = owner.send("/requests/1/correct", body='{"event": "Order Completed", "userId": "nat"}')
    house.settle()
    assert corrected.headers["location"] == "/requests/2"
    assert house.person("user_id:nat")["counts"]["Order Completed"] == 1
    assert "Nothing is refused" in owner.get(f"/sources/{house.source.id}/refused").text


def test_the_live_view_shows_events_and_refusals_and_filters(house: House, owner: Browser):
    send(house, {"event": "Washer Started", "userId": "nat"})
    send(house, {"event": "Oven Started", "userId": "bo"})
    send(house, b"{broken")

    feed = owner.get("/live-events", block="feed").text
    assert "<html" not in feed
    assert feed.index("JSON is malformed") < feed.index("Oven Started") < feed.index("Washer Started")

    only_nat = owner.get("/live-events?identity=nat", block="feed").text
    assert "Washer Started" in only_nat
    assert "Oven Started" not in only_nat
    assert "Washer Started" not in owner.get("/live-events?only=refused", block="feed").text


def test_pausing_can_be_undone(house: House, owner: Browser):
    owner.send(f"/sources/{house.source.id}/pause")
    send(house, {"event": "Washer Started", "userId": "nat"})
    assert "This source is paused" in owner.get(f"/sources/{house.source.id}").text
    assert house.person("user_id:nat") is None

    owner.send(f"/sources/{house.source.id}/resume")
    house.settle()
    assert house.person("user_id:nat") is not None
