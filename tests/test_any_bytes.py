"""Whatever bytes arrive, a plug-in hears them, refuses them with a reason or shows them unread; it never fails."""

import json as stdlib_json
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hark.errors import Rejected
from hark.model import Event, Refused
from hark.registry import Plugin, find
from hark.testing.golden import RECEIVED, hear, request

PLUGINS = {plugin.name: plugin for plugin in find().able("receive")}
PATHS = [
    ("segment", "POST", "/v1/track"),
    ("segment", "POST", "/v1/batch"),
    ("segment", "GET", "/v1/pixel/track"),
    ("rudderstack", "POST", "/beacon/v1/batch"),
    ("rudderstack", "POST", "/v1/merge"),
    ("rudderstack", "GET", "/pixel/v1/track"),
    ("jitsu", "POST", "/api/s/track"),
    ("posthog", "POST", "/e"),
    ("posthog", "GET", "/e"),
    ("snowplow", "POST", "/com.snowplowanalytics.snowplow/tp2"),
    ("snowplow", "GET", "/i"),
    ("events", "POST", "/v1/events"),
]
# The words of every dialect, so that chance finds its way past the first check.
_WORDS = """
    type userId anonymousId previousId groupId messageId event name timestamp originalTimestamp sentAt traits properties
    context integrations track identify alias group page screen batch data e eid uid duid dtm stm ttm ue_pr co se_ac aid
    distinct_id uuid $set $set_once $unset $identify $create_alias $groupidentify $group_key token api_key offset value
    externalIds id collection encoding users device advertisingId library campaign email phone identities at channel
    mergeProperties clientIds ga4 clientId events writeKey
"""
WORDS = _WORDS.split()
text = st.sampled_from(WORDS) | st.text(max_size=12)
scalar = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | text | st.just("2026-11-22T10:00:00Z")
json = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=6), max_leaves=25
)
item = st.dictionaries(text, json, max_size=10)
body = st.fixed_dictionaries({"batch": st.lists(item | json, max_size=4)}) | item
data = st.fixed_dictionaries({"data": st.lists(item | json, max_size=4)})


def listen(plugin: Plugin, method: str, path: str, content: bytes, query: dict[str, str]) -> None:
    asked = request(plugin, method, path, content, query=query)
    part: Any = plugin.part("receive")
    try:
        admission = part.admit(asked)
    except Rejected:
        return
    heard = hear(plugin, asked)
    assert len(heard) == admission.count or any(isinstance(one, Refused) for one in heard)
    for one in heard:
        if isinstance(one, Event):
            assert one.name
            assert one.message_id
            assert one.at <= RECEIVED + timedelta(days=365 * 174)
            assert all(identity.kind and identity.value for identity in one.identities)
        else:
            assert one.reason
        msgspec.json.encode(one)


@pytest.mark.parametrize(("name", "method", "path"), PATHS, ids=lambda part: str(part))
@settings(max_examples=40, deadline=None)
@given(content=st.binary(max_size=200) | (body | data | json).map(lambda value: _dump(value)), query=st.none() | item)
def test_whatever_bytes_arrive(name: str, method: str, path: str, content: bytes, query: dict[str, Any] | None) -> None:
    asked = {key: str(value) for key, value in (query or {}).items()}

    listen(PLUGINS[name], method, path, content, asked)


def _dump(value: Any) -> bytes:
    """As a careless client writes it: NaN and half characters and all."""
    return stdlib_json.dumps(value, ensure_ascii=True).encode()
