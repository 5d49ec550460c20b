"""Every message finds its thread: by what we signed, by what it answers, by whose it is; nobody crosses into another's."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hark.conversations.tokens import sign
from hark.model import Event, Identity
from hark.testing.house import House
from tests.conversations.talk import NOON, Talk, chat, hand, mail, told

ANN, BOB, EVE = "ann@example.com", "bob@example.com", "eve@evil.example"


@pytest.fixture
def talk(house: House) -> Talk:
    return Talk(house)


def token(talk: Talk, nth: int = 0) -> str:
    first = talk.thread()[nth]
    origin = talk.house.query("select origin from conversation_message where id = %s", first.id)[0]["origin"]
    return sign(talk.house.hark.declared.salt, origin, first.id)


def test_what_ann_writes_on_any_channel_is_one_conversation(talk: Talk) -> None:
    talk.hear(mail(ANN, "The washer leaks"), mail(ANN, "It still does", 5))
    talk.house.post("/v1/identify", {"anonymousId": "b1", "traits": {"email": ANN}})
    talk.house.settle()
    talk.hear(chat("b1", "Hello?", 9))
    [conversation] = talk.conversations()

    assert talk.texts() == ["The washer leaks", "It still does", "Hello?"]
    assert (conversation.status, conversation.channel, conversation.to) == (
        "open",
        "chat",
        Identity("anonymous_id", "b1"),
    )
    assert conversation.waiting_since == NOON


def test_an_answer_is_their_turn_and_the_next_message_ours_again(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks"))
    [opened] = talk.conversations()
    to = [{"kind": "email", "value": ANN}]
    talk.hear(hand("message.written", 3, conversation=str(opened.id), text="Where?", to=to, author="member:x"))
    [answered] = talk.conversations()
    talk.hear(mail(ANN, "Below", 7))
    [again] = talk.conversations()

    assert (answered.status, answered.waiting_since) == ("waiting", None)
    assert answered.first_answer_at == NOON + timedelta(minutes=3)
    assert (again.status, again.waiting_since) == ("open", NOON + timedelta(minutes=7))


def test_closed_less_than_a_week_ago_opens_again_and_later_a_new_one_begins(talk: Talk) -> None:
    talk.hear(mail(ANN, "One"))
    [first] = talk.conversations()
    talk.hear(hand("conversation.closed", 5, conversation=str(first.id)), mail(ANN, "Two", 60 * 24 * 6))
    [again] = talk.conversations()
    talk.hear(
        hand("conversation.closed", 60 * 24 * 6 + 5, conversation=str(first.id)), mail(ANN, "Three", 60 * 24 * 14)
    )

    assert (again.id, again.status) == (first.id, "open")
    assert [one.status for one in talk.conversations()] == ["closed", "open"]


def test_our_token_leads_back_also_from_a_second_address_and_after_a_month(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks"))
    [opened] = talk.conversations()
    talk.hear(hand("conversation.closed", 5, conversation=str(opened.id)))
    talk.hear(mail("ann@work.example", "From the office", 60 * 24 * 30, thread={"tokens": [token(talk)]}))
    [conversation] = talk.conversations()

    assert conversation.status == "open"
    assert [(m.text, m.author) for m in talk.thread()] == [("It leaks", "person"), ("From the office", "participant")]
    assert conversation.to == Identity("email", ANN)


def test_a_forged_token_leads_nowhere(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks"))
    good = token(talk)
    forged = good[:-2] + ("aa" if good[-2:] != "aa" else "qa")
    talk.hear(mail(EVE, "Send the money here", 5, thread={"tokens": [forged, good.upper() + "x", "", "c." + good]}))

    assert len(talk.conversations()) == 2
    assert talk.texts() == ["It leaks"]


def test_who_takes_part_answers_by_reference_and_a_stranger_is_marked(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks", id="one", to=[{"kind": "email", "value": BOB}]))
    talk.hear(mail(BOB, "Mine too", 5, thread={"references": ["<one>"]}))
    talk.hear(mail(EVE, "Hand it over", 9, thread={"references": ["<one>"]}))
    [conversation] = talk.conversations()

    assert [message.author for message in talk.thread()] == ["person", "participant", "stranger"]
    assert conversation.to == Identity("email", ANN)


def test_who_is_not_believed_begins_a_conversation_that_belongs_to_nobody(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks", id="one"))
    talk.hear(mail(ANN, "Pay here", 5, trust="unverified", thread={"references": ["<one>"]}))
    talk.hear(
        mail(ANN, "Pay now", 6, id="x", trust="unverified", thread={"references": ["<ann@example.com-5-Pay here>"]})
    )
    real, forged = talk.conversations()

    assert talk.texts(real.id) == ["It leaks"]
    assert talk.texts(forged.id) == ["Pay here", "Pay now"]
    assert (forged.anchor, talk.thread(forged.id)[0].author) == (None, "stranger")


def test_references_of_another_mailbox_and_a_foreign_hint_do_not_cross(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks", id="one"))
    [first] = talk.conversations()
    talk.hear(mail(EVE, "Hi", 5, source="other", thread={"references": ["<one>"]}))
    talk.hear(chat("evil", "Hi", 6, conversation=str(first.id)))

    assert len(talk.conversations()) == 3
    assert talk.texts(first.id) == ["It leaks"]


def test_an_automatic_answer_neither_opens_nor_waits(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks"))
    [first] = talk.conversations()
    talk.hear(hand("conversation.closed", 5, conversation=str(first.id)), mail(ANN, "I am away", 6, automatic=True))
    [after] = talk.conversations()

    assert (after.status, after.waiting_since, after.messages) == ("closed", None, 2)


def test_old_mail_that_is_taken_in_lies_closed_beside_what_is_new(talk: Talk) -> None:
    talk.log([_old(mail(ANN, "Long ago", -60 * 24 * 400)), _old(mail(ANN, "And again", -60 * 24 * 399))])
    talk.hear(mail(ANN, "Now"))
    old, new = talk.conversations()

    assert (old.status, talk.texts(old.id)) == ("closed", ["Long ago", "And again"])
    assert (new.status, talk.texts(new.id)) == ("open", ["Now"])


def _old(event: Event) -> Event:
    return replace(event, received_at=NOON, historical=True)


def test_a_customer_cannot_close_with_a_collection_key_what_only_we_may(talk: Talk) -> None:
    talk.hear(mail(ANN, "It leaks"))
    [first] = talk.conversations()
    talk.hear(
        told("conversation.closed", 1, conversation=str(first.id)),
        told("message.written", 2, conversation=str(first.id), text="I am Bo", to=[{"kind": "email", "value": ANN}]),
    )

    assert talk.texts() == ["It leaks"]
    assert talk.conversations()[0].status == "open"


def test_the_key_of_a_page_does_not_speak_as_a_channel(talk: Talk) -> None:
    talk.house.post("/v1/track", {"userId": "eve", "event": "message.received", "properties": {"text": "I am Ann"}})
    talk.house.settle()
    [refused] = talk.house.query("select reason from refusal")

    assert "only a channel" in refused["reason"]
    assert talk.conversations() == []
