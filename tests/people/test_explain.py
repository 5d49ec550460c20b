"""Why two are one, and what taking a merge back would part."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from hark.people.explain import explain, halves, path_between, person_of
from hark.people.merging import merge, preview_split, revert, split
from hark.store import Database, Transaction

from .evidence import DECLARED, EDGES, hear, id_of, merged, one, own_events, persons, said, undone


@pytest.fixture
def tx(database: Database) -> Iterator[Transaction]:
    with undone(database) as tx:
        yield tx


def told(tx: Transaction, name: str):
    kind, value = {"u": "user_id"}[name[0]], name[2:]
    person = person_of(tx, DECLARED, kind, value)
    assert person
    return explain(tx, person, DECLARED)


def test_two_are_one_because(tx):
    hear(tx, [said(1, "a:laptop"), said(2, "e:ann", "a:laptop"), said(3, "u:ann", "e:ann")])
    path = path_between(told(tx, "u:ann").evidence, id_of("u:ann"), id_of("a:laptop"))

    assert [piece.sentence for piece in path] == ["One event of shop named both."] * 2
    assert [piece.message_id for piece in path] == ["3-u:ann-e:ann", "2-e:ann-a:laptop"]


def test_what_was_refused_is_told_with_its_reason_and_the_other_person(tx):
    hear(tx, [said(1, "u:ann", "e:family"), said(2, "u:bob", "e:family")])
    (refused,) = told(tx, "u:bob").refused

    assert refused.sentence == "Refused: a person has one User id, and these are two."
    assert refused.other == person_of(tx, DECLARED, "email", "family@example.com")


def test_a_person_is_found_by_any_spelling_and_by_every_old_id(tx):
    hear(tx, [said(1, "e:ann"), said(2, "p:+49 170 1234567"), said(3, "e:ann", "p:0049170-1234567")])
    ann = person_of(tx, DECLARED, "email", " Ann@Example.COM ")

    assert (
        ann == person_of(tx, DECLARED, "phone", "+491701234567") == person_of(tx, DECLARED, "id", str(id_of("e:ann")))
    )
    assert person_of(tx, DECLARED, "email", "null") is None
    assert person_of(tx, DECLARED, "id", "not an id") is None


def test_halves_part_a_merge_and_all_that_agrees_with_it(tx):
    hear(tx, [said(1, "u:ann"), said(2, "a:tablet"), said(3, "u:ann", "a:tablet"), said(4, "e:ann", "u:ann")])
    hear(tx, [said(5, "e:ann", "a:tablet")])
    seen = told(tx, "u:ann")
    first = next(piece for piece in seen.merges if piece.message_id.startswith("3"))
    sides = halves(seen.evidence, first.id, [known.id for known in seen.identities])

    assert {frozenset(side) for side in sides} == {
        frozenset([id_of("u:ann"), id_of("e:ann")]),
        frozenset([id_of("a:tablet")]),
    }


def test_merge_split_and_revert_are_events_and_every_merge_goes_back(tx):
    hear(tx, [said(1, "u:ann"), said(2, "a:tablet"), said(3, "u:ann", "a:tablet"), said(4, "u:bob")])
    at_first = persons(tx)

    made = merge(tx, id_of("u:ann"), id_of("u:bob"), DECLARED, by="member:bo", reason="same address")
    hear(tx, own_events(tx))

    assert persons(tx) == one("u:ann a:tablet u:bob")

    revert(tx, made.id, DECLARED, by="member:bo")
    hear(tx, own_events(tx))

    assert persons(tx) == at_first

    by_rule = next(row["id"] for row in tx.all(EDGES) if row["rule"] == "event")
    undone_by = revert(tx, by_rule, DECLARED, by="member:bo")
    hear(tx, own_events(tx))

    assert persons(tx) == one("u:ann", "a:tablet", "u:bob")

    revert(tx, undone_by.id, DECLARED, by="member:bo")
    hear(tx, own_events(tx))

    assert persons(tx) == at_first


def test_a_split_is_shown_before_it_is_done(tx):
    hear(tx, [said(1, "u:ann", "e:bob"), said(2, "u:ann", "a:tablet")])
    person = told(tx, "u:ann")
    preview = preview_split(person, [id_of("e:bob")])

    assert [identity.kind for identity in preview.leave] == ["email"]
    assert len(preview.between) == 1

    split(tx, person.person, [id_of("e:bob")], by="member:bo")
    hear(tx, own_events(tx))

    assert persons(tx) == one("u:ann a:tablet", "e:bob")
    assert told(tx, "u:ann").partings[0].leave == (id_of("e:bob"),)


def test_a_merge_of_a_match_respects_the_guards(tx):
    hear(tx, [said(1, "u:ann"), said(2, "u:bob"), merged(3, "u:ann", "u:bob", by="match")])

    assert persons(tx) == one("u:ann", "u:bob")


def test_old_person_ids_keep_leading_to_the_person(tx):
    hear(tx, [said(1, "u:ann"), said(2, "a:tablet")])
    old: list[UUID | None] = [person_of(tx, DECLARED, "id", str(id_of(name))) for name in ("u:ann", "a:tablet")]
    hear(tx, [said(3, "u:ann", "a:tablet")])

    assert {person_of(tx, DECLARED, "id", str(id)) for id in old} == {id_of("u:ann")}
