"""The sample company's post: believable letters, each a conversation of its writer, and replies that find their thread."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from hark.commands._desk import _about, _topic
from hark.sample import letters
from hark.sample.answers import ANSWERS, answer
from hark.sample.texts import SAID
from hark.testing.house import House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_same_seed_writes_the_same_letters() -> None:
    first, again = (letters.recent(7, 200, NOW) for _ in range(2))

    assert [letters.mail(one) for one in first] == [letters.mail(one) for one in again]
    assert len({one.customer.language for one in first}) >= 5
    assert all(NOW - timedelta(hours=letters.HOURS) <= one.at <= NOW for one in first)


def test_letters_go_on_coming() -> None:
    times = [one.at for one in islice(letters.coming(7, 200, NOW), 20)]

    assert times == sorted(times)
    assert len({letters.mail(one) for one in islice(letters.coming(7, 200, NOW), 20)}) == 20


@pytest.mark.parametrize("topic", ANSWERS)
def test_the_desk_knows_what_a_letter_is_about_and_answers_in_its_language(topic: str) -> None:
    words = {"product": "W-17", "code": "E18", "promised": "21.11."}
    for language, text in SAID[topic].items():
        about = _topic(text.format(**words), "Ann")

        assert about
        assert (about.topic, about.language) == (topic, language)
        assert "Ann" in answer(topic, language, **{**words, **about.words})


def test_a_letter_and_its_reply_are_one_conversation(house: House) -> None:
    key = house.add_source("help@", plugin="email", settings={"address": letters.ADDRESS}).write_key
    letter = letters.recent(7, 200, house.now())[-1]
    house.post("/v1/mail", letters.mail(letter), key=key)
    back = letters.reply(letter.customer, "Re: that", letter.id, [], "We answered", house.now())
    house.post("/v1/mail", back, key=key)
    house.settle()
    [conversation] = house.query("select id, messages from conversation")

    assert conversation["messages"] == 2
    with house.database.transaction() as tx:
        about = _about(tx, conversation["id"])
    assert about
    assert about.topic == "thanks"
    assert about.words["name"] == letter.customer.first
