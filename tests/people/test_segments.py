"""Segments and computed traits: membership changes on the event itself, with time, by hand, and comes back in a replay."""

from datetime import timedelta
from typing import Any

import msgspec

from hark import flow
from hark.conditions import parse
from hark.events.record import own
from hark.events.timers import come_due
from hark.people import defining
from hark.testing.house import House

ANN = "email:ann@example.com"


def define(house: House, name: str, condition: object, kind: str = "segment") -> None:
    house.say(own(f"{kind}.defined", by="member:bo", properties={"name": name, "condition": condition}))


def does(house: House, who: str, name: str, **properties: Any) -> None:
    house.post("/v1/track", {"userId": who, "event": name, "properties": properties})
    house.settle()


def person(house: House, who: str) -> Any:
    rows = house.query(
        "select to_jsonb(p) as row from person p join identity i on i.person = p.id where i.value = %s", who
    )
    return rows[0]["row"]


def told(house: House) -> list[tuple[str, str]]:
    rows = house.query("select name, properties from event where name like 'segment.%%ed' or name = 'segment.left'")
    return [(row["name"], row["properties"]["segment"]) for row in rows if "segment" in row["properties"]]


def test_ann_becomes_a_regular_on_her_second_order_and_this_is_told(house: House) -> None:
    define(house, "regulars", 'count("Order Completed", 30 days) >= 2')
    does(house, "ann", "Order Completed")
    before = person(house, "ann")["segments"]
    does(house, "ann", "Order Completed")

    assert (before, person(house, "ann")["segments"]) == ([], ["regulars"])
    assert told(house) == [("segment.entered", "regulars")]


def test_a_window_that_runs_out_lets_her_go_without_an_event_of_hers(house: House) -> None:
    define(house, "regulars", 'count("Order Completed", 30 days) >= 1')
    does(house, "ann", "Order Completed")
    with house.database.transaction() as tx:
        came = come_due(tx, house.now() + timedelta(days=31))
    house.settle()

    assert came == 1
    assert person(house, "ann")["segments"] == []
    assert told(house) == [("segment.entered", "regulars"), ("segment.left", "regulars")]


def test_a_new_segment_finds_those_who_are_in_it_already(house: House) -> None:
    for total in (10, "20.50"):
        does(house, "ann", "Order Completed", total=total)
    does(house, "bea", "Order Completed", total=5)
    define(house, "spenders", 'sum("Order Completed".total, 90 days) > 30')
    rows = house.query("select state, done, of from definition")

    assert person(house, "ann")["segments"] == ["spenders"]
    assert person(house, "bea")["segments"] == []
    assert rows == [{"state": "ready", "done": 2, "of": 2}]
    assert told(house) == []  # members are known, nothing happened to them


def test_computed_traits_feed_segments_and_no_to_profiling_ends_both(house: House) -> None:
    define(house, "spent", 'sum("Order Completed".total)', "trait")
    define(house, "favourite", 'most_frequent("Product Viewed".color, 30 days)', "trait")
    define(house, "vip", 'computed.spent >= 100 and computed.favourite = "red"')
    define(house, "vip_de", 'in_segment("vip") and traits.country = "DE"')
    does(house, "ann", "Product Viewed", color="red")
    does(house, "ann", "Order Completed", total=99.5)
    does(house, "ann", "Order Completed", total=0.5)
    house.post("/v1/identify", {"userId": "ann", "traits": {"country": "DE"}})
    house.settle()
    before = person(house, "ann")
    does(house, "ann", "consent.withdrawn", purpose="profiling")
    after = person(house, "ann")

    assert before["computed"] == {"spent": 100, "favourite": "red"}
    assert before["segments"] == ["vip", "vip_de"]
    assert (after["computed"], after["segments"]) == ({}, [])


