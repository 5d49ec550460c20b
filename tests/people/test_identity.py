"""Stories of who is who: what joins, what the guards refuse, and why."""

from collections.abc import Iterator

import pytest

from hark.people.guards import Caps
from hark.store import Database, Transaction

from .evidence import EDGES, by_hand, hear, id_of, merged, one, persons, said, split, undone


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with undone(database) as tx:
        yield tx


def reasons(tx: Transaction) -> set[tuple[str, str | None]]:
    return {(row["state"], row["reason"]) for row in tx.all(EDGES)}


def test_a_visitor_becomes_known_and_keeps_the_history(tx):
    before, after = hear(tx, [said(1, "a:laptop"), said(2, "u:ann", "a:laptop", "e:ann")])

    assert before.person == after.person == id_of("a:laptop")
    assert after.anchor == id_of("u:ann")
    assert persons(tx) == one("u:ann a:laptop e:ann")


def test_many_devices_are_one_person(tx):
    hear(tx, [said(n, "u:ann", f"a:device{n}") for n in range(12)])

    assert len(persons(tx)) == 1


def test_a_shared_device_stays_with_its_first_user_and_joins_nobody(tx):
    hear(tx, [said(1, "u:ann", "a:tablet"), said(2, "u:bob", "a:tablet")])

    assert persons(tx) == one("u:ann a:tablet", "u:bob")
    assert ("refused", "unique:user_id") in reasons(tx)


def test_two_people_on_one_email_stay_two(tx):
    hear(tx, [said(1, "u:ann", "e:family"), said(2, "u:bob", "e:family"), said(3, "e:family", "a:phone")])

    assert persons(tx) == one("u:ann e:family a:phone", "u:bob")


def test_placeholders_point_to_nobody(tx):
    hear(tx, [said(n, f"u:{value}", f"a:{n}x") for n, value in enumerate(["null", "0", "'anonymous'", "-1", "NaN"])])

    assert len(persons(tx)) == 5


def test_an_excess_of_emails_starts_a_new_person(tx):
    hear(tx, [said(n, "u:ann", f"e:ann{n}") for n in range(6)])

    assert persons(tx) == one("u:ann e:ann0 e:ann1 e:ann2 e:ann3 e:ann4", "e:ann5")
    assert ("refused", "limit:email") in reasons(tx)


def test_a_person_has_at_most_so_many_identities(tx):
    hear(tx, [said(n, "u:ann", f"a:{n}x") for n in range(6)], caps=Caps(mappings=4))

    assert sorted(map(len, persons(tx))) == [1, 1, 1, 4]


def test_a_person_has_at_most_so_many_merges(tx):
    visits = [said(n, f"a:{n}x") for n in range(6)]

    hear(tx, visits + [said(10 + n, "u:ann", f"a:{n}x") for n in range(6)], caps=Caps(merges=2))

    assert sorted(map(len, persons(tx))) == [1, 1, 1, 4]


def test_what_everybody_uses_points_to_nobody(tx):
    hear(tx, [said(n, f"u:{n}x", "a:kiosk") for n in range(4)], caps=Caps(crowd=3))

    assert persons(tx) == one("u:0x", "u:1x", "u:2x", "u:3x", "a:kiosk")
    assert reasons(tx) == {("refused", "crowded")}


def test_a_chain_of_shared_things_stays_bounded(tx):
    hear(tx, [said(n, f"e:{n}", f"e:{n + 1}") for n in range(12)], batch=1, caps=Caps(component=6))

    assert max(map(len, persons(tx))) <= 6
    assert ("refused", "component") in reasons(tx)


def test_an_older_event_that_comes_late_decides_as_if_it_had_come_first(tx):
    hear(tx, [said(5, "u:ann", "a:tablet"), said(6, "u:bob", "a:tablet"), said(1, "u:bob", "a:tablet")])

    assert persons(tx) == one("u:bob a:tablet", "u:ann")


def test_a_merge_by_hand_overrules_the_guards_and_reverts(tx):
    hear(tx, [said(1, "u:ann", "e:ann"), said(2, "u:ann2", "e:two")])
    apart = persons(tx)
    *_, joined = hear(tx, [merged(3, "u:ann", "u:ann2")])

    assert persons(tx) == one("u:ann e:ann u:ann2 e:two")
    assert {len(group.members) for group in joined.changed} == {0, 4}

    merge = next(row["id"] for row in tx.all(EDGES) if row["rule"] == "hand")
    hear(tx, [by_hand(4, "merge.reverted", merge=str(merge))])

    assert persons(tx) == apart

    hear(tx, [merged(5, "u:ann", "u:ann2")])

    assert len(persons(tx)) == 1


def test_a_split_holds_against_old_and_new_evidence_and_reverts(tx):
    hear(tx, [said(1, "u:ann", "a:tablet"), said(2, "u:ann", "e:bob"), said(3, "e:bob", "a:phone")])
    hear(tx, [split(5, leave=["e:bob", "a:phone"], stay=["u:ann", "a:tablet"]), said(6, "u:ann", "e:bob")])

    assert persons(tx) == one("u:ann a:tablet", "e:bob a:phone")

    hear(tx, [said(7, "u:ann", "a:phone"), said(0, "u:ann", "e:bob", message="older")])

    assert persons(tx) == one("u:ann a:tablet", "e:bob a:phone")


def test_the_sides_of_a_split_stay_whole(tx):
    hear(tx, [said(1, "u:ann", "e:bob"), said(2, "u:ann", "a:phone"), said(3, "u:ann", "a:tablet")])
    hear(tx, [split(5, leave=["e:bob", "a:phone"], stay=["u:ann", "a:tablet"])])

    assert persons(tx) == one("u:ann a:tablet", "e:bob a:phone")


def test_a_merge_by_hand_after_a_split_overrules_it(tx):
    hear(tx, [said(1, "u:ann", "e:bob"), split(5, leave=["e:bob"], stay=["u:ann"]), merged(6, "u:ann", "e:bob")])

    assert persons(tx) == one("u:ann e:bob")


def test_limits_change_by_an_event_and_all_is_weighed_again(tx):
    hear(tx, [said(n, "u:ann", f"e:ann{n}") for n in range(7)])
    *_, changed = hear(tx, [by_hand(10, "kind.defined", kind="email", limit=10)])

    assert len(persons(tx)) == 1
    assert len([group for group in changed.changed if group.members]) == 1

    hear(tx, [by_hand(11, "kind.defined", kind="email", limit=10, blocked=["ann1@example.com"])])

    assert one("e:ann1") < persons(tx)


def test_only_our_own_events_merge(tx):
    hear(tx, [said(1, "u:ann"), said(2, "u:bob")])
    forged = merged(3, "u:ann", "u:bob")
    hear(tx, [type(forged)(**{name: getattr(forged, name) for name in forged.__struct_fields__} | {"source": "shop"})])

    assert persons(tx) == one("u:ann", "u:bob")
