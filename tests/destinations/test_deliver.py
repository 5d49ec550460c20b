"""Delivery to a receiver that is down, slow, full, wrong or gone: nothing lost, nothing out of order, all of it shown."""

import threading
from typing import Any
from uuid import UUID

import msgspec
import pytest
from standardwebhooks import Webhook

from hark.destinations import letters
from hark.destinations.health import health
from hark.destinations.letters import Letter
from hark.errors import Misconfigured
from hark.net import Allowed, Guard, Http

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def open_letters(outside: Any) -> list[Letter]:
    with outside.means.database.transaction() as tx:
        return letters.waiting(tx)


def test_events_arrive_in_order_signed_for_any_library_to_check(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com")
    sent = [log.event(person=ann), log.event(), log.event(person=ann)]
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET, "old_secret": OLD})
    after = outside.deliver(hook)

    assert receiver.numbers == [1, 2, 3]
    assert after.position == 3
    for (headers, body), event in zip(receiver.got, sent, strict=True):
        assert headers["webhook-id"] == str(event)
        for secret in (SECRET, OLD):
            assert Webhook(secret).verify(body, headers)["type"] == "Order Completed"
    first = msgspec.json.decode(receiver.got[0][1])
    assert first["data"]["person"] == {"id": str(ann)}


def test_a_batch_is_one_request_and_may_hold_the_profile(log: Any, outside: Any, receiver: Any) -> None:
    ann = log.person("ann@example.com", segments=("vip",))
    for _ in range(5):
        log.event(person=ann)
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET, "batch": 3, "profile": True})
    outside.deliver(hook)

    assert [len(msgspec.json.decode(body)["data"]) for _, body in receiver.got] == [3, 2]
    headers, body = receiver.got[0]
    person = Webhook(SECRET).verify(body, headers)["data"][0]["person"]
    assert (person["traits"], person["segments"]) == ({"email": "ann@example.com"}, ["vip"])


def test_delivery_goes_on_where_it_stood(log: Any, outside: Any, receiver: Any) -> None:
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    for _ in range(3):
        log.event()
        outside.deliver(hook)
        outside.deliver(hook)

    assert receiver.numbers == [1, 2, 3]


@pytest.mark.parametrize("status", [500, 503, 429, 404, 401, 302])
def test_what_may_pass_is_waited_for_with_growing_pauses(log: Any, outside: Any, receiver: Any, status: int) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    receiver.answers = [(status, {})] * 3
    waits = []
    for _ in range(3):
        now = outside.means.clock()
        after = outside.deliver(hook)
        assert str(status) in after.reason
        waits.append(round((after.retry_at - now).total_seconds()))
        assert outside.deliver(hook).failures == after.failures, "not before its time"
        outside.wait(waits[-1] + 1)
    after = outside.deliver(hook)

    assert waits == [2, 4, 8]
    assert receiver.numbers == [1]
    assert (after.failures, after.reason, after.retry_at) == (0, None, None)


def test_retry_after_is_respected(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    receiver.answers = [(429, {"retry-after": "120"})]
    now = outside.means.clock()
    after = outside.deliver(hook)

    assert 119 <= (after.retry_at - now).total_seconds() <= 122


def test_a_receiver_that_is_killed_midway_gets_the_rest_when_it_is_back(log: Any, outside: Any, receiver: Any) -> None:
    for _ in range(20):
        log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    outside.deliver(hook, stop=lambda: len(receiver.got) >= 7)
    receiver.stop()
    for _ in range(12):  # far beyond the point where a lone event would be suspected
        after = outside.deliver(hook)
        outside.wait(7200)
    assert after.failures == 12
    receiver.start()
    after = outside.deliver(hook)

    assert receiver.numbers == list(range(1, 21))
    assert (after.failures, open_letters(outside)) == (0, [])


def test_a_silent_receiver_is_given_up_in_time(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    outside.http.patience = 0.3
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    gate = threading.Event()
    receiver.on_request = lambda: gate.wait(5)
    after = outside.deliver(hook)
    gate.set()

    assert "did not answer" in after.reason
    assert "t0p" not in after.reason, "the address may hold a token"


def test_a_poisoned_event_goes_to_the_dead_letters_and_the_rest_goes_on(log: Any, outside: Any, receiver: Any) -> None:
    for n in range(1, 41):
        log.event(properties={"poison": n in (17, 18, 33)})
    receiver.judge = lambda body: 422 if any(e["event"]["properties"]["poison"] for e in body["data"]) else 200
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET, "batch": 16})
    after = outside.deliver(hook)

    assert receiver.numbers == [n for n in range(1, 41) if n not in (17, 18, 33)]
    assert sorted(letter.position for letter in open_letters(outside)) == [17, 18, 33]
    assert after.position == 40


def test_an_event_that_breaks_the_receiver_is_found_although_it_answers_500(
    log: Any, outside: Any, receiver: Any
) -> None:
    for n in range(1, 11):
        log.event(properties={"poison": n == 4})
    receiver.judge = lambda body: 500 if any(e["event"]["properties"]["poison"] for e in body["data"]) else 200
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET, "batch": 8})
    for _ in range(30):
        after = outside.deliver(hook)
        outside.wait(7200)

    assert receiver.numbers == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    assert [letter.position for letter in open_letters(outside)] == [4]
    assert (after.position, after.failures) == (10, 0)


def test_gone_stops_the_destination_until_a_person_starts_it(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    receiver.answers = [(410, {})]
    after = outside.deliver(hook)
    outside.wait(7200)
    outside.deliver(hook)

    assert (after.state, receiver.numbers) == ("stopped", [])
    assert "gone" in after.reason


def test_a_private_address_is_refused_and_says_how_to_allow_it(log: Any, outside: Any, receiver: Any) -> None:
    log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    outside.means = msgspec.structs.replace(outside.means, http=Http(Guard(Allowed())))
    after = outside.deliver(hook)

    assert (after.state, receiver.got) == ("stopped", [])
    assert "allow_private" in after.reason


def test_a_write_that_was_cut_off_is_shown_as_unknown_and_comes_with_the_same_key(
    log: Any, outside: Any, receiver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def send_and_die(*args: Any, **named: Any) -> None:
        real(*args, **named)
        raise Killed

    event = log.event()
    hook = outside.add("webhook", {"url": receiver.url, "secret": SECRET})
    real = outside.http.post
    with monkeypatch.context() as patched:
        patched.setattr(outside.http, "post", send_and_die)
        with pytest.raises(Killed):
            outside.deliver(hook)
    outside.deliver(hook)

    assert outside.outcomes(hook) == ["unknown", "delivered"]
    assert [UUID(headers["webhook-id"]) for headers, _ in receiver.got] == [event, event]
    with outside.means.database.transaction() as tx:
        assert health(tx, outside.look(hook), outside.means.clock()).total("unknown") == 1


def test_wrong_settings_are_refused_when_they_are_entered(outside: Any) -> None:
    with pytest.raises(Misconfigured) as wrong:
        outside.add("webhook", {"url": "ftp://example.com", "secret": SECRET})
    assert wrong.value.field == "url"
    with pytest.raises(Misconfigured) as wrong:
        outside.add("webhook", {"url": "https://example.com", "batch": 0})
    assert wrong.value.field == "batch"
    with pytest.raises(Misconfigured, match="no plug-in"):
        outside.add("nowhere", {})