def test_what_cannot_be_defined_is_kept_with_its_reason(house: House) -> None:
    define(house, "a", 'in_segment("b")')
    define(house, "b", 'in_segment("a")')
    define(house, "c", "count(")
    define(house, "D!", 'count("x") > 1')
    rows = house.query("select name, state, reason from definition order by name")

    assert [(row["name"], row["state"]) for row in rows] == [
        ("D!", "refused"),
        ("a", "ready"),
        ("b", "refused"),
        ("c", "refused"),
    ]
    assert "circle" in rows[2]["reason"]


def test_a_removed_segment_leaves_nobody_in_it(house: House) -> None:
    define(house, "all", 'count("Product Viewed") > 0')
    does(house, "ann", "Product Viewed")
    house.say(own("segment.removed", properties={"name": "all"}))

    assert person(house, "ann")["segments"] == []


def test_an_event_name_moves_to_another_phase_with_its_history(house: House) -> None:
    does(house, "ann", "Coffee Made")
    before = person(house, "ann")["phase"]
    house.say(own("mapping.defined", properties={"name": "Coffee Made", "phase": "usage"}))
    [line] = house.query("select phase from timeline where name = 'Coffee Made'")

    assert (before, person(house, "ann")["phase"], line["phase"]) == (None, "usage", "usage")


def test_a_replay_in_any_size_of_batch_leaves_the_same_rows(house: House) -> None:
    does(house, "ann", "Order Completed", total=60)
    define(house, "spent", 'sum("Order Completed".total, 30 days)', "trait")
    define(house, "vip", "computed.spent > 100")
    does(house, "bea", "Order Completed", total=300)
    house.post("/v1/identify", {"userId": "ann", "anonymousId": "x", "traits": {"a": 1}})
    house.post("/v1/track", {"anonymousId": "x", "event": "Order Completed", "properties": {"total": 55}})
    house.post("/v1/track", {"userId": "bea", "event": "consent.withdrawn", "properties": {"purpose": "profiling"}})
    house.say(own("mapping.defined", properties={"name": "Order Completed", "phase": "memory"}))
    seen = [everything(house)]
    for size in (1, 3, 500):
        engines = msgspec.structs.replace(house.hark.engines(), batch=size)
        flow.start_replay(engines)
        while flow.advance(engines):
            pass
        seen.append(everything(house))

    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0]["person"]


def everything(house: House) -> dict[str, Any]:
    tables = ("person", "facet", "timeline", "definition", "segment_day", "mapping", "identity", "edge")
    return {table: house.query(f"select to_jsonb(t) as row from {table} t order by 1") for table in tables}


def test_a_live_count_asks_the_log_for_what_nobody_measures_yet(house: House) -> None:
    for who, total in (("ann", 10), ("ann", "20.50"), ("bea", 5), ("cy", True)):
        does(house, who, "Order Completed", total=total, color="red")
    counts = []
    for text in (
        'sum("Order Completed".total, 90 days) > 30',
        'count("Order Completed", 7 days) >= 1 and last("Order Completed") > 1 day ago',
        'average("Order Completed".total) = 15.25',
        'most_frequent("Order Completed".color, 5 days) = "red"',
        'unique("Order Completed".total) = 2 and first("Order Completed".total) = 10',
    ):
        with house.database.transaction() as tx:
            counts.append(defining.count(tx, parse(text), house.now(), house.hark.declared))

    assert [(count.people, count.of, count.exact) for count in counts] == [
        (1, 3, True),
        (3, 3, True),
        (1, 3, True),
        (3, 3, True),
        (1, 3, True),
    ]


def test_words_to_choose_from(house: House) -> None:
    does(house, "ann", "Order Completed")
    house.post("/v1/identify", {"userId": "ann", "traits": {"city": "Bonn"}})
    house.settle()
    with house.database.transaction() as tx:
        assert defining.words(tx) == {"events": ["Order Completed", "identify"], "traits": ["city"]}
        assert {row["name"] for row in defining.phases(tx)} == {"Order Completed", "identify"}
