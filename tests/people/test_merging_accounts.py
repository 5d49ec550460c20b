"""A person with two accounts is merged whole by hand, although no event may join two user ids; and parts whole again."""

from uuid import UUID

from msgspec.structs import replace

from hark.model import Declared, IdentityKind
from hark.people import guarding, merging, reading
from hark.people.evidence import edge_id
from hark.people.kinds import Setting
from hark.testing.house import House

ACCOUNTS = range(6)  # which of their identities is the oldest is chance: their ids are salted


def person(house: House, kind: str, value: str) -> UUID:
    with house.database.transaction() as tx:
        return reading.find(tx, kind, value, house.hark.declared)


def test_both_accounts_come_whole_and_part_whole(house: House) -> None:
    for n in ACCOUNTS:
        house.post("/v1/identify", {"userId": f"web-{n}", "traits": {"email": f"n{n}@example.com"}})
        house.post("/v1/identify", {"userId": f"till-{n}", "traits": {"phone": f"+3361234560{n}"}})
    house.settle()
    with house.database.transaction() as tx:
        merges = [
            merging.merge(tx, *_pair(house, n), house.hark.declared, by="member:bo", reason="the same voice").id
            for n in ACCOUNTS
        ]
    house.settle()

    for n in ACCOUNTS:
        points = [("user_id", f"web-{n}"), ("user_id", f"till-{n}"), ("phone", f"+3361234560{n}")]
        assert len({person(house, "email", f"n{n}@example.com"), *(person(house, *point) for point in points)}) == 1

    with house.database.transaction() as tx:
        for merge in merges:
            merging.revert(tx, merge, house.hark.declared, by="member:bo")
    house.settle()

    for n in ACCOUNTS:
        assert person(house, "user_id", f"web-{n}") == person(house, "email", f"n{n}@example.com")
        assert person(house, "user_id", f"till-{n}") == person(house, "phone", f"+3361234560{n}")
        assert person(house, "user_id", f"web-{n}") != person(house, "user_id", f"till-{n}")


def _club(house: House, n: int) -> UUID:
    """Somebody known by mail and by the number of a club that only a plug-in, or the operator, knows the weight of."""
    identities = {"email": f"c{n}@example.com", "club_no": f"C-{n}"}
    house.post("/v1/events", {"events": [{"name": "Joined", "identities": identities}]})
    house.settle()
    return person(house, "club_no", f"C-{n}")


def _tied(house: House, declared: Declared) -> UUID:
    a, b = _club(house, 1), _club(house, 2)
    with house.database.transaction() as tx:
        return merging.merge(tx, a, b, declared, by="member:bo").id


def _tie_of(house: House, kind: str, *values: str) -> UUID:
    a, b = (reading.identity_id(kind, value, house.hark.declared) for value in values)
    assert a
    assert b
    return edge_id(a, b, "hand")


def test_what_is_tied_is_the_strongest_kind_a_plug_in_s_too(house: House) -> None:
    club = IdentityKind(name="club_no", label="Club", normalise=str.strip, priority=1, limit=1, unique=True)
    declared = replace(house.hark.declared, kinds={**house.hark.declared.kinds, "club_no": club})

    assert _tied(house, declared) == _tie_of(house, "club_no", "C-1", "C-2")


def test_what_is_tied_is_the_kind_that_the_operator_made_the_strongest(house: House) -> None:
    with house.database.transaction() as tx:
        guarding.define(tx, house.hark.declared, "club_no", Setting(priority=1), by="member:bo")
    house.settle()

    assert _tied(house, house.hark.declared) == _tie_of(house, "club_no", "C-1", "C-2")


def test_a_kind_of_no_known_weight_is_weaker_than_mail(house: House) -> None:
    assert _tied(house, house.hark.declared) == _tie_of(house, "email", "c1@example.com", "c2@example.com")


def _pair(house: House, n: int) -> tuple[UUID, UUID]:
    return person(house, "email", f"n{n}@example.com"), person(house, "phone", f"+3361234560{n}")
