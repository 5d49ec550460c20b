"""A visitor who waits would rather be called: in her place, at her own number, once; and nobody for anybody else."""

from typing import Any
from uuid import UUID

import pytest

from hark.cases import act as work
from hark.cases import wall
from hark.conversations import act
from hark.help.chat.calling import read_number
from hark.model import Source
from hark.testing.house import House
from tests.help.chat.test_hostile_visitors import Stranger

HERS = "030 901820"


@pytest.fixture
def source(house: House) -> Source:
    settings = {"callback": True}
    return house.add_source("chat", plugin="webchat", channel="chat", settings=settings)


@pytest.fixture
def natalie(house: House, source: Source) -> Stranger:
    return waiting(house, source, "My washer leaks")


def waiting(house: House, source: Source, text: str) -> Stranger:
    visitor = Stranger(house, source)
    visitor.say(text)
    house.settle()
    return visitor


def conversation(visitor: Stranger) -> str:
    return str(visitor.thread()[-1]["id"])


def ask(visitor: Stranger, which: str = "", id: str = "c1", **said: Any) -> Any:
    body = {"phone": HERS, "time_zone": "Europe/Berlin", "id": id, "conversation": which or conversation(visitor)}
    return visitor.ask("callback", visitor=visitor.visitor, **{**body, **said})


def place(visitor: Stranger) -> dict[str, Any]:
    visitor.house.settle()
    told: dict[str, Any] = visitor.ask("place", visitor=visitor.visitor, conversation=conversation(visitor)).json()
    return told


def calls(house: House) -> list[dict[str, Any]]:
    house.settle()
    return house.query("select phone, state, outcome, zone from ticket where kind = 'callback' order by position")


def test_she_is_called_at_her_number_and_keeps_her_place(house: House, source: Source, natalie: Stranger) -> None:
    others = [waiting(house, source, "Hello") for _ in range(2)]
    told = ask(natalie).json()

    assert told == {"callback": {"phone": "+49 30 901820", "state": "waiting"}}
    assert calls(house) == [{"phone": "+4930901820", "state": "waiting", "outcome": None, "zone": "Europe/Berlin"}]
    assert place(natalie) == {"place": 1, "seconds": None, "callback": {"phone": "+49 30 901820", "state": "waiting"}}
    assert [place(one)["place"] for one in others] == [2, 3]


def test_she_thinks_better_of_it_and_stands_where_she_stood(house: House, source: Source, natalie: Stranger) -> None:
    other = waiting(house, source, "Hello")
    ask(natalie)
    natalie.house.settle()
    cancelled = natalie.ask("callback-cancel", visitor=natalie.visitor, id="c2", conversation=conversation(natalie))

    assert cancelled.json() == {"cancelled": True}
    assert [place(one) for one in (natalie, other)] == [{"place": 1, "seconds": None}, {"place": 2, "seconds": None}]
    assert [one["outcome"] for one in calls(house)] == ["cancelled"]


def test_asked_twice_it_is_one_call(house: House, natalie: Stranger) -> None:
    ask(natalie)
    ask(natalie)
    house.settle()
    ask(natalie, id="c2")

    assert len(calls(house)) == 1
    assert len(house.query("select 1 from event where name = 'callback.asked'")) == 1


def test_nobody_asks_or_cancels_for_another(house: House, source: Source, natalie: Stranger) -> None:
    cy, hers = waiting(house, source, "hi"), conversation(natalie)
    refused = ask(cy, hers)
    ask(natalie)
    house.settle()
    cancelled = cy.ask("callback-cancel", visitor=cy.visitor, id="x", conversation=hers)

    assert [refused.status_code, cancelled.status_code] == [404, 404]
    assert [one["state"] for one in calls(house)] == ["waiting"]


