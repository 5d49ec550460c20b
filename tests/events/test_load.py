"""The loader: each message once, bad items refused and shown, and nothing that the database refuses stops the log."""

from typing import Any

import pytest

from hark.events import load
from hark.testing.house import House


def _track(message: str, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Ping", "messageId": message, "userId": "natalie", "properties": properties}


def test_a_message_that_is_sent_again_is_in_the_log_once(house: House) -> None:
    for _ in range(3):
        assert house.post("/v1/batch", {"batch": [_track("m1"), _track("m1"), _track("m2")]}).status_code == 200
    house.settle()

    assert house.query("select message_id, count(*) from event group by 1 order by 1") == [
        {"message_id": "m1", "count": 1},
        {"message_id": "m2", "count": 1},
    ]


def test_an_item_that_is_no_event_is_shown_and_its_neighbours_come_in(house: House) -> None:
    house.post("/v1/batch", {"batch": [_track("m1"), {"type": "dance", "messageId": "m2"}, "nonsense", _track("m3")]})
    house.settle()

    assert house.query("select count(*) from event")[0]["count"] == 2
    assert [row["item_index"] for row in house.query("select item_index from refusal order by id")] == [1, 2]


def test_an_event_that_is_too_large_is_refused_and_its_message_may_come_again(house: House) -> None:
    house.post("/v1/batch", {"batch": [_track("m1", text="x" * 1_100_000), _track("m2")]})
    house.settle()
    house.post("/v1/batch", {"batch": [_track("m1", text="x")]})
    house.settle()

    assert [row["message_id"] for row in house.query("select message_id from event order by 1")] == ["m1", "m2"]
    assert "at most" in house.query("select reason from refusal")[0]["reason"]


def test_what_the_database_does_not_take_is_refused_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = load._line

    def spoil(event: Any, raw: int) -> tuple[Any, ...]:
        line = sound(event, raw)
        return (*line[:10], "not json at all", *line[11:]) if event.message_id == "bad" else line

    monkeypatch.setattr(load, "_line", spoil)
    for message in ("a", "bad", "c", "d"):
        house.post("/v1/batch", {"batch": [_track(message)]})
    house.settle()

    assert [row["message_id"] for row in house.query("select message_id from event order by 1")] == ["a", "c", "d"]
    assert house.query("select count(*) from raw where state = 2")[0]["count"] == 1
    assert "cannot be loaded" in house.query("select reason from refusal")[0]["reason"]


def test_a_paused_source_waits_and_goes_on(house: House) -> None:
    from hark.events.sources import pause

    with house.database.transaction() as tx:
        pause(tx, house.source.id, paused=True)
    reply = house.post("/v1/batch", {"batch": [_track("m1")]})
    house.settle()
    waiting = house.query("select count(*) from event")[0]["count"]
    with house.database.transaction() as tx:
        pause(tx, house.source.id, paused=False)
    house.settle()

    assert (reply.status_code, waiting) == (200, 0)
    assert house.query("select count(*) from event")[0]["count"] == 1
