"""What always holds: any batch size leaves the same work and gives the same to the same; a replay makes the same rows."""

import random
from typing import Any

import pytest

from hark import flow
from hark.events.record import Own, own, record_own
from hark.model import Event
from hark.testing.house import House
from tests.cases.floor import ADA, BO, TABLES, Floor
from tests.conversations.talk import NOON, chat, hand

VISITORS = [f"visitor{number}" for number in range(12)]


def story(seed: int) -> list[Event | Own]:
    """Somebody writes, somebody comes, somebody goes; the same for the same seed."""
    dice = random.Random(seed)
    happened: list[Event | Own] = [
        _declare("team", "care", members=[str(BO), str(ADA)], reassign=0),
        _declare("route", "washers", condition='message.text contains "washer"', skills={"washers": 2}, boost=60),
        _declare("promise", "usual", first_answer=120, next_answer=60, resolution=600, warn=30),
        hand("agent.skilled", 0, member=str(BO), skills={"washers": 3}, capacity={"chat": 2}),
        hand("agent.skilled", 0.01, member=str(ADA), capacity={"chat": 2}),
    ]
    for step in range(60):
        minute = 1 + step * 0.2
        if dice.random() < 0.7:
            text = dice.choice(["my washer leaks", "hello", "are you there?"])
            happened.append(chat(dice.choice(VISITORS), text, minute))
        else:
            state = dice.choice(["online", "online", "away"])
            happened.append(hand("agent.state", minute, member=str(dice.choice([BO, ADA])), state=state))
    return happened


def _declare(kind: str, name: str, **body: Any) -> Own:
    return own(f"{kind}.defined", at=NOON, message_id=f"{kind}-{name}", properties={"name": name, **body})


def live(house: House, happened: list[Event | Own], batch: int) -> dict[str, Any]:
    """Everything is in the log before any of it is processed, so that only the size of the batches differs."""
    floor = Floor(house)
    loader = house.hark.loader()
    for one in happened:
        with house.database.transaction() as tx:
            if isinstance(one, Own):
                record_own(tx, [one], received_at=one.at)
                loader.load(tx)
        if not isinstance(one, Own):
            floor.talk.log([one])
    engines = flow.Engines(database=house.database, declared=house.hark.declared, batch=batch)
    while True:
        with house.database.transaction() as tx:
            loaded = loader.load(tx)
        if not flow.advance(engines) and not (loaded and loaded.raws):
            break
    assigned = [(one["conversation"], one["member"], one["reason"]) for one in floor.told("conversation.assigned")]
    return {"assigned": assigned, "parked": house.query("select * from parked")}


@pytest.mark.parametrize("seed", [1, 2])
def test_any_batch_size_gives_the_same_to_the_same(cluster, seed: int):
    found = []
    for batch in (1, 7, 500):
        url = cluster.new()
        house = House(url)
        found.append(live(house, story(seed), batch))
        house.close()
        cluster.drop(url)

    assert found[0]["assigned"]
    assert found[1] == found[0]
    assert found[2] == found[0]


@pytest.mark.parametrize("batch", [1, 7, 500])
def test_a_replay_in_any_batch_size_makes_the_same_rows(house: House, batch: int):
    floor = Floor(house)
    floor.hears(*story(3))
    floor.wait(30)
    before = floor.rows(TABLES)
    engines = flow.Engines(database=house.database, declared=house.hark.declared, batch=batch)

    flow.start_replay(engines)
    while flow.advance(engines):
        pass

    assert floor.rows(TABLES) == before
    assert floor.house.query("select * from parked") == []
