"""Rules that act: on any event, never in circles; and effort, which is counted."""

import msgspec
import pytest

from hark.testing.house import House
from tests.cases.floor import ADA, BO, Floor
from tests.conversations.talk import told


@pytest.fixture
def floor(house: House) -> Floor:
    return Floor(house)


def test_an_angry_word_makes_it_urgent_and_tells_somebody(floor: Floor):
    floor.declare(
        "automation",
        "angry",
        on=["message.received"],
        condition='message.text contains "lawyer" and conversation.priority < 2',
        steps=[{"do": "prioritise", "priority": 2}, {"do": "note", "text": "look here", "mentions": [str(BO)]}],
    )

    natalie = floor.chats("natalie", "you will hear from my lawyer")

    assert floor.conversation("natalie").priority == 2
    notes = [one for one in floor.talk.thread(natalie.id) if one.direction == "note"]
    assert [note.text for note in notes] == ["look here"]


def test_a_case_is_opened_by_a_rule_on_any_event(floor: Floor):
    floor.declare("team", "repair", members=[])
    floor.declare(
        "automation",
        "faults",
        on=["Fault Reported"],
        condition='event.code = "E18"',
        steps=[{"do": "open_case", "subject": "Drain blocked", "team": "repair", "priority": 1, "add": ["drain"]}],
    )

    floor.hears(told("Fault Reported", 1, "washer", who="natalie@example.com", code="E18"))
    floor.hears(told("Fault Reported", 2, "washer", who="natalie@example.com", code="E17"))

    [case] = floor.house.query("select * from work_case")
    assert (case["subject"], case["team"], case["tags"], case["opened_by"]) == (
        *("Drain blocked", "repair", ["drain"]),
        "rule:faults",
    )
    assert case["anchor"] is not None


def test_a_rule_looks_again_later_and_acts_if_it_still_holds(floor: Floor):
    floor.declare(
        "automation",
        "quiet",
        on=["message.written"],
        after=3600,
        condition='conversation.status = "waiting"',
        steps=[{"do": "close", "text": "no answer"}],
    )
    quiet, busy = floor.chats("quiet", minute=1), floor.chats("busy", minute=2)
    floor.answers(quiet.id, BO, minute=3)
    floor.answers(busy.id, BO, minute=4)
    floor.chats("busy", "one more thing", 30)

    floor.wait(90)

    assert floor.conversation("quiet").status == "closed"
    assert floor.conversation("busy").status == "open"


def test_two_rules_that_would_chase_each_other_stop(floor: Floor):
    for one, other, priority in (("up", "down", 1), ("down", "up", -1)):
        floor.declare(
            "automation",
            one,
            on=["message.received", "conversation.prioritised"],
            condition=f"conversation.priority = {-1 if one == 'up' else 1} or event.name = 'message.received'",
            chained=True,
            steps=[{"do": "prioritise", "priority": priority}],
        )
        assert other

    floor.chats("natalie")

    assert len(floor.told("conversation.prioritised")) <= 10


def test_a_rule_acts_only_so_often_a_day_for_one_conversation(floor: Floor):
    steps = [{"do": "tag", "add": ["wrote"]}]
    floor.declare("automation", "tags", on=["message.received"], most=2, steps=steps)

    for minute in range(5):
        floor.chats("natalie", f"message {minute}", minute)

    assert len(floor.told("conversation.tagged")) == 2


def test_what_was_imported_is_known_and_not_acted_upon(floor: Floor):
    steps = [{"do": "open_case", "subject": "old"}]
    floor.declare("automation", "faults", on=["Fault Reported"], steps=steps)
    old = told("Fault Reported", 1, "washer", who="natalie@example.com")

    floor.hears(msgspec.structs.replace(old, historical=True))

    assert floor.house.query("select * from work_case") == []


def test_a_rating_is_asked_for_after_closing(floor: Floor):
    floor.declare("automation", "ask", on=["conversation.closed"], steps=[{"do": "ask_rating"}])
    natalie = floor.chats("natalie", minute=1)

    floor.closes(natalie.id, 2)

    assert floor.told("rating.asked") == [{"conversation": str(natalie.id), "by": "rule:ask"}]


def test_effort_is_counted_and_told_when_it_is_over(floor: Floor):
    natalie = floor.chats("natalie", "help", 1)
    floor.do("conversation.assigned", 2, conversation=str(natalie.id), member=str(BO))
    floor.answers(natalie.id, BO, minute=11)
    floor.chats("natalie", "and now?", 12)
    floor.do("conversation.assigned", 13, conversation=str(natalie.id), member=str(ADA))
    floor.answers(natalie.id, ADA, minute=17)
    floor.closes(natalie.id, 20)
    floor.chats("natalie", "it is broken again", 30)
    floor.closes(natalie.id, 31)

    first, second = floor.told("conversation.effort")

    assert (first["messages"], first["waits"], first["transfers"], first["repeats"]) == (2, 2, 1, 0)
    assert (first["waited"], first["longest"]) == (15 * 60, 10 * 60)
    assert second["repeats"] == 1
