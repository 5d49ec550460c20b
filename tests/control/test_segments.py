"""The segment screens: built of lines or of text, counted while one writes, saved, changed, removed and taken back."""

import re

import pytest
from hypothesis import given, settings

from hark.conditions import Expression, compile_condition, parse, write
from hark.control import builder
from hark.testing.house import House
from hark.web.rights import Role
from tests.conditions.trees import conditions
from tests.control.browser import Browser

REGULARS = {
    "mode": "all",
    "form": "rows",
    "label": "Regular customers",
    "g0.mode": "all",
    "g0.r0.kind": "did",
    "g0.r0.name": "Order Completed",
    "g0.r0.operator": ">=",
    "g0.r0.value": "2",
    "g0.r0.days": "30",
}


@pytest.fixture
def bo(house: House) -> Browser:
    return Browser(house, Role.OWNER)


def buys(house: House, who: str, times: int) -> None:
    for _ in range(times):
        house.post("/v1/track", {"userId": who, "event": "Order Completed", "properties": {"total": 5}})
    house.settle()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_empty_list_teaches(bo: Browser) -> None:
    page = bo.get("/segments")

    assert "A segment is a group that keeps itself" in page.text
    assert 'href="/segments/new"' in page.text


def test_a_count_while_one_writes_and_a_segment_when_one_saves(house: House, bo: Browser) -> None:
    buys(house, "ann", 2)
    buys(house, "bea", 1)
    counted = bo.send("/segments/new", **REGULARS, act="count")
    saved = bo.send("/segments/new", **REGULARS, act="save")
    house.settle()
    page = bo.get("/segments/regular_customers")

    assert counted.status_code == 200
    assert "1 people of 2 looked at just now" in text_of(counted.text)
    assert (saved.status_code, saved.headers["location"]) == (303, "/segments/regular_customers")
    assert "People in it 1" in text_of(page.text)
    assert "Regular customers" in bo.get("/segments").text


def test_lines_come_and_go_and_turn_into_text_and_back(bo: Browser) -> None:
    more = bo.send("/segments/new", **REGULARS, act="add:0").text
    fewer = bo.send("/segments/new", **REGULARS, act="drop:0:0").text
    grouped = bo.send("/segments/new", **REGULARS, act="group").text
    as_text = bo.send("/segments/new", **REGULARS, act="text").text
    again = bo.send("/segments/new", form="text", text='consent("marketing")', act="rows").text

    assert 'name="g0.r1.kind"' in more
    assert 'name="g0.r1.kind"' not in fewer
    assert 'name="g1.r0.kind"' in grouped
    assert "count(&#34;Order Completed&#34;, 30 days) &gt;= 2" in as_text
    assert '<option value="consent" selected>' in again


def test_what_is_wrong_is_said_at_the_condition(bo: Browser) -> None:
    reply = bo.send("/segments/new", form="text", label="X", text="traits.country in", act="save")

    assert reply.status_code == 422
    assert "expected &#34;(&#34; or &#34;[&#34;" in reply.text


def test_a_removed_segment_can_be_taken_back(house: House, bo: Browser) -> None:
    bo.send("/segments/new", **REGULARS, act="save")
    house.settle()
    bo.send("/segments/regular_customers/remove")
    house.settle()
    gone = bo.get("/segments/regular_customers").status_code
    bo.send("/segments/regular_customers/restore?label=Regulars&text=traits.a")
    house.settle()

    assert gone == 404
    assert "Regulars" in bo.get("/segments/regular_customers").text


@settings(max_examples=400, deadline=None)
@given(conditions())
def test_what_fits_into_lines_means_the_same_there(condition: Expression) -> None:
    draft = builder.draft_of(condition)
    if draft is None:
        return
    again = parse(write(builder.condition_of(draft)))

    assert write(_plain(again)) == write(_plain(condition))


def _plain(condition: Expression) -> Expression:
    assert compile_condition(condition)
    return parse(write(condition))


def test_a_computed_trait_is_defined_changed_and_removed(house: House, bo: Browser) -> None:
    buys(house, "ann", 2)
    wrong = bo.send("/traits", label="Spent", text="sum(").status_code
    bo.send("/traits", label="Spent", text='sum("Order Completed".total)')
    house.settle()
    [row] = house.query("select computed from person")
    page = bo.get("/traits?change=spent").text
    bo.send("/traits/spent/remove")
    house.settle()

    assert (wrong, row["computed"]) == (422, {"spent": 10})
    assert "Change Spent" in page
    assert house.query("select computed from person") == [{"computed": {}}]


def test_an_event_name_gets_another_home_and_purposes_say_their_rule(house: House, bo: Browser) -> None:
    buys(house, "ann", 1)
    before = text_of(bo.get("/phases").text)
    bo.send("/phases", name="Order Completed", phase="memory")
    house.settle()

    assert "Order Completed Anticipation The usual names" in before
    assert "Order Completed Memory You" in text_of(bo.get("/phases").text)
    assert "Marketing marketing" in text_of(bo.get("/purposes").text)
