"""Every recorded request of real clients, replayed at the door as it was sent."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hark.testing.house import House, Reply

pytestmark = pytest.mark.shared

KEYS = ("WK", "phc_test", "key1:secret1", "web")  # the last is the application id of the Snowplow trackers
NOT_SENT = {"content-length", "host", "connection"}


def recorded(folder: Path) -> list[dict[str, Any]]:
    files = sorted(path for path in (folder / "captures").glob("*.json") if path.name != "INDEX.json")
    return [request for path in files for request in json.loads(path.read_text())["requests"]]


def body_of(request: dict[str, Any]) -> bytes:
    """As it was on the wire: the recording holds it unpacked."""
    if request["body_json"] is None:
        return (request["body_text"] or "").encode()
    body = json.dumps(request["body_json"]).encode()
    packed = request["raw_bytes"] < request["decoded_bytes"]  # posthog-js packs without saying so
    return gzip.compress(body) if packed else body


def replay(house: House, requests: list[dict[str, Any]]) -> list[Reply]:
    """With the recorded headers and no others: an empty one stands for none."""
    return [
        house.ask(
            request["method"],
            request["path"],
            body_of(request),
            {"authorization": ""}
            | {name.lower(): value for name, value in request["headers"].items() if name.lower() not in NOT_SENT},
        )
        for request in requests
    ]


def test_every_recorded_request_is_answered_and_heard_once(house: House, shared: Path) -> None:
    for key in KEYS:
        house.add_source(f"source of {key}", write_key=key)
    requests = recorded(shared)

    answers = replay(house, requests)
    again = replay(house, requests)
    house.settle()

    wrong = [
        (r["method"], r["path"], a.status_code, a.text)
        for r, a in zip(requests, answers, strict=True)
        if not a.status_code < 300
    ]
    assert wrong == []
    assert [answer.status_code for answer in again] == [answer.status_code for answer in answers]
    assert house.query("select reason, item from refusal") == []
    heard = {row["message_id"] for row in house.query("select message_id from event")}
    assert heard == sent_ids(requests)
    identities = {(one["kind"], one["value"]) for one in house.person("user_id:u1")["identities"]}
    assert {("email", "a@b.c"), ("anonymous_id", "anon-1")} <= identities


def sent_ids(requests: list[dict[str, Any]]) -> set[str]:
    """What clients themselves call their messages."""
    found = set()
    for request in requests:
        if request["method"] == "GET" and request["path"].startswith("/i?"):
            found.add(httpx.URL(request["path"]).params["eid"])
        body = request["body_json"]
        if request["method"] == "POST" and body and not request["path"].startswith("/flags"):
            items = body.get("batch") or body.get("data") or [body]
            found |= {item.get("messageId") or item.get("uuid") or item.get("eid") for item in items}
    return found


def test_a_preflight_allows_what_the_browser_asked_for(house: House, shared: Path) -> None:
    asked = [request for request in recorded(shared) if request["method"] == "OPTIONS"]

    for request, answer in zip(asked, replay(house, asked), strict=True):
        headers = {name.lower(): value for name, value in request["headers"].items()}
        assert answer.headers["access-control-allow-origin"] == headers["origin"]
        assert answer.headers["access-control-allow-headers"] == headers["access-control-request-headers"]
        assert answer.headers["access-control-allow-credentials"] == "true"
