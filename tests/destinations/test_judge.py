"""Who gets what: filters, history, our own events, and consent as it is when the event is sent."""

import threading
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark.destinations import letters
from hark.destinations.carry import forget, forget_elsewhere
from hark.destinations.deliver import deliver
from hark.destinations.destination import Wish, add
from hark.destinations.whose import whose
from hark.events import log as events
from hark.events.record import own
from hark.kit.ids import derived
from hark.model import Profile, Purpose, Subject, agrees
from hark.people import merging, reading
from hark.testing.house import House
from hark.testing.outside import http as reaching
from hark.work import Work

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXPLICIT = Purpose(name="marketing", label="", about="", explicit=True)
IMPLIED = Purpose(name="service", label="", about="", explicit=False)
NOBODY = derived("nobody")


@pytest.mark.parametrize(
    ("said", "purpose", "agreed"),
    [(None, EXPLICIT, False), (None, IMPLIED, True), (True, EXPLICIT, True), (False, IMPLIED, False),
     (False, EXPLICIT, False), (True, IMPLIED, True)],
)  # fmt: skip
def test_what_a_person_said_last_goes_first(said: bool | None, purpose: Purpose, agreed: bool) -> None:
    profile = Profile(person=NOBODY, consents={} if said is None else {purpose.name: said})

    assert agrees(profile, purpose) is agreed


@given(st.dictionaries(st.sampled_from(["marketing", "service", "x"]), st.booleans()), st.booleans())
def test_a_no_always_holds(consents: dict[str, bool], explicit: bool) -> None:
    purpose = Purpose(name="marketing", label="", about="", explicit=explicit)
    agreed = agrees(Profile(person=NOBODY, consents=consents), purpose)

    assert not (agreed and consents.get("marketing") is False)
    assert not (agreed and explicit and not consents.get("marketing"))


def test_an_unknown_purpose_or_person_agrees_to_nothing_that_needs_a_yes() -> None:
    assert not agrees(Profile(person=NOBODY), None)
    assert not agrees(None, EXPLICIT)
    assert agrees(None, IMPLIED)


def test_events_are_chosen_by_name_and_by_segment(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com", segments=("vip",))
    bob = log.person("bob@example.com")
    log.event("Order Completed", ann)  # 1: the one
    log.event("Order Completed", bob)  # 2: not in the segment
    log.event("Page Viewed", ann)  # 3: not the name
    log.event("Order Completed")  # 4: nobody
    log.event("segment.left", bob, source="hark", properties={"segment": "vip"})  # 5: the news of leaving it
    hook = outside.add(
        "webhook",
        {"url": receiver.url, "secret": SECRET},
        events=("Order Completed", "segment.left"),
        segments=("vip",),
    )
    after = outside.deliver(hook)

    assert receiver.numbers == [1, 5]
    assert after.position == 5


def test_the_companys_own_configuration_stays_inside(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com")
    log.event("segment.defined", source="hark")
    log.event("person.merged", ann, source="hark")
    outside.deliver(outside.add("webhook", {"url": receiver.url, "secret": SECRET}))

    assert receiver.numbers == [2]


def test_history_goes_only_where_it_was_asked_for(log: Any, outside: Any, receiver: Any) -> None:
    log.event(historical=True)
    log.event()
    outside.deliver(outside.add("webhook", {"url": receiver.url, "secret": SECRET}, name="now"))
    outside.deliver(outside.add("webhook", {"url": receiver.url, "secret": SECRET}, name="all", history=True))

    assert receiver.numbers == [2, 1, 2]


def test_a_new_destination_begins_with_the_next_event_unless_told_otherwise(
    log: Any, outside: Any, receiver: Any
) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET}, beginning=False)
    log.event()
    outside.deliver(hook)

    assert receiver.numbers == [2]


def test_consent_is_looked_at_when_the_event_is_sent(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com", marketing=True)
    bob = log.person("bob@example.com", marketing=True)
    log.person("cy@example.com")
    for person in (ann, bob):
        log.event(person=person)
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET}, purpose="marketing")
    log.person("bob@example.com", marketing=False)  # withdrawn after the event, before it was sent
    after = outside.deliver(hook)

    assert receiver.numbers == [1]
    assert after.position == 3


def test_a_withdrawal_stops_the_letters_that_are_sent_again(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com", marketing=True)
    log.event(person=ann)
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET}, purpose="marketing")
    receiver.answers = [(422, {})]
    outside.deliver(hook)
    log.person("ann@example.com", marketing=False)
    with outside.means.database.transaction() as tx:
        (letter,) = letters.waiting(tx)
        letters.settle(tx, [letter.id], "again", outside.means.clock())
    outside.deliver(hook)

    assert receiver.got == []
    with outside.means.database.transaction() as tx:
        (letter,) = letters.waiting(tx)
    assert (letter.state, letter.attempts) == ("open", 2)
    assert "agree" in letter.reason


def test_letters_are_sent_again_or_let_go(log: Any, outside: Any, receiver: Any) -> None:
    for _ in range(3):
        log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    receiver.answers = [(400, {})] * 3
    outside.deliver(hook)
    with outside.means.database.transaction() as tx:
        third, second, first = letters.waiting(tx, hook.id)
        letters.settle(tx, [first.id], "again", outside.means.clock())
        letters.settle(tx, [second.id], "discarded", outside.means.clock())
    outside.deliver(hook)

    assert receiver.numbers == [1]
    with outside.means.database.transaction() as tx:
        assert [letter.id for letter in letters.waiting(tx)] == [third.id]
        assert letters.settle_all(tx, hook.id, "again", outside.means.clock()) == 1
    outside.deliver(hook)
    assert receiver.numbers == [1, 3]


