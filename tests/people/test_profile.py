"""The fold: what a profile holds, and that neither order nor batch size shows in it."""

import random
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from hark.model import Event
from hark.people import facet
from hark.store import Database
from tests.people.stand_in import NOON, Identities, empty, event, fold, fold_anew, rows

ANN = "email:ann@example.com"


def test_a_profile_counts_and_remembers(database: Database) -> None:
    fold(
        database,
        [
            event("page", "anonymous_id:a1", n=1, context={"locale": "de_DE", "timezone": "Europe/Berlin"}),
            event("identify", ANN, "anonymous_id:a1", minutes=5, n=2, traits={"name": "Ann", "city": "Bonn"}),
            event("Order Completed", ANN, minutes=9, n=3, properties={"total": "19.99", "currency": "eur"}),
            event("Order Completed", ANN, minutes=7, n=4, properties={"revenue": 0.01, "currency": "EUR"}),
        ],
        Identities(),
    )
    [ann] = rows(database)

    assert ann["counts"] == {"page": 1, "identify": 1, "Order Completed": 2}
    assert ann["money"] == {"Order Completed": {"EUR": 20_000_000}}
    assert ann["traits"] == {"name": "Ann", "city": "Bonn"}
    assert ann["provenance"]["city"]["message_id"] == "identify-5-2"
    assert (ann["language"], ann["time_zone"]) == ("de-DE", "Europe/Berlin")
    assert ann["phase"] == "anticipation"
    assert ann["lasts"]["Order Completed"] - ann["firsts"]["Order Completed"] == 120_000


def test_the_newest_statement_stands_and_null_takes_away(database: Database) -> None:
    fold(
        database,
        [
            event("identify", ANN, minutes=9, n=1, traits={"city": "Köln", "phone": "1", "nick": ""}),
            event("identify", ANN, minutes=3, n=2, traits={"city": "Bonn"}),
            event("identify", ANN, minutes=10, n=3, traits={"phone": None}),
            event("identify", ANN, minutes=4, n=4, context={"set_once": {"campaign": "late", "city": "Ulm"}}),
            event("identify", ANN, minutes=2, n=5, context={"set_once": {"campaign": "early"}}),
        ],
        Identities(),
    )

    assert rows(database)[0]["traits"] == {"city": "Köln", "nick": "", "campaign": "early"}


def test_a_clock_that_runs_ahead_does_not_win_for_ever(database: Database) -> None:
    broken = event("identify", ANN, n=1, at=NOON + timedelta(days=9000), received_at=NOON, traits={"city": "Ulm"})
    later = event("identify", ANN, minutes=6, n=2, traits={"city": "Bonn"})
    fold(database, [broken, later], Identities())

    assert rows(database)[0]["traits"] == {"city": "Bonn"}


def test_a_million_traits_keep_the_newest_thousand_and_say_so(database: Database) -> None:
    flood = event("identify", ANN, n=1, traits={f"t{i}": i for i in range(20_000)})
    wanted = event("identify", ANN, minutes=1, n=2, traits={"city": "Bonn"})
    fold(database, [wanted, flood], Identities())
    [ann] = rows(database)

    assert len(ann["traits"]) == 1000
    assert ann["traits"]["city"] == "Bonn"
    assert ann["over"] == ["traits"]


def test_persons_that_become_one_leave_one_row(database: Database) -> None:
    who = Identities()
    fold(database, [event("page", "anonymous_id:a1", n=1), event("page", ANN, minutes=1, n=2)], who)
    before = len(rows(database))
    fold(database, [event("identify", ANN, "anonymous_id:a1", minutes=2, n=3)], who)
    [ann] = rows(database)

    assert before == 2
    assert ann["counts"] == {"page": 2, "identify": 1}
    assert len(ann["members"]) == 2


def test_sensitive_traits_wait_for_an_explicit_yes(database: Database) -> None:
    who = Identities()
    fold(database, [event("identify", ANN, n=1, traits={"religion": "none", "accountHealth": 3})], who)
    [before] = rows(database)
    fold(database, [event("consent.granted", ANN, minutes=1, n=2, properties={"purpose": "special_category"})], who)
    [after] = rows(database)

    assert (before["traits"], before["withheld"]) == ({"accountHealth": 3}, ["religion"])
    assert after["traits"]["religion"] == "none"


def test_no_to_analytics_hides_behaviour_until_a_yes(database: Database) -> None:
    who = Identities()
    banner = {"consent": {"categoryPreferences": {"C0002": False, "Advertising": True}}}
    done = fold(
        database,
        [event("Product Viewed", ANN, n=1), event("Product Viewed", ANN, minutes=1, n=2, context=banner)],
        who,
    )
    [ann] = rows(database)

    assert [context.profile.counts for context in done if context.profile] == [{"Product Viewed": 1}, {}]
    assert (ann["counts"], ann["phase"]) == ({}, None)
    assert ann["consents"]["marketing"]["granted"] is True
    assert ann["consents"]["analytics"]["proof"]["event"]


_NAMES = some.sampled_from(["page", "identify", "Order Completed", "Product Viewed", "consent.withdrawn", "group"])
_WHO = some.lists(
    some.sampled_from(["anonymous_id:1", "anonymous_id:2", "email:a@x", "user_id:7"]), min_size=1, max_size=2
)
_DATA: dict[str, Any] = {"total": 3.5, "purpose": "analytics", "group_id": "g1"}


@some.composite
def _events(draw: some.DrawFn) -> list[Event]:
    drawn = draw(some.lists(some.tuples(_NAMES, _WHO, some.integers(0, 5), some.integers(0, 3)), max_size=25))
    return [
        event(name, *who, minutes=minute, n=n, traits={"k": value, "gone": None if value else 1}, properties=_DATA)
        for n, (name, who, minute, value) in enumerate(drawn)
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=_events())
def test_any_size_of_batch_leaves_the_same_profiles(database: Database, events: list[Event]) -> None:
    seen = []
    for size in (1, 3, 500):
        empty(database)
        contexts = fold(database, events, Identities(), size)
        seen.append((rows(database), [context.profile for context in contexts]))
    fold_anew(database)

    assert seen[0] == seen[1] == seen[2]
    assert rows(database) == seen[0][0]


@settings(max_examples=100, deadline=None)
@given(events=_events(), seed=some.integers(0, 1000), cut=some.integers(0, 25))
def test_a_facet_does_not_depend_on_order_or_on_how_it_was_split(events: list[Event], seed: int, cut: int) -> None:
    shuffled = random.Random(seed).sample(events, len(events))

    assert _whole(events) == _whole(shuffled) == facet.fold([_whole(shuffled[:cut]), _whole(shuffled[cut:])])


def _whole(events: list[Event]) -> facet.Facet:
    whole = facet.Facet()
    for one in events:
        at = facet.moment(one)
        facet.apply(whole, one, at, at)
        facet.tell(whole, one.traits, at, one.source, one.message_id)
        facet.tell_once(whole, one.traits, at, one.source, one.message_id)
    return facet.fold([whole])
