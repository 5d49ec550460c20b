"""Operators change what guards a kind of identity; what is known is weighed again, and a replay finds the same."""

import pytest

from hark.errors import Rejected
from hark.people.guarding import define, kinds_in_force
from hark.people.kinds import Setting
from hark.people.reading import find
from hark.testing.house import House


def person(house: House, kind: str, value: str):
    with house.database.transaction() as tx:
        return find(tx, kind, value, house.hark.declared)


def test_a_limit_and_a_blocked_value_hold_for_what_is_known_already(house: House) -> None:
    for number in range(7):
        traits = {"email": f"ann{number}@example.com"}
        house.post("/v1/identify", {"userId": "ann", "traits": traits, "timestamp": f"2025-01-0{number + 1}T12:00:00Z"})
    house.settle()

    assert person(house, "email", "ann6@example.com") != person(house, "user_id", "ann")

    with house.database.transaction() as tx:
        setting = Setting(limit=20, blocked=("ANN3@example.com",))
        define(tx, house.hark.declared, "email", setting, by="member:bo")
    house.settle()

    assert person(house, "email", "ann6@example.com") == person(house, "user_id", "ann")
    assert person(house, "email", "ann3@example.com") != person(house, "user_id", "ann")
    with house.database.transaction() as tx:
        [email] = [kind for kind in kinds_in_force(tx, house.hark.declared) if kind.name == "email"]
    assert (email.limit, email.blocked, email.changed, email.identities) == (20, ("ann3@example.com",), True, 7)


@pytest.mark.parametrize("setting", [Setting(limit=0), Setting(priority=5000), Setting(window_days=-1)])
def test_a_senseless_guard_is_rejected(house: House, setting: Setting) -> None:
    with house.database.transaction() as tx, pytest.raises(Rejected):
        define(tx, house.hark.declared, "email", setting, by="member:bo")
