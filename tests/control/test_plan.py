"""The screens of the tracking plan and of API tokens."""

from collections.abc import Callable
from typing import Any

import pytest

from hark.api import entrance
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser


def track(house: House, number: int, **properties: Any) -> None:
    house.post(
        "/v1/track", {"event": "Order Completed", "userId": "nat", "messageId": str(number), "properties": properties}
    )
    house.settle()


def test_a_plan_is_frozen_on_its_page_and_shows_what_breaks_it(house: House, owner: Browser):
    track(house, 1, total=9.5)
    path = f"/plan/event?source={house.source.id}&type=track&name=Order%20Completed"
    assert "/total" in owner.get(path).text

    owner.send("/plan/event", source=house.source.id, type="track", name="Order Completed", state="frozen")
    house.settle()
    track(house, 2, total="<b>much</b>")

    page = owner.get(path).text
    assert "Frozen" in page
    assert "number" in page
    assert "<b>much" not in page
    assert "Order Completed" in owner.get(f"/plan?source={house.source.id}&state=broken", block="list").text


def test_a_schema_that_is_none_is_said_at_its_field(house: House, owner: Browser):
    track(house, 1, total=9.5)

    page = owner.send(
        "/plan/event",
        source=house.source.id,
        type="track",
        name="Order Completed",
        state="frozen",
        schema='{"type": 7}',
    )
    assert page.status_code == 422
    assert "this is no JSON Schema" in page.text


def test_a_whole_source_is_enforced(house: House, owner: Browser):
    track(house, 1, total=9.5)
    owner.send("/plan/source", source=house.source.id, state="enforced")
    house.settle()

    track(house, 2, total="much")
    assert "breaks the tracking plan" in owner.get(f"/sources/{house.source.id}/refused").text


def test_an_analyst_looks_and_does_not_change(house: House, as_role: Callable[[Role], Browser]):
    track(house, 1, total=9.5)
    analyst = as_role(Role.ANALYST)

    assert analyst.get("/plan").status_code == 200
    assert analyst.send("/plan/source", source=house.source.id, state="enforced").status_code == 403


def test_a_token_is_shown_once_and_can_be_revoked(house: House, owner: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(entrance, "FRESH", 0.0)
    page = owner.send("/settings/tokens", name="till", scopes=["people:read", "segments:read"]).text
    secret = page[page.index("hark_") :].split("<")[0]
    headers = {"authorization": f"Bearer {secret}"}
    assert house.ask("GET", "/api/v1/people", headers=headers).status_code == 200
    assert secret not in owner.get("/settings/tokens").text

    row = next(one for one in house.ask("GET", "/api/v1/tokens").json()["tokens"] if one["name"] == "till")
    owner.send(f"/settings/tokens/{row['id']}/revoke")
    assert house.ask("GET", "/api/v1/people", headers=headers).status_code == 401


def test_a_token_needs_a_name_and_a_scope(owner: Browser):
    page = owner.send("/settings/tokens", name="")

    assert page.status_code == 422
    assert "Choose at least one scope" in page.text
