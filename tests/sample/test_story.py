"""The sample company's customers live lives that hold together."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hark.sample.cast import perform
from hark.sample.catalogue import SEASON
from hark.sample.customer import draw
from hark.sample.signals import Signal
from hark.sample.story import live

TODAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def everybody() -> list[list[Signal]]:
    return [live(7, number, TODAY) for number in range(300)]


def named(signals: list[Signal], name: str) -> list[dict[str, Any]]:
    return [s.body for s in signals if name in (s.body.get("event"), s.body.get("name"))]


def test_the_same_seed_tells_the_same_story() -> None:
    assert live(7, 12, TODAY) == live(7, 12, TODAY)
    assert live(7, 12, TODAY) != live(8, 12, TODAY)


def test_a_life_stays_within_its_two_years(everybody: list[list[Signal]]) -> None:
    moments = [signal.at for life in everybody for signal in life]

    assert max(moments) <= TODAY
    assert min(moments) >= TODAY - timedelta(days=731)


def test_every_message_has_an_id_of_its_own(everybody: list[list[Signal]]) -> None:
    signals = [signal for life in [*everybody, perform(7, TODAY)] for signal in life]
    ids = [signal.body.get("messageId") or signal.body["id"] for signal in signals]

    assert len(set(ids)) == len(ids)


def test_who_waits_in_vain_complains_more_often(everybody: list[list[Signal]]) -> None:
    late, angry = 0, 0
    for life in everybody:
        late += any(body["properties"]["days_late"] for body in named(life, "Order Delivered"))
        angry += any(body["properties"]["topic"] == "late" for body in named(life, "Message Received"))

    assert 0 < angry < late < len(everybody)


def test_ratings_follow_what_happened(everybody: list[list[Signal]]) -> None:
    scores: defaultdict[bool, list[int]] = defaultdict(list)
    for life in everybody:
        trouble = bool(named(life, "Return Requested")) or any(
            body["properties"]["days_late"] > 2 for body in named(life, "Order Delivered")
        )
        scores[trouble] += [body["properties"]["score"] for body in named(life, "Survey Answered")]

    assert sum(scores[True]) / len(scores[True]) < sum(scores[False]) / len(scores[False]) - 1


def test_hard_water_brings_faults() -> None:
    assert sum(
        len(named(live(7, n, TODAY), "Fault Raised")) for n in range(500) if draw(7, n).city.hardness > 14
    ) > 2 * sum(len(named(live(7, n, TODAY), "Fault Raised")) for n in range(500) if draw(7, n).city.hardness <= 14)


def test_people_come_by_day_in_their_own_time_zone(everybody: list[list[Signal]]) -> None:
    hours = [
        signal.at.astimezone(draw(7, number).zone).hour
        for number, life in enumerate(everybody)
        for signal in life
        if signal.source == "web shop"
    ]

    assert sum(8 <= hour <= 23 for hour in hours) > 0.9 * len(hours)


def test_november_is_busier_than_july(everybody: list[list[Signal]]) -> None:
    bought = [signal.at.month for life in everybody for signal in life if signal.body.get("event") == "Order Completed"]

    assert SEASON[10] > SEASON[6]
    assert bought.count(11) > bought.count(7)


def test_households_share_a_tablet_and_an_address() -> None:
    first, second = draw(7, 8), draw(7, 9)

    assert first.household == second.household
    assert first.devices["tablet"] == second.devices["tablet"]
    assert (first.street, first.postcode) == (second.street, second.postcode)
    assert first.email != second.email


def test_messages_are_written_in_many_languages(everybody: list[list[Signal]]) -> None:
    spoken = {
        body["properties"]["language"]
        for life in everybody
        for body in named(life, "Message Received")
        if "language" in body["properties"]
    }

    assert len(spoken) >= 6


def test_natalies_washer_shows_e18_and_she_helps_herself() -> None:
    cast = perform(7, TODAY)

    assert any(
        body["properties"]["code"] == "E18" and "NATALIE" in body["properties"]["serial"]
        for body in named(cast, "Fault Raised")
    )
    assert any(body["userId"].startswith("tw-natalie") for body in named(cast, "Guide Finished"))
