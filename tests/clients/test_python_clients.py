"""The unmodified Python clients of Segment, RudderStack, PostHog and Snowplow against a running Hark."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hark.testing.server import Server
from tests.clients.conftest import Front

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_segment(front: Front, gzip: bool) -> None:
    from segment.analytics.client import Client

    user = "segment-python-gzip" if gzip else "segment-python"
    client = Client(front.key, host=front.url, gzip=gzip, on_error=_fail)
    client.track(anonymous_id=f"{user}-visitor", event="Viewed")
    client.identify(user, {"email": f"{user}@example.com", "name": "Ann"})
    client.track(user, "Order Completed", {"revenue": 14.99}, timestamp=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    client.page(user, "Docs", "API", {"url": "https://x.example/"})
    client.screen(user, "Start", "Home")
    client.group(user, "g1", {"name": "Initech"})
    client.alias(f"{user}-visitor", user)
    client.flush()
    client.join()

    events = front.history(f"user_id:{user}", 7)
    assert events[0]["name"] == "Order Completed"  # it happened in January
    assert events[0]["at"].startswith("2026-01-02T03:04:0")
    assert {event["type"] for event in events} == {"identify", "track", "page", "screen", "group", "alias"}
    assert front.identities(f"anonymous_id:{user}-visitor") >= {("user_id", user), ("email", f"{user}@example.com")}


def test_rudderstack(front: Front) -> None:
    from rudderstack.analytics.client import Client

    client = Client(front.key, host=front.url, on_error=_fail)
    client.identify("rudder-python", {"email": "rudder-python@example.com"})
    client.track("rudder-python", "Order Completed", {"revenue": 14.99})
    client.track(anonymous_id="rudder-python-visitor", event="Viewed")
    client.alias("rudder-python-visitor", "rudder-python")
    client.flush()
    client.join()

    assert {event["name"] for event in front.history("user_id:rudder-python", 4)} == {
        "identify",
        "Order Completed",
        "Viewed",
        "alias",
    }
    assert ("anonymous_id", "rudder-python-visitor") in front.identities("email:rudder-python@example.com")


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
def test_posthog(front: Front, gzip: bool) -> None:
    from posthog import Posthog

    user = "posthog-python-gzip" if gzip else "posthog-python"
    client = Posthog(front.key, host=front.url, gzip=gzip, on_error=_fail)
    client.capture("Order Completed", distinct_id=user, properties={"revenue": 14.99, "$set": {"plan": "gold"}})
    client.set(distinct_id=user, properties={"email": f"{user}@example.com"})
    client.alias(previous_id=f"anon-{user}", distinct_id=user)
    client.group_identify("company", "g1", {"name": "Initech"}, distinct_id=user)
    client.shutdown()

    assert len(front.history(f"user_id:{user}", 4)) == 4
    person = front.person(f"email:{user}@example.com")
    assert person is not None
    assert person["traits"]["plan"] == "gold"
    assert ("anonymous_id", f"anon-{user}") in front.identities(f"user_id:{user}")


@pytest.mark.parametrize("method", ["post", "get"])
def test_snowplow(front: Front, method: str) -> None:
    from snowplow_tracker import Emitter, PageView, StructuredEvent, Subject, Tracker

    user = f"snowplow-python-{method}"
    emitter = Emitter(f"127.0.0.1:{front.port}", protocol="http", method=method)
    subject = Subject().set_user_id(user).set_domain_user_id(f"{user}-visitor")
    tracker = Tracker(namespace="cf", emitters=emitter, app_id=front.key, subject=subject)
    tracker.track(PageView(page_url="https://x.example/", page_title="Docs"))
    tracker.track(StructuredEvent(category="shop", action="add", label="sku", value=2.5))
    tracker.flush()

    assert [event["name"] for event in front.history(f"user_id:{user}", 2)] == ["page", "add"]
    assert ("anonymous_id", f"{user}-visitor") in front.identities(f"user_id:{user}")


def test_a_wrong_key_is_refused_in_words_that_each_client_reads(front: Front) -> None:
    from rudderstack.analytics.request import APIError as RudderError
    from rudderstack.analytics.request import post as rudder
    from segment.analytics.request import APIError as SegmentError
    from segment.analytics.request import post as segment

    with pytest.raises(SegmentError, match="write key"):
        segment("wrong", host=front.url, batch=[])
    with pytest.raises(RudderError, match="write key"):
        rudder("wrong", host=front.url, batch=[])


def _fail(error: Exception, *rest: object) -> None:
    raise AssertionError(f"the client could not send: {error}")


def test_what_a_client_could_not_send_comes_once_when_hark_is_back(tmp_path: Path) -> None:
    from segment.analytics.client import Client

    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    server = Server(tmp_path / "data").start()
    front = Front(server)
    client = Client(front.key, host=server.url, on_error=_fail)
    client.track("patient", "Before")
    client.flush()
    server.kill()
    client.track("patient", "Meanwhile")
    time.sleep(1)
    server.start()
    try:
        client.flush()
        client.join()

        assert [event["name"] for event in front.history("user_id:patient", 2)] == ["Before", "Meanwhile"]
    finally:
        server.stop()
