"""Looking at everybody again in steps: events go between them, and a replay takes the same steps at the same places."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from hark import flow
from hark.events.record import own
from hark.people import refold
from hark.testing.house import House


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refold, "STEP", 3)


def does(house: House, who: str, name: str, **properties: Any) -> None:
    house.post("/v1/track", {"userId": who, "event": name, "properties": properties})


def segment_of(house: House) -> dict[str, list[str]]:
    rows = house.query("select i.value, p.segments from person p join identity i on i.person = p.id order by 1")
    return {row["value"]: row["segments"] for row in rows}


def test_events_that_come_between_the_steps_are_in_the_result(house: House, small_steps: None) -> None:
    for number in range(8):
        does(house, f"u{number}", "Order Completed", total=10 * number)
    house.settle()
    with house.database.transaction() as tx:
        refold.record_own(
            tx,
            [
                own(
                    "segment.defined",
                    properties={"name": "spent", "condition": 'sum("Order Completed".total, 9 days) > 55'},
                )
            ],
        )
    for number in range(8):
        does(house, f"u{number}", "Order Completed", total=10)
        house.post("/v1/identify", {"userId": f"u{number}", "anonymousId": f"a{number}"})
    house.settle()
    steps = house.query("select count(*) as n from event where name = 'profiles.refolded'")
    before = segment_of(house)
    replayed = []
    for size in (1, 500):
        engines = msgspec.structs.replace(house.hark.engines(), batch=size)
        flow.start_replay(engines)
        while flow.advance(engines):
            pass
        replayed.append(segment_of(house))

    assert [who for who, segments in before.items() if segments] == ["a5", "a6", "a7", "u5", "u6", "u7"]
    assert steps[0]["n"] >= 3
    assert house.query("select state from definition") == [{"state": "ready"}]
    assert replayed == [before, before]


def test_a_definition_given_anew_starts_anew(house: House, small_steps: None) -> None:
    for number in range(7):
        does(house, f"u{number}", "Order Completed", total=number)
    house.settle()
    with house.database.transaction() as tx:
        for text in ('count("Order Completed") > 9', 'max("Order Completed".total) >= 5'):
            refold.record_own(tx, [own("segment.defined", properties={"name": "s", "condition": text})])
    house.settle()

    assert [who for who, segments in segment_of(house).items() if segments] == ["u5", "u6"]


def test_history_is_known_and_not_told(house: House) -> None:
    house.say(own("segment.defined", properties={"name": "buyers", "condition": 'count("Order Completed") > 0'}))
    old = (house.now() - timedelta(days=9)).isoformat()
    house.post("/v1/track", {"userId": "ann", "event": "Order Completed", "timestamp": old})
    house.settle()

    assert segment_of(house) == {"ann": ["buyers"]}
    assert house.query("select name from event where name = 'segment.entered'") == []


def test_a_merge_of_two_brings_the_segments_of_the_whole(house: House) -> None:
    house.say(own("segment.defined", properties={"name": "twice", "condition": 'count("Order Completed", 9 days) = 2'}))
    house.post("/v1/track", {"anonymousId": "x", "event": "Order Completed"})
    does(house, "ann", "Order Completed")
    house.settle()
    before = segment_of(house)
    house.post("/v1/identify", {"anonymousId": "x", "userId": "ann"})
    house.settle()

    assert before == {"ann": [], "x": []}
    assert segment_of(house) == {"ann": ["twice"], "x": ["twice"]}
    assert len(house.query("select name from event where name = 'segment.entered'")) == 1
