"""The step of the room: events that came through the door become persons with profiles, and a replay finds them again."""

from typing import Any

from hark import flow
from hark.events.record import own
from hark.model import Identity
from hark.testing.house import House

ANN = (Identity("email", "ann@example.com"),)


def people(house: House) -> list[dict[str, Any]]:
    return house.query("select to_jsonb(p) as row from person p order by id")


def test_what_ann_did_becomes_her_profile_and_a_replay_finds_it_again(house: House) -> None:
    house.post("/v1/page", {"anonymousId": "a1"})
    house.post("/v1/identify", {"anonymousId": "a1", "traits": {"email": "ann@example.com", "city": "Bonn"}})
    house.settle()
    house.say(own("consent.granted", by="member:bo", identities=ANN, properties={"purpose": "marketing"}))
    [before] = people(house)
    flow.start_replay(house.hark.engines())
    house.settle()

    assert before["row"]["traits"]["city"] == "Bonn"
    assert before["row"]["consents"]["marketing"]["granted"] is True
    assert people(house) == [before]


def test_a_household_has_its_own_traits_and_its_members(house: House) -> None:
    house.post("/v1/group", {"userId": "ann", "groupId": "h7", "traits": {"name": "The Smiths", "size": 3}})
    house.post("/v1/group", {"userId": "bob", "groupId": "h7", "traits": {"size": 4}})
    house.settle()
    [account] = house.query("select id, traits from account")

    assert account == {"id": "h7", "traits": {"name": "The Smiths", "size": 4}}
    assert [one["row"]["groups"] for one in people(house)] == [["h7"], ["h7"]]


def test_what_somebody_does_leaves_their_portrait_unwritten(house: House) -> None:
    house.post("/v1/identify", {"userId": "ann", "traits": {"city": "Bonn"}})
    house.settle()
    written = (
        "select portrait.xmin::text as portrait, pulse.xmin::text as pulse from portrait join pulse on person = id"
    )
    [before] = house.query(written)
    house.post("/v1/page", {"userId": "ann"})
    house.settle()
    [after] = house.query(written)

    assert before["portrait"] == after["portrait"]
    assert before["pulse"] != after["pulse"]
