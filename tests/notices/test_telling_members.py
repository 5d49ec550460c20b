"""Bo is told on his phone what waits for him: through a real HTTP push service, opened with the browser's own keys."""

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import http_ece
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hark.act import act
from hark.conversations import act as act_on
from hark.events.record import own
from hark.testing.desk import Desk
from hark.testing.house import House
from hark.web.rights import Role
from hark.work import Work
from tests.conversations.talk import Talk, mail
from tests.destinations.conftest import Receiver


class Service(Receiver):
    """A push service: it takes bodies that it cannot read."""

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        status, more = self.answers.pop(0) if self.answers else (201, {})
        if status == 201:
            self.got.append((headers, body))
        return status, more


@pytest.fixture
def service() -> Iterator[Service]:
    receiver = Service()
    yield receiver
    receiver.stop()


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    house = House(database_url, allow_private=("127.0.0.1",))
    yield house
    house.close()


class Phone:
    """A browser that subscribed; `notes` is what it shows."""

    def __init__(self, desk: Desk, service: Service) -> None:
        self.desk, self.service = desk, service
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _encode(point), "auth": _encode(self.secret)}
        self.given = {"endpoint": f"http://127.0.0.1:{service.port}/push/{uuid4()}", "keys": keys}
        reply = desk.post("/notices/subscribe", {"subscription": msgspec.json.encode(self.given).decode()})
        assert reply.status_code == 200, reply.text

    def notes(self) -> list[dict[str, Any]]:
        opened = (http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret) for _, body in self.service.got)
        return [msgspec.json.decode(body)["notification"] for body in opened]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _member(house: House, role: Role = Role.OWNER) -> UUID:
    number: UUID = house.query("select id from member where role = %s", role)[0]["id"]
    return number


def _mention(house: House, member: UUID, text: str = "@Bo can you look?") -> None:
    house.say(
        own(
            "message.written",
            by=f"member:{uuid4()}",
            properties={"mentions": [str(member)], "text": text, "note": True},
        )
    )


def _work(house: House) -> None:
    Work(house.hark.url, {act: house.hark.acting()}).run(threading.Event(), until_empty=True)


def test_a_mention_reaches_the_phone_and_opens_there(house: House, bo: Desk, service: Service) -> None:
    phone = Phone(bo, service)

    _mention(house, _member(house))
    _work(house)

    assert [note["title"] for note in phone.notes()] == ["You are mentioned"]
    assert phone.notes()[0]["navigate"].startswith(f"{house.config.url}/phone")


def test_whoever_has_the_desk_open_is_not_disturbed(house: House, bo: Desk, service: Service) -> None:
    phone = Phone(bo, service)
    bo.post("/looking")

    _mention(house, _member(house))
    _work(house)
    assert phone.notes() == []

    bo.post("/looking", {"away": "1"})
    _mention(house, _member(house))
    _work(house)

    assert len(phone.notes()) == 1


def test_what_a_member_muted_is_not_told(house: House, bo: Desk, service: Service) -> None:
    phone = Phone(bo, service)
    bo.post("/notices", {"kind": "assigned", "preview": "1"})

    _mention(house, _member(house))
    _work(house)

    assert phone.notes() == []


def test_quiet_hours_are_those_of_the_members_own_clock(house: House, bo: Desk, service: Service) -> None:
    phone = Phone(bo, service)
    bo.post("/notices", {"kind": "mentioned", "quiet_from": "00:00", "quiet_until": "23:59"})

    _mention(house, _member(house))
    _work(house)

    assert phone.notes() == []


def test_a_browser_that_is_gone_is_forgotten(house: House, bo: Desk, service: Service) -> None:
    Phone(bo, service)
    service.answers = [(410, {})]

    _mention(house, _member(house))
    _work(house)

    assert house.query("select count(*) as n from push_subscription") == [{"n": 0}]


def test_a_refusal_is_shown_to_the_member(house: House, bo: Desk, service: Service) -> None:
    Phone(bo, service)
    service.answers = [(413, {})]

    _mention(house, _member(house))
    _work(house)

    assert "too large" in bo.get("/notices").text


def test_after_a_busy_service_only_the_browser_that_missed_it_is_told_again(
    house: House, bo: Desk, service: Service
) -> None:
    first, second = Phone(bo, service), Phone(bo, service)
    service.answers = [(429, {"retry-after": "0"})]
    _mention(house, _member(house))

    _work(house)
    with house.database.transaction() as tx:  # the pause before the second try is over
        tx.connection.execute("update procrastinate_jobs set scheduled_at = now() where status = 'todo'")
    _work(house)

    assert len(service.got) == 2
    assert {_opened(first, service), _opened(second, service)} == {1}


def _opened(phone: Phone, service: Service) -> int:
    """How many of the messages this browser could open."""
    count = 0
    for _, body in service.got:
        with suppress(http_ece.ECEException):
            http_ece.decrypt(body, private_key=phone.key, auth_secret=phone.secret)
            count += 1
    return count


def test_signing_out_there_ends_it(house: House, bo: Desk, service: Service) -> None:
    Phone(bo, service)

    bo.post("/sign-out")

    assert house.query("select count(*) as n from push_subscription") == [{"n": 0}]


def test_nobody_ends_the_subscription_of_another(house: House, bo: Desk, service: Service) -> None:
    phone = Phone(bo, service)
    number = house.query("select id from push_subscription")[0]["id"]
    other = bo.as_(Role.AGENT)

    other.post("/notices/unsubscribe", {"endpoint": phone.given["endpoint"]})
    other.post(f"/notices/browsers/{number}/remove")

    assert house.query("select count(*) as n from push_subscription") == [{"n": 1}]


def test_an_endpoint_inside_our_own_network_is_never_called(database_url: str, service: Service) -> None:
    house = House(database_url)
    try:
        phone = Phone(Desk(house), service)
        _mention(house, _member(house))
        _work(house)

        assert phone.notes() == []
        assert "not a public address" in house.query("select detail from push_subscription")[0]["detail"]
    finally:
        house.close()


def test_who_is_given_a_conversation_is_told(house: House, bo: Desk, service: Service) -> None:
    phone, talk = Phone(bo, service), Talk(house)
    talk.hear(mail("natalie@moreau.example", "It beeps", external_id="<1>"))
    with house.database.transaction() as tx:
        act_on.assign(tx, talk.conversations()[0].id, member=_member(house), by="rule:router")
    house.settle()
    _work(house)

    assert [note["title"].partition(": ")[2] for note in phone.notes()] == ["is yours now"]
