"""The unmodified Node clients of Segment, Customer.io, RudderStack, PostHog, Jitsu and Snowplow against a running Hark."""

import subprocess

import pytest

from tests.clients.conftest import HERE, Front

pytestmark = pytest.mark.clients

SIX_CALLS = {"Viewed", "identify", "Order Completed", "page", "group", "alias"}


def send(node: str, client: str, front: Front) -> str:
    """Let the client send its calls; the user that they are about."""
    user = f"user-of-{client}"
    done = subprocess.run(
        [node, "send.cjs", client, front.url, front.key, user], cwd=HERE, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return user


@pytest.mark.parametrize("client", ["segment-node", "customerio-node", "segment-node-classic", "rudder-node"])
def test_the_six_calls_arrive(front: Front, node: str, client: str) -> None:
    user = send(node, client, front)

    assert {event["name"] for event in front.history(f"user_id:{user}", 6)} == SIX_CALLS
    assert front.identities(f"anonymous_id:{user}-visitor") >= {("user_id", user), ("email", f"{user}@example.com")}


def test_posthog(front: Front, node: str) -> None:
    user = send(node, "posthog-node", front)

    names = {event["name"] for event in front.history(f"user_id:{user}", 4)}
    assert names == {"Viewed", "identify", "Order Completed", "alias"}
    assert front.identities(f"email:{user}@example.com") >= {("user_id", user), ("anonymous_id", f"anon-{user}")}


def test_jitsu(front: Front, node: str) -> None:
    user = send(node, "jitsu-node", front)

    assert {event["name"] for event in front.history(f"user_id:{user}", 3)} == {"identify", "Order Completed", "group"}
    assert ("email", f"{user}@example.com") in front.identities(f"user_id:{user}")


@pytest.mark.parametrize("client", ["snowplow-node", "snowplow-node-get"])
def test_snowplow(front: Front, node: str, client: str) -> None:
    user = send(node, client, front)

    assert {event["name"] for event in front.history(f"user_id:{user}", 2)} == {"page", "add"}
