"""A person with two accounts is merged whole by hand, although no event may join two user ids; and parts whole again."""

from uuid import UUID

from hark.people import merging, reading
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
            merging.merge(tx, *(_pair(house, n)), by="member:bo", reason="the same voice on the phone").id
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


def _pair(house: House, n: int) -> tuple[UUID, UUID]:
    return person(house, "email", f"n{n}@example.com"), person(house, "phone", f"+3361234560{n}")
