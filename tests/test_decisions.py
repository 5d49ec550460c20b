"""Decisions: arbitration is pure and fair, hold-outs are measured, an action looks again and is never done blindly twice."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark import flow
from hark.act import Acting, Doer, act
from hark.errors import Rejected, Retry
from hark.events import decisions
from hark.events.decisions import arbitrate, held_out, outcome, proposed
from hark.model import Action, Context, Decision, Event, Identity, Outcome, Person, Profile, Purpose
from hark.testing.house import House
from hark.work import Work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = uuid4()
PURPOSES = {
    "service": Purpose(name="service", label="", about="", explicit=False),
    "marketing": Purpose(name="marketing", label="", about="", explicit=True),
}


def context(consents: dict[str, bool] | None = None, **fields: Any) -> Context:
    event = Event(id=uuid4(), type="track", name="Viewed", at=NOW, received_at=NOW, source="web", message_id="1")
    return Context(
        event=msgspec.structs.replace(event, **fields),
        person=Person(id=ANN),
        profile=Profile(person=ANN, consents=consents or {}),
    )


def decided(about: Context, *wishes: tuple[str, str, float, bool, str]) -> Context:
    made = [
        proposed(about, decider, Action(name=action), score=score, held_out=held, purpose=purpose)
        for decider, action, score, held, purpose in wishes
    ]
    return msgspec.structs.replace(about, decisions=tuple(made))


actions, purposes = st.sampled_from(["mail", "call"]), st.sampled_from(["service", "marketing", "x"])
wish = st.tuples(st.sampled_from("abc"), actions, st.floats(0, 1), st.booleans(), purposes)


@given(st.lists(wish, max_size=8), st.dictionaries(st.sampled_from(["service", "marketing"]), st.booleans()))
def test_at_most_one_action_of_a_kind_and_none_without_consent(wishes: list[Any], consents: dict[str, bool]) -> None:
    judged = arbitrate([decided(context(consents), *wishes)], PURPOSES)

    assert len(judged) == len(wishes)
    chosen = [one.decision for one in judged if one.state in ("queued", "held_out")]
    assert len({one.action.name for one in chosen}) == len(chosen)
    for one in chosen:
        agreed = consents.get(one.purpose, one.purpose == "service")
        assert agreed
        rivals = [w for w in wishes if w[1] == one.action.name and consents.get(w[4], w[4] == "service")]
        assert one.score == max(rival[2] for rival in rivals)
    assert all(one.detail for one in judged if one.state == "dropped")


def test_a_held_out_winner_keeps_the_others_back() -> None:
    about = decided(context(), ("a", "mail", 0.9, True, "service"), ("b", "mail", 0.5, False, "service"))

    assert [one.state for one in arbitrate([about], PURPOSES)] == ["held_out", "dropped"]


@pytest.mark.parametrize("fields", [{"historical": True}, {"depth": 8}, {"context": {"decider": "a"}}])
def test_history_long_chains_and_ones_own_effects_cause_nothing(fields: dict[str, Any]) -> None:
    about = decided(context(**fields), ("a", "mail", 1.0, False, "service"))

    assert [one.state for one in arbitrate([about], PURPOSES)] == ["dropped"]


def test_a_share_is_held_out_always_the_same_and_about_that_many() -> None:
    people = [UUID(int=n) for n in range(4000)]
    left_alone = [person for person in people if held_out(person, "a", 0.1, b"salt")]

    assert left_alone == [person for person in people if held_out(person, "a", 0.1, b"salt")]
    assert 300 < len(left_alone) < 500
    assert set(left_alone) != {person for person in people if held_out(person, "b", 0.1, b"salt")}
    assert not [person for person in people if held_out(person, "a", 0.0, b"salt")]


class Office:
    def __init__(self) -> None:
        self.done: list[UUID] = []
        self.errors: list[BaseException] = []

    def mail(self, decision: Decision) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.done.append(decision.id)


@pytest.fixture
def office(house: House, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A room that mails whoever views something, and a house in which it works."""
    office = Office()

    def decide(contexts: list[Context], tx: Any, declared: Any) -> list[Context]:
        return [
            decided(one, ("mailer", "mail", 1.0, one.event.properties.get("hold", False), "service"))
            if one.event.name == "Viewed"
            else one
            for one in contexts
        ]

    monkeypatch.setattr(flow, "DECIDE", (decide,))
    monkeypatch.setattr(flow, "ACT", {"mail": Doer(office.mail)})
    return office


