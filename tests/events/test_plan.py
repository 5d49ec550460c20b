"""The tracking plan: what arrives is learned; what breaks a frozen plan is shown, and refused only when asked to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hark.events import carry
from hark.events.plan import ENFORCED, FROZEN, LEARNING, MOST_NAMES, OTHERS, Judgement, Plan, queries
from hark.kit.ids import event_id
from hark.model import Event
from hark.store import Database

START = datetime(2026, 3, 1, tzinfo=UTC)
counter = iter(range(10**9))


def event(name: str = "Order Completed", source: str = "shop", type: str = "track", **content: Any) -> Event:
    number = next(counter)
    at = START + timedelta(seconds=number)
    traits, properties = (content, {}) if type in ("identify", "group") else ({}, content)
    return Event(
        id=event_id(at, source, f"m{number}"),
        type=type,
        name=name,
        at=at,
        received_at=at,
        source=source,
        message_id=f"m{number}",
        traits=traits,
        properties=properties,
    )


def by_hand(word: str, **properties: Any) -> Event:
    return msgspec.structs.replace(event(word, source="hark"), properties=properties)


class Arrival:
    """Loads batches as the loader does, with or without a plan in memory from before."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.plan = Plan()

    def __call__(self, *events: Event) -> Judgement:
        with self.database.transaction() as tx:
            judgement = self.plan.judge(events, tx)
            refused = [event for event in events if event.id in judgement.refused]
            self.plan.keep_refused(refused, judgement, tx)
            self.plan.learn([event for event in events if event.id not in judgement.refused], tx, judgement)
        return judgement

    def row(self, name: str = "Order Completed", type: str = "track") -> dict[str, Any]:
        with self.database.transaction() as tx:
            return tx.one(queries.show_plan, source="shop", type=type, name=name) or {}

    def violations(self, name: str = "Order Completed") -> list[dict[str, Any]]:
        with self.database.transaction() as tx:
            return tx.all(queries.list_violation_counts, source="shop", type="track", name=name, limit=100)


@pytest.fixture
def arrive(database: Database) -> Arrival:
    return Arrival(database)


def test_each_name_of_each_source_has_its_own_plan(arrive: Arrival):
    arrive(
        event(total=1.0), event("identify", type="identify", email="nat@example.com"), event("Signed Up", plan="pro")
    )

    assert arrive.row()["seen"]["properties"].keys() == {"total"}
    assert arrive.row("identify", "identify")["seen"]["properties"].keys() == {"email"}
    assert arrive.row("Signed Up")["count"] == 1
    assert arrive.row()["state"] == LEARNING


def test_a_frozen_plan_shows_what_breaks_it_and_refuses_nothing(arrive: Arrival):
    arrive(*[event(total=float(n), currency="EUR") for n in range(30)])
    arrive(by_hand("plan.frozen", source="shop", type="track", name="Order Completed"))

    strange = event(total="ten", colour="red")
    judgement = arrive(event(total=2.0, currency="EUR"), strange)

    assert not judgement.refused
    assert {(row["path"], row["rule"], row["count"]) for row in arrive.violations()} == {
        ("/total", "type", 1),
        ("/currency", "required", 1),
        ("/colour", "additionalProperties", 1),
    }


def test_violations_hold_no_value_of_the_event(arrive: Arrival):
    arrive(
        by_hand("plan.frozen", source="shop", name="Order Completed", schema={"properties": {"note": {"type": "null"}}})
    )
    arrive(event(note="Natalie, 12 Mill Lane"))

    with arrive.database.transaction() as tx:
        kept = tx.all(queries.list_violations, source="shop", type="track", name="Order Completed", limit=9)

    assert len(kept) == 1
    assert "Natalie" not in str(kept[0]["faults"])


