"""What members do with conversations, and how each of it is taken back."""

from datetime import timedelta
from types import ModuleType
from uuid import UUID, uuid4

import pytest

from hark.conversations import act, inbox, reading
from hark.conversations.act import Draft
from hark.conversations.channels import Way
from hark.errors import NotFound, Rejected
from hark.events.timers import come_due
from hark.kit import clock
from hark.model import Abilities, Conversation, Source
from hark.people import merging
from hark.testing.house import House
from tests.conversations.talk import Talk, chat, mail

ANN, BOB = "ann@example.com", "bob@example.com"
BO = "member:018f0000-0000-7000-8000-000000000001"
WAYS = {
    "mail": Way(
        source=Source(id="mail", name="Care", write_key="", plugin="mail"),
        channel="email",
        abilities=Abilities(),
        send=ModuleType("send"),
    )
}


@pytest.fixture
def talk(house: House) -> Talk:
    talk = Talk(house)
    talk.hear(mail(ANN, "It leaks"))
    return talk


def first(talk: Talk) -> Conversation:
    return talk.conversations()[0]


def answer(talk: Talk, text: str, **more: object) -> UUID:
    with talk.house.database.transaction() as tx:
        done = act.answer(tx, first(talk).id, Draft(text=text), WAYS, by=BO, **more)  # type: ignore[arg-type]
    talk.house.settle()
    return done


def test_an_answer_stands_in_the_thread_under_its_event_and_waits_to_be_sent(talk: Talk) -> None:
    message = answer(talk, "Where exactly?")
    said = talk.thread()[-1]

    assert (said.id, said.state, said.direction, said.author) == (message, "queued", "out", BO)
    assert (said.channel, said.address) == ("email", first(talk).to)
    assert talk.house.query("select action, state from decision") == [{"action": "message.send", "state": "queued"}]


def test_the_same_key_says_it_once(talk: Talk) -> None:
    assert answer(talk, "Where?", key="k1") == answer(talk, "Where?", key="k1")
    assert talk.texts() == ["It leaks", "Where?"]
    assert len(talk.house.query("select id from decision")) == 1


def test_what_is_not_out_can_be_withdrawn_and_the_person_waits_again(talk: Talk) -> None:
    message = answer(talk, "Wrong window", undo=60)
    with talk.house.database.transaction() as tx:
        act.withdraw(tx, message, by=BO)
    talk.house.settle()
    with talk.house.database.transaction() as tx, pytest.raises(Rejected):
        act.withdraw(tx, message, by=BO)

    assert talk.thread()[-1].state == "withdrawn"
    assert (first(talk).status, first(talk).waiting_since) == ("open", talk.thread()[0].at)
    assert talk.house.query("select state from decision") == [{"state": "dropped"}]


def test_a_note_is_for_us_and_finds_whom_it_mentions(talk: Talk) -> None:
    cleo = uuid4()
    with talk.house.database.transaction() as tx:
        act.note(tx, first(talk).id, "@Cleo, is this yours?", by=BO, mentions=[cleo])
    talk.house.settle()
    with talk.house.database.transaction() as tx:
        [row] = inbox.look(tx, inbox.Filters(mentions=True), cleo)[0]

        assert reading.counts(tx, cleo).mentions == 1
        assert (row.conversation.id, row.conversation.waiting_since is not None) == (first(talk).id, True)
        assert talk.thread()[-1].direction == "note"


def test_a_snoozed_conversation_comes_back_at_its_moment_and_earlier_when_they_write(talk: Talk) -> None:
    moment = clock.now() + timedelta(hours=1)
    with talk.house.database.transaction() as tx:
        act.snooze(tx, first(talk).id, moment, by=BO)
    talk.house.settle()
    asleep = first(talk)
    with talk.house.database.transaction() as tx:
        come_due(tx, moment + timedelta(seconds=1))
    talk.house.settle()

    assert (asleep.status, asleep.snoozed_until) == ("snoozed", moment)
    assert (first(talk).status, first(talk).snoozed_until) == ("open", None)


