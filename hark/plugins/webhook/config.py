"""Settings of a webhook, and a test that sends one."""

import base64
import secrets
from typing import Annotated

from msgspec import Meta, Struct, field

from hark.kit.clock import Clock
from hark.kit.ids import uuid7
from hark.plugin import Http, Secret
from hark.plugins.webhook.signing import headers, message


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Config(Struct, frozen=True, kw_only=True):
    url: Annotated[
        str, Meta(title="Address", description="Where events are posted to, as https://…", pattern="^https?://.+")
    ]
    secret: Annotated[
        Secret,
        Meta(
            title="Signing secret",
            description="The receiver checks signatures with it. Copy it now: it is not shown again.",
            min_length=16,
        ),
    ] = field(default_factory=new_secret)
    old_secret: Annotated[
        Secret,
        Meta(
            title="Old signing secret",
            description="While a receiver changes over, both sign. Take it out when all know the new one.",
        ),
    ] = ""
    batch: Annotated[
        int,
        Meta(title="Events in one request", description="1 sends each on its own.", ge=1, le=1000),
    ] = 1
    profile: Annotated[
        bool,
        Meta(title="With the profile", description="Adds what is known of the person: traits, segments, consents."),
    ] = False


def check(config: Config, http: Http, clock: Clock) -> str:
    """Send a signed test message, as the receiver will get them."""
    now = clock()
    body = message("hark.test", now, {"text": "If you can read this and the signature fits, all is well."})
    answer = http.post(config.url, body=body, headers=headers(config, str(uuid7(now)), now, body)).succeeded()
    return f"the receiver answered {answer.status}"
