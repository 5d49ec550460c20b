"""Bo drops a file on the screen, corrects what a column means, starts it, and fetches what was refused."""

import re

from hark.testing.desk import Desk, words
from hark.testing.house import House
from hark.web.rights import Role

ORDERS = b"""Kunde,Mail,Bestelldatum,Betrag
k1,ann@example.com,03.04.2024,"12,50"
k2,bob@example.com,14.04.2024,"7,00"
,,15.04.2024,"1,00"
"""


def drop(bo: Desk, content: bytes = ORDERS, name: str = "orders.csv") -> str:
    reply = bo.post("/imports", files={"file": (name, content, "text/csv")})
    assert reply.status_code == 303, words(reply)
    return reply.headers["location"]


def test_a_file_is_looked_at_corrected_and_imported(bo: Desk, house: House) -> None:
    place = drop(bo)
    first = bo.get(place)

    assert "Nothing is recorded yet" in words(first)
    assert 'value="time:dmy"' in first.text
    assert 'value="identity.email, trait.email"' in first.text
    assert house.query("select count(*) as n from raw") == [{"n": 0}]

    bo.post(place, {"target-0": "identity.card", "event": "Order Completed", "rest": "property", "act": "look"})
    assert "card:k1" in bo.get(place).text

    assert bo.post(place, {"source": "old shop", "act": "start"}).headers["location"] == place
    _work(house)
    after = words(bo.get(place))

    assert "New events 2" in after
    assert "Refused 1" in after
    assert "it names nobody" in after
    assert house.query("select distinct name from event") == [{"name": "Order Completed"}]


def test_refused_rows_come_back_as_a_file(bo: Desk, house: House) -> None:
    place = drop(bo)
    bo.post(place, {"source": "old shop", "act": "start"})
    _work(house)
    reply = bo.get(f"{place}/refused.csv")

    assert reply.headers["content-type"].startswith("text/csv")
    assert "attachment" in reply.headers["content-disposition"]
    assert re.search(r"^3,.*it names nobody.*15\.04\.2024", reply.text, re.MULTILINE)


def test_the_same_file_again_leads_to_the_first_import(bo: Desk, house: House) -> None:
    first = drop(bo)
    bo.post(first, {"source": "old shop", "act": "start"})
    _work(house)
    second = drop(bo, name="renamed.csv")

    assert bo.post(second, {"source": "old shop", "act": "start"}).headers["location"] == first


def test_a_wrong_meaning_is_said_at_the_form(bo: Desk) -> None:
    place = drop(bo)
    reply = bo.post(place, {"target-0": "person.number", "act": "start"})

    assert reply.status_code == 422
    assert "is no target" in words(reply)


def test_what_is_no_table_is_refused(bo: Desk) -> None:
    reply = bo.post("/imports", files={"file": ("x.parquet", b"PAR1 but not really", "")})

    assert reply.status_code == 422
    assert "no Parquet file that can be read" in words(reply)
    assert "choose a file first" in words(bo.post("/imports", {"nothing": "1"}))


def test_a_discarded_file_is_gone(bo: Desk, house: House) -> None:
    place = drop(bo)
    bo.post(f"{place}/discard")

    assert bo.get(place).status_code == 404
    assert list((house.config.data / "imports").iterdir()) == []


def test_an_analyst_may_look_and_not_import(bo: Desk) -> None:
    analyst = bo.as_(Role.ANALYST)

    assert analyst.get("/imports").status_code == 200
    assert analyst.post("/imports", files={"file": ("a.csv", ORDERS, "text/csv")}).status_code == 403


def _work(house: House) -> None:
    from hark.events.imports import record

    while record.turn(house.database, house.config.data):
        pass
    house.settle()
