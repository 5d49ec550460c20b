"""Ann's record holds what was said with her; forgotten, it is gone with its files, and others' conversations stand."""

import pytest

from hark.carry.erase import anonymise, erase
from hark.carry.record import as_html, export
from hark.events import files
from hark.kit import clock
from hark.model import Attached
from hark.testing.house import House
from tests.conversations.conftest import Office
from tests.conversations.talk import Talk, mail
from tests.conversations.test_delivery import Desk

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def talk(post_house: House, office: Office) -> Talk:
    """Ann wrote with a picture that Bob sent too, and with a letter of her own; in Bob's conversation she takes part."""
    desk = Desk(post_house, office)
    with post_house.database.transaction() as tx:
        shared, own = files.put(tx, [_file("shared"), _file("own")], clock.now())
    names = [{"id": one.id, "name": one.name, "media_type": "text/plain", "size": 3} for one in (shared, own)]
    box = desk.source.id
    desk.hear(
        mail(ANN, "Look", 5, source=box, files=names),
        mail(BOB, "My dryer", 6, source=box, id="bobs", files=names[:1], to=[{"kind": "email", "value": ANN}]),
        mail(ANN, "I know Bob", 7, source=box, thread={"references": ["<bobs>"]}),
        mail(BOB, "So do I", 8, source=box, thread={"references": ["<bobs>"]}),
    )
    desk.say("Where exactly?")
    return desk


def _file(text: str) -> Attached:
    return Attached(name=f"{text}.txt", media_type="text/plain", body=text.encode())


def test_the_record_holds_what_was_said_with_her(talk: Talk) -> None:
    with talk.house.database.transaction() as tx:
        record = export(tx, "email", ANN, talk.house.hark.declared)
    [conversation] = record["conversations"]

    assert [one["text"] for one in conversation["said"]] == ["It leaks", "Look", "Where exactly?"]
    assert [one["text"] for one in record["messages"]] == ["I know Bob"]
    assert "My dryer" not in str(record)
    assert "Where exactly?" in as_html(record)


def test_forgotten_with_her_files_and_the_rest_stands_as_a_replay_finds_it(talk: Talk) -> None:
    erase(talk.house.hark.carrying(), "email", ANN)
    before = talk.rows()
    kept = [row["size"] for row in talk.house.query("select size from file")]
    [conversation] = talk.conversations()
    talk.replay()

    assert talk.texts() == ["My dryer", "So do I"]
    assert conversation.messages == 2
    assert kept == [len("shared")]
    assert talk.rows()["conversation_message"] == before["conversation_message"]
    assert talk.house.query("select key from conversation_sending") == []


def test_what_was_written_in_her_name_and_not_believed_goes_too(talk: Talk) -> None:
    talk.hear(mail(ANN, "I am Ann, pay here", 20, trust="unverified"))
    erase(talk.house.hark.carrying(), "email", ANN)
    talk.replay()

    assert talk.house.query("select id from event where properties::text like '%%pay here%%'") == []
    assert talk.texts() == ["My dryer", "So do I"]


def test_of_what_was_said_no_word_stays_as_a_number(talk: Talk) -> None:
    anonymise(talk.house.hark.carrying(), "email", ANN)
    before = talk.rows()
    talk.replay()
    named = talk.house.query(
        "select name from event where properties::text similar to '%%(It leaks|I know Bob|Where ex)%%'"
    )

    assert named == []
    assert talk.rows()["conversation_message"] == before["conversation_message"]


def test_who_is_tied_to_somebody_forgotten_keeps_their_conversation(talk: Talk) -> None:
    talk.house.post("/v1/identify", {"anonymousId": "tablet", "traits": {"email": ANN}})
    talk.house.post("/v1/identify", {"anonymousId": "tablet", "userId": "bob", "traits": {"email": BOB}})
    talk.house.settle()
    before = len(talk.house.query("select id from conversation_message"))
    [bob] = talk.house.query("select person from identity where value = %s", BOB)
    [ann] = talk.house.query("select person from identity where value = %s", ANN)
    if bob != ann:
        erase(talk.house.hark.carrying(), "email", ANN)

        assert "My dryer" in [row["text"] for row in talk.house.query("select text from conversation_message")]
    assert before == 6
