"""An event in few words, and a day of many events in few lines."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from hark.web.charts import bars, nice, plot, stack
from hark.web.telling import days, tell

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Line(Struct, frozen=True, kw_only=True):
    name: str = "Product Viewed"
    type: str = "track"
    channel: str = "web"
    phase: str | None = None
    at: datetime = NOON
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (Line(type="page", name="page", properties={"path": "/c/washers", "title": "Shop"}), "/c/washers"),
        (Line(properties={"products": [{"name": "W-17"}, {"sku": "D-9"}]}), "W-17, D-9"),
        (Line(properties={"code": "E18", "meaning": "Drain blocked"}), "Drain blocked · code E18"),
        (Line(properties={"query": "oven quiet"}), "oven quiet"),
        (Line(type="identify", name="identify", traits={"email": "n@x", "plan": "pro"}), "email, plan"),
        (Line(), ""),
        (
            Line(name="message.delivery", properties={"message": "0190", "state": "failed", "detail": "Full"}),
            "failed · Full",
        ),
        (Line(name="conversation.closed", properties={"conversation": "0190", "reason": "solved"}), "solved"),
    ],
)
def test_what_is_said(line: Line, said: str) -> None:
    assert tell(line).said == said


def test_a_person_is_quoted() -> None:
    told = tell(Line(properties={"text": "  Où est\n mon W-17 ?", "topic": "late"}))

    assert (told.said, told.quoted) == ("Où est mon W-17 ?", True)


def test_money_needs_its_currency() -> None:
    assert tell(Line(properties={"total": 749, "currency": "EUR"})).amount == 749.0
    assert tell(Line(properties={"total": 749})).amount is None


def test_the_same_again_is_one_line_and_a_day_is_the_visitors() -> None:
    lines = [Line(), Line(), Line(name="Order Completed"), Line(), Line(at=NOON - timedelta(hours=11))]

    found = list(days(lines, ZoneInfo("America/New_York")))

    assert [(day.day.day, [len(run.lines) for run in day.runs]) for day in found] == [(4, [2, 1, 1]), (3, [1])]


@given(
    st.dictionaries(st.text(max_size=9), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
)
def test_whatever_is_sent_can_be_told(properties: dict[str, Any]) -> None:
    assert isinstance(tell(Line(properties=properties)).said, str)


@given(st.lists(st.integers(0, 10**9), max_size=40))
def test_charts_stay_in_their_frame(values: list[int]) -> None:
    drawn = [*bars(values, 640, 160), *(bar for layer in stack([values, values], 640, 160) for bar in layer)]

    assert all(0 <= bar.x <= 640 and bar.height <= 161 for bar in drawn)
    assert all(-1 <= y <= 160 for _, y in plot(values, 640, 160).points)
    assert nice(max([*values, 0])) >= max([*values, 0]) * 0.999
