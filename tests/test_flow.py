"""The path: an event that cannot be processed is set aside alone, and a replay finds the same state."""

from typing import Any

import pytest

from hark import flow
from hark.events import log
from hark.model import Context, Declared
from hark.store import Transaction
from hark.testing.house import House


def _send(house: House, *messages: str) -> None:
    items = [{"type": "track", "event": "Ping", "messageId": m, "userId": f"user-{m}"} for m in messages]
    assert house.post("/v1/batch", {"batch": items}).status_code == 200


def test_a_poisonous_event_is_parked_and_the_rest_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
        if any(context.event.message_id == "m3" for context in contexts):
            raise ValueError("cannot digest m3")
        return contexts

    monkeypatch.setattr(flow, "KNOW", (*flow.KNOW, stumble))
    _send(house, "m1", "m2", "m3", "m4", "m5")
    house.settle()

    parked = house.query("select e.message_id, p.error from parked p join event e using (position)")
    assert [row["message_id"] for row in parked] == ["m3"]
    assert "cannot digest" in parked[0]["error"]
    assert house.query("select count(*) from person")[0]["count"] == 4


def test_a_parked_event_is_tried_again_by_hand(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = flow.KNOW

    def stumble(contexts: list[Context], tx: Transaction, declared: Declared) -> list[Context]:
        raise ValueError("not today")

    monkeypatch.setattr(flow, "KNOW", (stumble,))
    _send(house, "m1")
    house.settle()
    position = house.query("select position from parked")[0]["position"]
    monkeypatch.setattr(flow, "KNOW", sound)

    assert flow.retry_parked(house.hark.engines(), [position, position + 1]) == [position]
    assert flow.retry_parked(house.hark.engines(), [position]) == []
    assert house.query("select count(*) from parked")[0]["count"] == 0
    assert house.query("select count(*) from person")[0]["count"] == 1


def derived_rows(house: House) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that a replay rebuilds."""
    tables = ("identity", "edge", "facet", "person", "timeline")
    return {table: house.query(f"select * from {table} t order by t::text") for table in tables}


def test_a_replay_rebuilds_the_same_rows(house: House) -> None:
    for number in range(40):
        user = f"user-{number % 7}"
        batch = [
            {"type": "page", "messageId": f"p{number}", "anonymousId": f"device-{number % 11}"},
            {"type": "identify", "messageId": f"i{number}", "userId": user, "anonymousId": f"device-{number % 11}",
             "traits": {"email": f"{user}@example.com", "visits": number}},
        ]  # fmt: skip
        house.post("/v1/batch", {"batch": batch})
    house.settle()
    before = derived_rows(house)

    flow.start_replay(house.hark.engines())
    assert house.query("select count(*) from person")[0]["count"] == 0
    house.settle()

    assert derived_rows(house) == before
    assert len(before["person"]) > 0


def test_few_events_are_known_with_the_transaction_that_loads_them(house: House) -> None:
    _send(house, "m1", "m2")
    with house.hark.database.transaction() as tx:
        house.hark.loader().load(tx)
        followed = flow.follow(house.hark.engines(), tx)

    assert followed
    assert house.query("select count(*) from person")[0]["count"] == 2
    assert flow.advance(house.hark.engines()) == 0


def test_many_events_are_left_to_the_path(house: House) -> None:
    _send(house, *(f"m{number}" for number in range(flow.FEW + 1)))
    with house.hark.database.transaction() as tx:
        house.hark.loader().load(tx)
        followed = flow.follow(house.hark.engines(), tx)

    assert not followed
    assert flow.advance(house.hark.engines()) == flow.FEW + 1


def test_the_loader_does_not_wait_for_whoever_holds_the_cursor(house: House) -> None:
    _send(house, "m1")
    with house.hark.database.transaction() as other, house.hark.database.transaction() as tx:
        log.lock_cursor(other, flow.CURSOR)
        house.hark.loader().load(tx)
        followed = flow.follow(house.hark.engines(), tx)

    assert not followed
    assert flow.advance(house.hark.engines()) == 1