def test_an_enforced_plan_refuses_with_a_reason_from_the_next_event_on(arrive: Arrival):
    schema = {"type": "object", "required": ["total"]}
    before, after = event(colour="red"), event(colour="red")

    judgement = arrive(before, by_hand("plan.enforced", source="shop", name="Order Completed", schema=schema), after)

    assert judgement.refused.keys() == {after.id}
    assert judgement.refused[after.id] == (
        "'Order Completed' breaks the tracking plan of its source: /total: required, expected to be there"
    )
    assert arrive.row()["count"] == 1
    assert arrive.violations()[0]["refused"] == 1


def test_a_thawed_plan_takes_everything_again_and_its_violations_are_gone(arrive: Arrival):
    schema = {"type": "object", "required": ["total"]}
    arrive(by_hand("plan.enforced", source="shop", name="Order Completed", schema=schema))
    arrive(event())
    arrive(by_hand("plan.thawed", source="shop", name="Order Completed"))

    assert not arrive(event()).faults
    assert arrive.violations() == []


def test_a_whole_source_can_be_frozen_so_that_new_names_are_violations(arrive: Arrival):
    arrive(*[event(total=1.0) for _ in range(30)])
    arrive(by_hand("plan.frozen", source="shop"))

    judgement = arrive(event(total=1.0), event("Basket Burnt"), event("Basket Burnt", source="app"))

    assert [faults[0].rule for faults in judgement.faults.values()] == ["name"]
    assert arrive.row()["state"] == FROZEN

    arrive(by_hand("plan.thawed", source="shop"))
    assert not arrive(event("Basket Burnt")).faults


def test_a_schema_that_is_wrong_changes_nothing(arrive: Arrival):
    arrive(event(total=1.0))
    arrive(by_hand("plan.enforced", source="shop", name="Order Completed", schema={"type": "objekt"}))

    assert arrive.row()["state"] == LEARNING


def test_another_loader_goes_on_where_the_first_stopped(arrive: Arrival):
    arrive(*[event(total=float(n)) for n in range(40)])
    arrive(by_hand("plan.enforced", source="shop", name="Order Completed"))
    second = Arrival(arrive.database)

    assert second(event(total="x")).refused
    assert second.row()["state"] == ENFORCED
    assert second.row()["count"] == 40


def test_names_without_end_share_one_plan(arrive: Arrival):
    arrive(*[event(f"Order {n} opened") for n in range(MOST_NAMES + 50)], event("x" * 5_000))

    assert arrive.row(OTHERS)["count"] == 51


def test_words_of_an_erased_person_leave_the_plan_and_do_not_come_back(arrive: Arrival):
    arrive(*[event(nickname=word) for word in ("Nat", "Bo")])
    seen = arrive.row()["seen"]
    seen["properties"]["nickname"]["values"] = {"Bo": 1}
    with arrive.database.transaction() as tx:
        where = {"source": "shop", "type": "track", "name": "Order Completed"}
        tx.run(carry.queries.change_plan, seen=msgspec.json.encode(seen).decode(), frozen=None, **where)
    arrive(event(nickname="Bo"))
    arrive(event(nickname="Bo", other=1))

    assert "Nat" not in str(arrive.row())
    assert arrive.row()["seen"]["properties"].keys() == {"nickname", "other"}


def test_nul_bytes_and_half_characters_do_not_stop_the_plan(arrive: Arrival):
    arrive(by_hand("plan.frozen", source="shop"))
    arrive(event("Or\0der", **{"a\0b": "c\0d", "half": "\ud800"}), event("Or\0der", **{"\ud801": None}))

    assert arrive.row("Or\ufffdder")["count"] == 2


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=40), st.sampled_from([1, 7, 500]))
def test_the_size_of_a_batch_does_not_change_what_is_learned(database: Database, words: list[str], size: int):
    name, whole, parts = f"Mixed {next(counter)}", Arrival(database), Arrival(database)
    events = [event(name, **{word: n}) for n, word in enumerate(words)]
    copies = [event(name + " again", **each.properties) for each in events]

    whole(*events)
    for start in range(0, len(copies), size):
        parts(*copies[start : start + size])
    for arrival in (whole, parts):
        with database.transaction() as tx:
            arrival.plan._shed(tx)

    assert whole.row(name)["seen"] == parts.row(name + " again")["seen"]