def test_nothing_leaves_while_a_replay_rebuilds_what_is_known(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    with outside.means.database.connect() as connection:
        connection.execute("insert into cursor (name, position, until) values ('replay', 0, 1)")
        outside.deliver(hook)
        assert receiver.got == []
        connection.execute("delete from cursor where name = 'replay'")
    outside.deliver(hook)

    assert receiver.numbers == [1]


def test_an_event_that_was_set_aside_waits_among_the_letters(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    log.event()
    with outside.means.database.connect() as connection:
        connection.execute("insert into parked (position, error, at) values (1, 'x', now())")
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    outside.deliver(hook)

    assert receiver.numbers == [2]
    with outside.means.database.transaction() as tx:
        assert [letter.position for letter in letters.waiting(tx)] == [1]


def test_a_secret_is_shown_once(outside: Any) -> None:
    from hark.destinations import destination as book

    hook = outside.add("webhook", {"url": "https://example.com", "secret": SECRET})
    shown = book.shown(hook, outside.registry["webhook"])
    assert SECRET not in str(shown)
    with outside.means.database.transaction() as tx:
        wish = book.Wish(name="out", plugin="webhook", settings={**shown, "batch": 5})
        after = book.change(tx, hook.id, wish, outside.registry)

    assert after.settings["secret"] == SECRET
    assert after.settings["batch"] == 5


def test_an_erased_person_is_forgotten_everywhere_or_the_job_comes_again(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com")
    event = log.event(person=ann)
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET}, name="hook")
    files = outside.add("files", {"every": 0}, name="files")
    outside.deliver(files)
    receiver.answers = [(422, {}), (503, {})]
    outside.deliver(hook)
    who = Subject(person=ann, ids=(ann,), identities=(), events=(event,), positions=(1,))
    with outside.means.database.transaction() as tx:
        removed = forget(who, tx)
    work = Work(outside.means.database.url, {forget_elsewhere: outside.means})
    for _ in range(8):
        work.run(threading.Event(), until_empty=True)
        time.sleep(0.5)

    assert removed == {"dead_letter": 1, "destination (told)": 2}
    assert not list(outside.means.folder.rglob("*.parquet"))
    told = [msgspec.json.decode(body) for _, body in receiver.got]
    assert [(one["type"], one["data"]["persons"]) for one in told] == [("person.erased", [str(ann)])]


def test_sensitive_traits_leave_only_with_an_explicit_yes(log: Any, outside: Any, receiver: Any) -> None:
    ann, bob = log.person("ann@example.com"), log.person("bob@example.com", special_category=True)
    for person in (ann, bob):
        log.event("identify", person, traits={"allergies": "nuts", "city": "Berlin"})
    outside.deliver(outside.add("webhook", {"url": receiver.url, "secret": SECRET}))
    sent = [msgspec.json.decode(body)["data"]["event"]["traits"] for _, body in receiver.got]

    assert sent == [{"city": "Berlin"}, {"allergies": "nuts", "city": "Berlin"}]


def test_sensitive_properties_leave_no_sooner_than_traits(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com")
    asked = {"topic": "delivery", "health": {"note": "asthma"}, "answers": [{"religion": "none", "floor": 3}]}
    log.event("Form Sent", ann, properties=asked)
    outside.deliver(outside.add("webhook", {"url": receiver.url, "secret": SECRET}))
    (sent,) = [msgspec.json.decode(body)["data"]["event"] for _, body in receiver.got]

    del sent["properties"]["n"]
    assert sent["properties"] == {"topic": "delivery", "answers": [{"floor": 3}]}


def test_a_destination_learns_who_is_part_of_whom_now(house: House) -> None:
    for user in ("nat", "till-7"):
        house.post("/v1/track", {"userId": user, "event": "Paid", "messageId": user})
    house.settle()
    declared = house.hark.declared
    with house.database.transaction() as tx:
        one, other = (reading.find(tx, "user_id", user, declared) for user in ("nat", "till-7"))
        merging.merge(tx, one, other, declared, by="member:bo")
    house.settle()
    with house.database.transaction() as tx:
        persons = [context.person for context in whose(tx, events.read_after(tx, 0, 10)) if context.person]

    assert persons
    assert all({person.id, *person.formerly} == {one, other} for person in persons)


def test_entering_and_leaving_a_segment_is_news_like_any_other(house: House, receiver: Any) -> None:
    condition = 'count("Order Completed") > 0'
    house.say(own("segment.defined", properties={"name": "buyers", "condition": condition}))
    house.settle()
    means = msgspec.structs.replace(house.hark.means, http=reaching("127.0.0.1"))
    wish = Wish(
        name="out",
        plugin="webhook",
        settings={"url": receiver.url, "secret": SECRET},
        events=("segment.entered", "Order Completed"),
        segments=("buyers",),
    )
    with house.database.transaction() as tx:
        hook = add(tx, wish, means.registry, means.clock())
    for event in ("Viewed", "Order Completed"):
        house.post("/v1/track", {"userId": "ann", "event": event, "messageId": event})
    house.settle()
    deliver(hook.id, means)
    sent = [msgspec.json.decode(body) for _, body in receiver.got]

    assert [one["type"] for one in sent] == ["Order Completed", "segment.entered"]
    assert sent[1]["data"]["event"]["properties"]["segment"] == "buyers"
    assert sent[0]["data"]["person"]["id"] == sent[1]["data"]["person"]["id"]
