"""A dropped letter becomes a message."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hark.kit.ids import event_id
from hark.plugin import Attached, Event, Identity, Raw


def receive(raw: Raw, config: Any) -> Iterable[Event]:
    said = msgspec.json.decode(raw.request.body)
    yield Event(
        id=event_id(raw.received_at, raw.source.id, said["id"]),
        type="track",
        name="message.received",
        at=raw.received_at,
        received_at=raw.received_at,
        source=raw.source.id,
        message_id=said["id"],
        identities=(Identity("email", said["from"]),),
        properties={
            "text": said["text"],
            "from": {"kind": "email", "value": said["from"]},
            "external_id": said["id"],
            "thread": said.get("thread", {}),
        },
        channel="letter",
        files=tuple(Attached(name=n, media_type="text/plain", body=b.encode()) for n, b in said.get("files", [])),
    )