def view(house: House, **properties: Any) -> None:
    house.post("/v1/track", {"userId": "ann", "event": "Viewed", "properties": properties, "messageId": str(uuid4())})
    house.settle()


def work(house: House) -> None:
    Work(house.hark.url, {act: house.hark.acting()}).run(threading.Event(), until_empty=True)


def states(house: House) -> list[tuple[str, str | None]]:
    return [
        (row["state"], row["detail"]) for row in house.query("select state, detail from decision order by decided_at")
    ]


def test_a_decision_is_queued_with_the_path_and_carried_out_once(house: House, office: Office) -> None:
    view(house)
    view(house, hold=True)
    assert [state for state, _ in states(house)] == ["queued", "held_out"]
    work(house)
    work(house)

    assert len(office.done) == 1
    assert [state for state, _ in states(house)] == ["done", "held_out"]


def test_a_replay_decides_nothing_again(house: House, office: Office) -> None:
    view(house)
    work(house)
    flow.start_replay(house.hark.engines())
    house.settle()
    work(house)

    assert len(office.done) == 1
    assert len(states(house)) == 1


def test_it_looks_again_when_it_acts(house: House, office: Office) -> None:
    view(house)
    body = {"userId": "ann", "event": "consent.withdrawn", "properties": {"purpose": "service"}, "messageId": "no"}
    house.post("/v1/track", body)
    house.settle()
    work(house)

    assert office.done == []
    assert states(house) == [("dropped", "the person does not agree to service any more")]


def test_an_action_that_was_cut_off_is_unknown_and_not_done_blindly_again(house: House, office: Office) -> None:
    class Killed(BaseException):
        pass

    view(house)
    (row,) = house.query("select id from decision")
    office.errors = [Killed()]
    acting = Acting(database=house.database, purposes=PURPOSES, doers={"mail": Doer(office.mail)})
    with pytest.raises(Killed):
        act(row["id"], acting)
    act(row["id"], acting)
    assert [state for state, _ in states(house)] == ["unknown"]
    assert office.done == []


def test_errors_say_whether_it_is_tried_again(house: House, office: Office) -> None:
    view(house)
    (row,) = house.query("select id from decision")
    acting = house.hark.acting()
    office.errors = [Retry("busy"), Rejected("no such address")]
    with pytest.raises(Retry):
        act(row["id"], acting)
    assert states(house) == [("queued", "busy")]
    act(row["id"], acting)

    assert states(house) == [("failed", "no such address")]


def test_an_outcome_with_an_amount_finds_its_decision_in_any_order(house: House, office: Office) -> None:
    view(house)
    (row,) = house.query("select id from decision")
    later, earlier = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    who = (Identity("user_id", "ann"),)
    bought = Outcome(decision=row["id"], kind="bought", at=later, amount=Decimal("129.90"), currency="EUR")
    opened = Outcome(decision=row["id"], kind="opened", at=earlier)
    house.say(outcome(bought, who))
    house.say(outcome(opened, who))
    expected = {
        "outcome": "bought",
        "outcome_amount": Decimal("129.90"),
        "outcome_currency": "EUR",
        "outcome_at": later,
    }
    asked = "select outcome, outcome_amount, outcome_currency, outcome_at from decision"

    assert house.query(asked) == [expected]
    flow.start_replay(house.hark.engines())
    house.settle()
    assert house.query(asked) == [expected]


def test_an_outcome_of_nothing_is_only_an_event(house: House) -> None:
    for decision in (str(uuid4()), "nonsense", None):
        body = {"userId": "ann", "event": decisions.OUTCOME, "properties": {"decision": decision, "amount": "1e99999"}}
        house.post("/v1/track", {**body, "messageId": str(uuid4())})
    house.settle()

    assert house.query("select count(*) as n from parked") == [{"n": 0}]