def test_merging_takes_everything_in_and_is_taken_back(talk: Talk) -> None:
    talk.hear(mail(BOB, "Same washer", 5))
    one, other = talk.conversations()
    with talk.house.database.transaction() as tx:
        change = act.merge(tx, one.id, [other.id], by=BO)
    talk.house.settle()
    merged = talk.texts()
    with talk.house.database.transaction() as tx:
        led = reading.conversation(tx, other.id).id
    talk.hear(mail(BOB, "And now?", 9))
    with talk.house.database.transaction() as tx:
        act.restore(tx, change, by=BO)
    talk.house.settle()

    assert (merged, led) == (["It leaks", "Same washer"], one.id)
    assert talk.texts(one.id) == ["It leaks"]
    assert talk.texts(other.id) == ["Same washer"]
    assert [talk.texts(c.id) for c in talk.conversations()][2:] == [["And now?"]]


def test_splitting_makes_a_conversation_of_its_own_and_is_taken_back(talk: Talk) -> None:
    talk.hear(mail(ANN, "And the oven?", 5))
    origin = first(talk)
    with talk.house.database.transaction() as tx:
        change = act.split(tx, origin.id, [talk.thread()[1].id], by=BO)
    talk.house.settle()
    apart = [talk.texts(c.id) for c in talk.conversations()]
    with talk.house.database.transaction() as tx:
        assert reading.conversation(tx, act.conversation_of(change)).anchor == origin.anchor
        act.restore(tx, change, by=BO)
    talk.house.settle()

    assert apart == [["It leaks"], ["And the oven?"]]
    assert [talk.texts(c.id) for c in talk.conversations()] == [["It leaks", "And the oven?"]]


def test_who_is_parted_takes_their_messages_along(talk: Talk) -> None:
    talk.house.post("/v1/identify", {"userId": "ann", "traits": {"email": ANN}})
    talk.house.post("/v1/identify", {"anonymousId": "b1", "userId": "ann"})
    talk.house.settle()
    talk.hear(chat("b1", "I am her sister", 5))
    together = talk.texts()
    rows = talk.house.query("select id, person from identity where kind = 'anonymous_id'")
    with talk.house.database.transaction() as tx:
        merging.split(tx, rows[0]["person"], [rows[0]["id"]], by=BO)
    talk.house.settle()

    assert together == ["It leaks", "I am her sister"]
    assert [talk.texts(c.id) for c in talk.conversations()] == [["It leaks"], ["I am her sister"]]


def test_who_takes_care_how_urgent_and_what_it_is_about(talk: Talk) -> None:
    id, cleo = first(talk).id, uuid4()
    with talk.house.database.transaction() as tx:
        act.assign(tx, id, by=BO, member=cleo, team="repairs")
        act.tag(tx, id, by=BO, add=["leak", "urgent"], remove=["urgent"])
        act.prioritise(tx, id, 2, by=BO)
        act.title(tx, id, "Washer W-17 leaks", by=BO)
    talk.house.settle()
    with talk.house.database.transaction() as tx:
        act.assign(tx, id, by=BO, member=None)
    talk.house.settle()
    known = first(talk)

    assert (known.member, known.team, known.tags, known.priority) == (None, "repairs", ("leak",), 2)
    assert known.subject == "Washer W-17 leaks"


def test_what_is_not_there_is_not_found(talk: Talk) -> None:
    with talk.house.database.transaction() as tx, pytest.raises(NotFound):
        act.close(tx, uuid4(), by=BO)


def test_a_replay_finds_the_same_rows(talk: Talk) -> None:
    talk.hear(mail(BOB, "Same washer", 5), mail(ANN, "And the oven?", 6))
    one, other = talk.conversations()
    answer(talk, "Where?", undo=5)
    with talk.house.database.transaction() as tx:
        act.merge(tx, one.id, [other.id], by=BO)
        act.mark_read(tx, one.id, 3, by=BO)
        act.snooze(tx, one.id, clock.now() + timedelta(hours=1), by=BO)
    talk.house.settle()
    before = talk.rows()
    talk.replay()

    assert talk.rows() == before
    assert before["conversation_change"]
    assert before["conversation_seen"]
