"""What stands on the wire, checked with the library that receivers use; delivery is tested in tests/destinations."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from hark.plugin import Context, Event, Identity, Misconfigured, Person, Profile
from hark.plugins.webhook.config import Config, new_secret
from hark.plugins.webhook.signing import headers, key, message
from hark.plugins.webhook.write import data
from hark.testing.check_plugin import contract

test_contract = contract("hark.plugins.webhook")

NOW = datetime.now(UTC)


@given(body=st.text(max_size=200).map(lambda text: message("x", NOW, text.encode("utf-8", "replace").decode())))
def test_any_body_is_signed_so_that_the_receivers_library_agrees(body: bytes) -> None:
    config = Config(url="https://example.com", old_secret=new_secret())
    sent = headers(
        config, "msg_1", datetime.now(UTC), body
    )  # the receiver believes five minutes, a whole run takes longer

    for secret in (config.secret, config.old_secret):
        assert Webhook(secret).verify(body, sent)["type"] == "x"


def test_a_changed_body_another_id_or_an_old_moment_is_noticed() -> None:
    config = Config(url="https://example.com")
    body = message("x", NOW, {"amount": 1})
    sent = headers(config, "msg_1", datetime.now(UTC), body)
    verify = Webhook(config.secret).verify

    with pytest.raises(WebhookVerificationError):
        verify(body.replace(b"1}", b"2}"), sent)
    with pytest.raises(WebhookVerificationError):
        verify(body, {**sent, "webhook-id": "msg_2"})
    with pytest.raises(WebhookVerificationError):
        verify(body, headers(config, "msg_1", datetime(2020, 1, 1, tzinfo=UTC), body))


def test_a_secret_is_read_with_and_without_its_prefix_and_padding() -> None:
    assert key("whsec_AAECAw==") == key("AAECAw") == b"\0\1\2\3"
    for wrong in ("whsec_", "whsec_!!!", "schlüssel"):
        with pytest.raises(Misconfigured):
            key(wrong)


def test_the_profile_goes_along_only_where_it_is_asked_for() -> None:
    event = Event(
        id=uuid4(),
        type="track",
        name="Viewed",
        at=NOW,
        received_at=NOW,
        source="web",
        message_id="1",
        identities=(Identity("email", "ann@example.com"),),
    )
    ann = uuid4()
    context = Context(event=event, person=Person(id=ann), profile=Profile(person=ann, traits={"name": "Ann"}))

    assert data(context, profile=False)["person"] == {"id": ann}
    assert data(context, profile=True)["person"]["traits"] == {"name": "Ann"}
    assert data(Context(event=event), profile=True)["person"] is None
