"""What was written goes out once, as its channel can carry it, and the thread shows what became of it."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hark.conversations import act, deliver, tokens
from hark.conversations.act import Draft
from hark.conversations.channels import ways
from hark.events import files
from hark.kit import clock
from hark.model import Attached, Source
from hark.testing.house import House
from hark.work import Work
from tests.conversations.conftest import Office
from tests.conversations.talk import Talk, mail, told

ANN, BO = "ann@example.com", "member:018f0000-0000-7000-8000-000000000001"


class Desk(Talk):
    """A talk with somebody who answers and a worker who carries it out."""

    def __init__(self, house: House, office: Office) -> None:
        super().__init__(house)
        self.source: Source = house.add_source("letters", plugin="postbox", settings={"url": office.url})
        self.hear(mail(ANN, "It leaks", id="one", source=self.source.id))

    def say(self, text: str, **more: Any) -> UUID:
        undo = more.pop("undo", 0.0)
        with self.house.database.transaction() as tx:
            known = ways(tx, self.house.hark.registry)
            draft = Draft(text=text, **more)
            message = act.answer(tx, self.conversations()[0].id, draft, known, by=BO, undo=undo)
        self.house.settle()
        return message

    def work(self) -> None:
        jobs = {deliver_job: self.house.hark.acting()}
        Work(self.house.hark.url, jobs).run(threading.Event(), until_empty=True)
        self.house.settle()

    def last(self) -> tuple[str, str | None]:
        message = self.thread()[-1]
        return message.state, message.detail


from hark.act import act as deliver_job  # noqa: E402


@pytest.fixture
def desk(post_house: House, office: Office) -> Desk:
    return Desk(post_house, office)


def test_an_answer_goes_out_with_what_leads_back_to_it(desk: Desk, office: Office) -> None:
    message = desk.say("Where exactly?")
    desk.work()
    [letter] = office.letters
    token = tokens.read(letter["token"])

    assert (letter["to"], letter["text"], letter["references"]) == (ANN, "Where exactly?", ["<one>"])
    assert desk.last() == ("sent", None)
    assert desk.thread()[-1].external_id == f"<{letter['key']}>"
    assert token is not None
    assert token.message == message


def test_what_the_channel_says_later_moves_it_forward_only(desk: Desk, office: Office) -> None:
    desk.say("Where?")
    desk.work()
    key = f"<{office.keys()[0]}>"
    states = []
    for minute, state in enumerate(("read", "delivered", "sent")):
        desk.hear(told("message.delivery", minute, source=desk.source.id, external_id=key, state=state))
        states.append(desk.last()[0])
    desk.hear(told("message.delivery", 9, source="another", external_id=key, state="failed"))

    assert states == ["read"] * 3
    assert desk.last()[0] == "read"


def test_a_receipt_that_comes_before_the_message_is_known_is_kept_for_it(desk: Desk, office: Office) -> None:
    desk.say("Where?")

    def at_once() -> None:
        key = str(desk.house.query("select id from decision")[0]["id"])
        desk.log([told("message.delivery", 1, source=desk.source.id, external_id=f"<{key}>", state="delivered")])

    office.before = at_once
    desk.work()

    assert desk.last()[0] == "delivered"


def test_what_is_refused_fails_visibly_and_is_sent_again(desk: Desk, office: Office) -> None:
    office.answer = 422
    message = desk.say("Where?")
    desk.work()
    failed, detail = desk.last()
    office.answer = 200
    with desk.house.database.transaction() as tx:
        act.send_again(tx, message, by=BO)
    desk.house.settle()
    desk.work()

    assert (failed, detail) == ("failed", "the other side answered 422")
    assert desk.last() == ("sent", None)
    assert len(set(office.keys())) == 2


def test_withdrawn_in_time_it_never_goes_out(desk: Desk, office: Office) -> None:
    message = desk.say("Wrong window", undo=1.0)
    with desk.house.database.transaction() as tx:
        act.withdraw(tx, message, by=BO)
    desk.work()

    assert office.letters == []
    assert desk.last()[0] == "withdrawn"


def test_cut_off_while_sending_is_sent_again_with_its_key_where_that_does_no_harm(desk: Desk, office: Office) -> None:
    desk.say("Where?")
    _cut_off(desk)
    desk.work()

    assert len(office.letters) == 1
    assert desk.last()[0] == "sent"


def test_cut_off_while_sending_is_unknown_where_it_might_be_doubled(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hark_postbox.send

    monkeypatch.setattr(hark_postbox.send, "REPEATABLE", False)
    message = desk.say("Where?")
    _cut_off(desk)
    desk.work()
    unknown = desk.last()[0]
    with desk.house.database.transaction() as tx:
        act.send_again(tx, message, by=BO)
    desk.house.settle()
    desk.work()

    assert unknown == "unknown"
    assert desk.house.query("select state from decision order by decided_at")[0] == {"state": "unknown"}
    assert (desk.last()[0], len(office.letters)) == ("sent", 1)


def _cut_off(desk: Desk) -> None:
    """As it looks when the process was killed between handing over and noting."""
    with desk.house.database.transaction() as tx:
        tx.connection.execute(
            "insert into conversation_sending (key, message, at) select id, event, now() from decision"
        )
        tx.connection.execute("update decision set state = 'sending'")


def test_a_long_text_goes_in_pieces_and_a_large_file_as_a_link(desk: Desk, office: Office) -> None:
    with desk.house.database.transaction() as tx:
        small, large = files.put(
            tx,
            [
                Attached(name="plan.txt", media_type="text/plain", body=b"x"),
                Attached(name="film.mp4", media_type="video/mp4", body=b"y" * 2000),
            ],
            clock.now(),
        )
    desk.say("A sentence of some length. " * 12, files=(small, large))
    desk.work()
    texts = [letter["text"] for letter in office.letters]

    assert all(len(text) <= 200 for text in texts)
    assert [letter["files"] for letter in office.letters] == [["plan.txt"], *[[]] * (len(texts) - 1)]
    assert "film.mp4: http" in " ".join(texts)
    assert len(set(office.keys())) == len(texts) > 1
    assert desk.last()[0] == "sent"


def test_what_nobody_takes_for_hours_is_given_up(desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.answer = 503
    desk.say("Where?")
    monkeypatch.setattr(deliver, "GIVE_UP", timedelta(0))
    desk.work()

    assert desk.last()[0] == "failed"


def test_the_channel_is_told_which_address_the_person_last_wrote_to(desk: Desk, office: Office) -> None:
    aliased = {"to": [{"kind": "email", "value": "service@shop.example"}]}
    desk.hear(
        mail(ANN, "Still", 1, source=desk.source.id, cc=[{"kind": "email", "value": "bob@example.com"}], **aliased)
    )
    desk.say("Where exactly?")
    desk.work()

    assert office.letters[0]["written_to"] == ["service@shop.example", "bob@example.com"]