def test_the_key_of_a_page_asks_for_no_calls(house: House, natalie: Stranger) -> None:
    """A tracker is told whom it is about by whoever holds the page; a call would ring at a number of theirs."""
    said = {"conversation": conversation(natalie), "phone": "+4930000000"}
    for event in ("callback.asked", "callback.cancelled"):
        house.post("/v1/track", {"userId": "u", "event": event, "properties": said})

    assert calls(house) == []
    assert house.query("select 1 from event where starts_with(name, 'callback.')") == []


@pytest.mark.parametrize("item", ["callback", "callback_cancel"])
def test_there_is_no_way_around_the_door_that_checks_numbers(house: House, natalie: Stranger, item: str) -> None:
    said = {"is": item, "phone": "+4990012345678", "conversation": conversation(natalie)}

    assert natalie.say("", "i", **said)["why"] == "not_understood"


def test_a_chat_that_does_not_offer_it_takes_none(house: House) -> None:
    plain = house.add_source("plain", plugin="webchat", channel="chat")
    natalie = waiting(house, plain, "Hello")

    assert ask(natalie).status_code == 403


def test_it_is_too_late_when_somebody_is_there(house: House, natalie: Stranger) -> None:
    which = conversation(natalie)
    with house.database.transaction() as tx:
        act.close(tx, UUID(which), by="hark")
    house.settle()

    assert ask(natalie, which).json() == {"refused": "call_too_late"}


def test_she_sees_that_she_is_called_now(house: House, natalie: Stranger) -> None:
    ask(natalie)
    house.settle()
    which = UUID(conversation(natalie))
    bo = UUID(int=7)
    with house.database.transaction() as tx:
        call = wall.callback_of(tx, which)
        assert call
        work._on_callback(tx, call.id, "callback.assigned", "router", {"member": bo})

    assert place(natalie) == {"callback": {"phone": "+49 30 901820", "state": "served"}}


def test_a_number_rings_a_few_times_a_day_whoever_asks(house: House, source: Source) -> None:
    """Strangers cannot have us ring somebody all day."""
    replies = [ask(waiting(house, source, "hi")).status_code for _ in range(4)]

    assert replies == [200] * 3 + [503]


@pytest.mark.parametrize(
    ("text", "zone", "languages", "number"),
    [
        ("030 901820", "Europe/Berlin", "", "+4930901820"),
        ("01 58858", "Europe/Vienna", "en-US", "+43158858"),
        ("01 42 68 53 00", "", "fr-FR,fr;q=0.9", "+33142685300"),
        ("+44 (0)20 7946 0018", "Europe/Berlin", "de", "+442079460018"),
        ("0049 30 901820", "Europe/Paris", "", "+4930901820"),
        ("030 901820", "Nowhere/Zone", "xx-YY, *", None),
        ("0900 1234567", "Europe/Berlin", "", None),  # who calls it pays
        ("+1 900 234 5678", "", "", None),
        ("+881 6 1234 5678", "", "", None),  # a satellite
        ("112", "Europe/Berlin", "", None),
        ("+49 30 901820 ext. 7", "", "", None),
        ("+49 30 901820;DROP", "", "", None),
        ("<script>", "Europe/Berlin", "", None),
        ("9" * 4000, "Europe/Berlin", "", None),
        (None, "Europe/Berlin", "", None),
        (["+4930901820"], "Europe/Berlin", "", None),
    ],
)
def test_a_number_is_read_as_where_the_visitor_is(text: Any, zone: str, languages: str, number: str | None) -> None:
    assert read_number(text, zone, languages) == number


@pytest.mark.parametrize("body", [{}, {"conversation": 7}, {"conversation": "x", "id": "1"}, {"id": ["1"]}])
def test_any_body_is_answered(natalie: Stranger, body: dict[str, Any]) -> None:
    for what in ("callback", "callback-cancel"):
        assert 400 <= natalie.ask(what, visitor=natalie.visitor, phone=HERS, **body).status_code < 500


def test_a_forged_secret_asks_for_nothing(natalie: Stranger) -> None:
    assert natalie.ask("callback", visitor="x.y", phone=HERS, id="1").status_code == 403
