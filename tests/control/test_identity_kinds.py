"""The screen of the kinds of identity: what guards them is shown, and changed by those who may."""

from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser

FORM = {"name": "email", "priority": "2", "limit": "9", "window_days": "0", "blocked": "info@example.com\n"}


def test_guards_are_shown_and_changed(house: House) -> None:
    bo = Browser(house, Role.OWNER)
    page = bo.get("/identity-kinds?name=email")

    assert "only one, ever" in page.text
    assert 'name="blocked"' in page.text

    sent = bo.send("/identity-kinds", **FORM)
    house.settle()
    page = bo.get("/identity-kinds?name=email")

    assert sent.status_code == 303
    assert "at most 9" in page.text
    assert "info@example.com" in page.text
    assert bo.send("/identity-kinds", **{**FORM, "limit": "0"}).status_code == 422


def test_only_who_may_change_settings_does(house: House) -> None:
    assert Browser(house, Role.AGENT).send("/identity-kinds", **FORM).status_code == 403
