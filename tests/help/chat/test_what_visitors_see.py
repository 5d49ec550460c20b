"""What a visitor sees of their conversation: answers and whose they are; no notes, and nothing of anybody else."""

import base64
import hmac
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from hark.conversations import act
from hark.conversations.channels import ways
from hark.kit import clock
from hark.model import Source
from hark.testing.house import House
from hark.web import access, customers
from hark.web.rights import Role
from tests.help.chat.test_hostile_visitors import Stranger


@pytest.fixture
def source(house: House) -> Source:
    return house.add_source("chat", plugin="webchat", channel="chat")


@pytest.fixture
def natalie(house: House, source: Source) -> Stranger:
    natalie = Stranger(house, source)
    natalie.say("Passt die W-17 unter die Platte?")
    house.settle()
    return natalie


@pytest.fixture
def bo(house: House) -> UUID:
    with house.database.transaction() as tx:
        return access.add_member(
            tx, clock.now(), email="bo@x.example", name="Bo Lind", role=Role.AGENT, password="long enough to pass"
        )


def conversation(house: House) -> UUID:
    found: UUID = house.query("select id from conversation order by opened_at")[0]["id"]
    return found


def said(visitor: Stranger) -> list[tuple[str, bool]]:
    return [(change["text"], change["mine"]) for change in visitor.thread() if change["kind"] == "message"]


def token(house: House, source: Source, user: str) -> str:
    """What the company's site signs."""
    with house.database.transaction() as tx:
        secret = customers.new_secret(tx, source.id, clock.now())
    claims = {"iss": source.id, "aud": "hark", "sub": user, "exp": int(clock.now().timestamp()) + 600}
    parts = [base64.urlsafe_b64encode(msgspec.json.encode(one)).rstrip(b"=") for one in ({"alg": "HS256"}, claims)]
    signed = hmac.new(secret.encode(), b".".join(parts), sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(signed).rstrip(b"=")]).decode()


def test_she_sees_the_answer_and_who_gave_it_but_no_note(house: House, natalie: Stranger, bo: UUID) -> None:
    with house.database.transaction() as tx:
        act.note(tx, conversation(house), "she is difficult", by=f"member:{bo}")
        act.answer(tx, conversation(house), act.Draft(text="Ja."), ways(tx, house.hark.registry), by=f"member:{bo}")
    house.settle()
    changes = natalie.thread()

    assert said(natalie) == [("Passt die W-17 unter die Platte?", True), ("Ja.", False)]
    assert [change["by"] for change in changes if not change.get("mine", True)] == [{"name": "Bo Lind"}]


def test_an_answer_that_can_still_be_taken_back_is_not_seen(house: House, natalie: Stranger, bo: UUID) -> None:
    with house.database.transaction() as tx:
        able = ways(tx, house.hark.registry)
        act.answer(tx, conversation(house), act.Draft(text="Ups"), able, by=f"member:{bo}", undo=60)
    house.settle()

    assert said(natalie) == [("Passt die W-17 unter die Platte?", True)]


def test_she_hears_that_it_is_over_and_says_how_it_was(house: House, natalie: Stranger, bo: UUID) -> None:
    with house.database.transaction() as tx:
        act.close(tx, conversation(house), by=f"member:{bo}")
    closed = natalie.thread()[-1]
    item = {"is": "rating", "id": "r", "conversation": closed["id"], "score": 5, "comment": "Danke"}
    natalie.ask("say", visitor=natalie.visitor, items=[item])

    assert closed["status"] == "closed"
    assert natalie.thread()[-1]["rating"] == 5


def test_nobody_reads_rates_or_asks_for_the_place_of_another(house: House, source: Source, natalie: Stranger) -> None:
    cy, which = Stranger(house, source), str(conversation(house))
    items: list[dict[str, Any]] = [
        {"is": "rating", "id": "r", "conversation": which, "score": 1},
        {"is": "read", "id": "s", "conversation": which, "until": 10**6},
        {"is": "message", "id": "t", "text": "it is me", "conversation": which},
    ]
    cy.ask("say", visitor=cy.visitor, items=items)

    assert said(natalie) == [("Passt die W-17 unter die Platte?", True)]
    assert natalie.thread()[-1]["rating"] is None
    assert cy.ask("place", visitor=cy.visitor, conversation=which).status_code == 404


def test_whom_the_site_vouches_for_finds_the_thread_on_another_device(house: House, source: Source) -> None:
    phone, laptop = Stranger(house, source), Stranger(house, source)
    known = phone.ask("hello", visitor=phone.visitor, identity=token(house, source, "u-1")).json()
    phone.visitor = known["visitor"]
    phone.say("Meine Bestellung fehlt.")
    laptop.visitor = laptop.ask("hello", visitor=laptop.visitor, identity=token(house, source, "u-1")).json()["visitor"]
    other = Stranger(house, source)
    other.visitor = other.ask("hello", visitor=other.visitor, identity=token(house, source, "u-2")).json()["visitor"]

    assert known["known"] is True
    assert said(laptop) == [("Meine Bestellung fehlt.", True)]
    assert said(other) == []
    assert house.query("select trust from conversation_message") == [{"trust": "verified"}]


def test_a_page_that_is_loaded_again_with_the_same_token_stays_known(house: House, source: Source) -> None:
    natalie, proof = Stranger(house, source), token(house, source, "u-1")
    first = natalie.ask("hello", visitor=natalie.visitor, identity=proof).json()
    again = natalie.ask("hello", visitor=first["visitor"], identity=proof).json()
    thief = Stranger(house, source).ask("hello", identity=proof).json()

    assert [first["known"], again["known"], thief["known"]] == [True, True, False]


def test_who_waits_without_a_line_hears_at_once_what_is_there(house: House, natalie: Stranger) -> None:
    natalie.say("Und wie laut?", id="2")
    house.settle()
    told = natalie.ask("poll", visitor=natalie.visitor, since=0, wait=0).json()

    assert told["position"] >= 0
