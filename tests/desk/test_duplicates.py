"""The screen of probable duplicates: it teaches when empty, shows the evidence, and every decision goes back."""

import pytest

from hark.bench.matching import synthetic
from hark.people import finding, matching
from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_empty_screen_teaches(house: House) -> None:
    page = Browser(house, Role.AGENT).get("/duplicates")

    assert "Two records, one person?" in page.text


def test_a_pair_is_shown_merged_and_dismissed(house: House) -> None:
    for number, record in enumerate(synthetic(80)):
        traits = {name: value for name, value in record.items() if value and name not in ("id", "phone", "email")}
        house.post("/v1/identify", {"anonymousId": f"v{number}x", "traits": traits})
    house.settle()
    finding.run(house.database, house.hark.declared)
    with house.database.transaction() as tx:
        first, second, *_ = matching.review(tx)
    bo = Browser(house, Role.OWNER)
    page = bo.get("/duplicates")

    assert "one sign off" in page.text or "nearly the same" in page.text
    assert str(first.a.person) in page.text

    merged = bo.send("/duplicates/merge", a=first.a.match, b=first.b.match)
    kept = bo.send("/duplicates/dismiss", a=second.a.match, b=second.b.match)
    house.settle()

    assert (merged.status_code, kept.status_code) == (303, 303)
    assert bo.send("/duplicates/dismiss", a=second.a.match, b=second.b.match).status_code == 422
    with house.database.transaction() as tx:
        left = {pair.a.match for pair in matching.review(tx)}
    assert not left & {first.a.match, second.a.match}

    assert bo.send("/duplicates/reopen", a=second.a.match, b=second.b.match).status_code == 303
    with house.database.transaction() as tx:
        assert second.a.match in {pair.a.match for pair in matching.review(tx)}


def test_only_who_may_change_people_decides(house: House) -> None:
    analyst = Browser(house, Role.ANALYST)

    assert analyst.get("/duplicates").status_code == 200
    assert analyst.send("/duplicates/choose", review="0.9", join="").status_code == 403
    assert Browser(house, Role.OWNER).send("/duplicates/choose", review="0.9", join="0.99").status_code == 303
    with house.database.transaction() as tx:
        assert matching.chosen(tx) == matching.Choice(review_above=0.9, join_above=pytest.approx(0.99))
