"""What always holds of identity: order, repetition and batching change nothing; what is reverted is as it was."""

import random
from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hark.model import Event
from hark.people.guards import Caps
from hark.people.identity import forget
from hark.store import Database

from .evidence import DECLARED, EDGES, by_hand, hear, id_of, merged, named, persons, said, split, state, undone

NAMES = [f"u:{n}1" for n in range(4)] + [f"e:{n}" for n in range(4)] + [f"a:{n}x" for n in range(6)] + ["d:x", "d:y"]
# Small enough that the caps and the crowd are met in a story of a few events.
CAPS = Caps(mappings=5, merges=2, crowd=2, companions=4)
LIMITS = by_hand(0, "kind.defined", kind="anonymous_id", limit=2, window_days=0)

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    named = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
    kinds = st.sampled_from(["track", "track", "alias"])
    told = draw(st.lists(st.tuples(st.integers(1, 9), named, kinds), min_size=2, max_size=16))
    return [said(minute, *names, type=kind, message=str(n)) for n, (minute, names, kind) in enumerate(told)]


@st.composite
def deeds(draw: st.DrawFn) -> list[Event]:
    done = []
    for minute in range(4, 4 + draw(st.integers(1, 4))):
        names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True))
        cut = draw(st.integers(1, len(names) - 1))
        done.append(merged(minute, *names[:2]) if draw(st.booleans()) else split(minute, names[:cut], names[cut:]))
    return done


def shuffled(events: Sequence[Event], seed: int) -> list[Event]:
    chance = random.Random(seed)
    twice = [*events, *chance.sample(list(events), len(events) // 2)]
    chance.shuffle(twice)
    return twice


@quick
@given(story=stories(), deeds=st.one_of(st.just([]), deeds()), seed=st.integers(0, 9), batch=st.sampled_from([1, 2, 7]))
def test_order_repetition_and_batches_change_nothing(database: Database, story, deeds, seed, batch):
    with undone(database) as tx:
        hear(tx, [LIMITS, *story, *deeds], 500, CAPS)
        once = state(tx)
    with undone(database) as tx:
        hear(tx, [LIMITS, *shuffled(story, seed), *deeds, *story[:3]], batch, CAPS)

        assert state(tx) == once


@quick
@given(story=stories(), deeds=deeds(), seed=st.integers(0, 9), batch=st.sampled_from([1, 3]))
def test_each_event_is_answered_the_same_in_any_batch(database: Database, story, deeds, seed, batch):
    chance = random.Random(seed)
    events = [*story, *deeds]
    chance.shuffle(events)
    with undone(database) as tx:
        together = hear(tx, events, 500, CAPS)
    with undone(database) as tx:
        assert hear(tx, events, batch, CAPS) == together


@quick
@given(story=stories(), late=stories())
def test_the_changes_told_lead_from_every_state_to_the_next(database: Database, story, late):
    with undone(database) as tx:
        groups: dict[object, object] = {}
        for joined in hear(tx, [*story, *late], 5, CAPS):
            groups |= {group.person: group.members for group in joined.changed}
            groups = {person: members for person, members in groups.items() if members}
            assert groups.get(joined.person) == joined.members

        assert {frozenset(members) for members in groups.values()} == {  # type: ignore[call-overload]
            frozenset(ids) for ids in _members(tx)
        }


def _members(tx):
    from .evidence import IDENTITIES

    found: dict[object, set[object]] = {}
    for row in tx.all(IDENTITIES):
        found.setdefault(row["person"], set()).add(row["id"])
    return found.values()


@quick
@given(story=stories(), pair=st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True))
def test_a_merge_by_hand_that_is_reverted_leaves_everybody_as_they_were(database: Database, story, pair):
    with undone(database) as tx:
        hear(tx, story, caps=CAPS)
        before = persons(tx)
        hear(tx, [merged(20, *pair)], caps=CAPS)
        for edge in [row for row in tx.all(EDGES) if row["rule"] == "hand"]:
            hear(tx, [by_hand(21, "merge.reverted", merge=str(edge["id"]))], caps=CAPS)

        assert persons(tx) == before


@quick
@given(story=stories(), deeds=st.one_of(st.just([]), deeds()), gone=st.sets(st.sampled_from(NAMES), min_size=1))
def test_who_is_forgotten_is_as_if_never_heard_of(database: Database, story, deeds, gone):
    caps = Caps(mappings=5, merges=2)
    erased = frozenset(map(named, gone))
    story = [replace(event, identities=event.identities[:2]) for event in story]
    rest = [replace(event, identities=tuple(i for i in event.identities if i not in erased)) for event in story]
    with undone(database) as tx:
        hear(tx, [*rest, *deeds], caps=caps)
        never = state(tx)
    with undone(database) as tx:
        hear(tx, [*story, *deeds], caps=caps)
        forget(tx, [id_of(name) for name in gone], DECLARED, caps)

        assert state(tx) == never


@quick
@given(story=stories())
def test_guards_hold_for_everybody(database: Database, story):
    with undone(database) as tx:
        hear(tx, [LIMITS, *story], 3, CAPS)

        for person in persons(tx):
            assert len(person) <= CAPS.mappings
            assert sum(name.startswith("u:") for name in person) <= 1
            assert sum(name.startswith("a:") for name in person) <= 2
