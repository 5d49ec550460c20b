"""Figures are what happened, and each opens exactly the conversations that it counted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hark.reports import behind, figures, sheet
from hark.reports.behind import Figure
from hark.reports.figures import Asked
from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web.rights import Role
from tests.conversations.talk import NOON, Talk, chat, hand, mail

BO = str(uuid4())
WEEK = Asked(since=NOON - timedelta(days=3), until=NOON + timedelta(days=4))


def told(house: House, function: Any, *arguments: Any) -> Any:
    with house.database.transaction() as tx:
        return function(tx, *arguments)


@pytest.fixture
def talk(house: House) -> Talk:
    """Ann is answered after ten minutes, closed after an hour and content; Ben still waits; Cy came by chat."""
    talk = Talk(house)
    talk.hear(mail("ann@example.com", "It beeps", 0, external_id="<a>"))
    ann = str(talk.conversations()[0].id)
    talk.hear(
        hand(
            "message.written", 10, conversation=ann, text="Press start", author=f"member:{BO}", channel="email", to=[]
        ),
        hand("conversation.tagged", 11, conversation=ann, tags={"add": ["door", "=cmd|' /C calc'!A0"]}),
        hand("conversation.closed", 60, conversation=ann),
        hand("conversation.rated", 61, conversation=ann, score=5),
        mail("ben@example.com", "When does it come?", 24 * 60, external_id="<b>"),
        chat("v-cy", "hello", 25 * 60),
    )
    return talk


def test_totals_are_what_happened(house: House, talk: Talk) -> None:
    totals = told(house, figures.totals, WEEK)

    assert (totals.opened, totals.closed, totals.backlog, totals.unanswered) == (3, 1, 2, 2)
    assert (totals.first_answer, totals.resolution, totals.csat) == (600.0, 3600.0, 1.0)


def test_every_day_stands_there_with_what_was_open_at_its_end(house: House, talk: Talk) -> None:
    days = told(house, figures.days, WEEK)

    assert [(day.opened, day.closed, day.backlog) for day in days] == [
        *[(0, 0, 0)] * 3,
        (1, 1, 0),
        (2, 0, 2),
        *[(0, 0, 2)] * 3,
    ]


def test_groups_reasons_and_hours_add_up_to_the_whole(house: House, talk: Talk) -> None:
    channels = told(house, figures.groups, WEEK, "channel")

    assert {one.name: one.opened for one in channels} == {"email": 2, "chat": 1}
    assert sum(told(house, figures.hours, WEEK).values()) == 3
    assert dict(told(house, figures.reasons, WEEK))["door"] == 1
    assert told(house, figures.ratings, WEEK) == {5: 1}


@pytest.mark.parametrize("what", behind.WHATS)
def test_a_figure_opens_exactly_what_it_counted(house: House, talk: Talk, what: str) -> None:
    rows, after = told(house, behind.listed, WEEK, Figure(what=what))
    expected = {"opened": 3, "closed": 1, "backlog": 2, "unanswered": 2, "rated": 1, "happy": 1}

    assert (len(rows), after) == (expected.get(what, 0), None)


def test_the_list_behind_a_figure_goes_on_page_by_page(house: House, talk: Talk) -> None:
    first, after = told(house, lambda tx: behind.listed(tx, WEEK, Figure(), limit=2))
    second, end = told(house, lambda tx: behind.listed(tx, WEEK, Figure(), limit=2, before=after))

    assert len({row.id for row in first + second}) == 3
    assert end is None


def test_working_hours_are_those_that_are_handed_in(house: House, talk: Talk) -> None:
    assert told(house, figures.working_first_answer, WEEK, lambda since, until: 42.0) == 42.0


def test_what_a_customer_wrote_runs_no_formula(house: House, talk: Talk, bo: Desk) -> None:
    rows = told(house, lambda tx: list(behind.everything(tx, WEEK, Figure(what="closed"))))
    text = b"".join(sheet.written(["tags", "subject"], [[row.tags, '=HYPERLINK("http://evil")'] for row in rows]))

    assert b"'=HYPERLINK" in text
    assert b",=" not in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert sheet.cell(text).startswith("'")


def test_numbers_stay_numbers() -> None:
    assert [sheet.cell(value) for value in (-3, 2.5, None, True)] == ["-3", "2.5", "", "True"]


def test_the_screen_shows_them_to_those_who_may(house: House, talk: Talk, bo: Desk) -> None:
    shown = bo.get("/reports?days=365")

    assert shown.status_code == 200, shown.text
    assert "Satisfied" in words(shown)
    assert bo.get("/reports/conversations?days=365&what=closed").text.count("/conversations/") >= 1
    assert bo.get("/reports/days.csv?days=7").content.count(b"\n") == 8
    assert bo.get("/reports/conversations.csv?days=365").headers["content-type"].startswith("text/csv")
    assert bo.as_(Role.AGENT).get("/reports").status_code == 403
