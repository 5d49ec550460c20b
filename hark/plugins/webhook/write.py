"""Posts events to an address, signed. A receiver that keeps the webhook-id knows a second arrival from the first."""

from typing import Any
from uuid import UUID

from hark.kit.clock import Clock
from hark.kit.ids import derived
from hark.plugin import Context, Http
from hark.plugins.webhook.config import Config
from hark.plugins.webhook.signing import headers, message

REPEATABLE = True  # the webhook-id is the receiver's key against doubles
BATCH = 1


def write(contexts: list[Context], config: Config, http: Http, clock: Clock) -> None:
    now = clock()
    if config.batch == 1:
        (context,) = contexts
        event = context.event
        number, body = str(event.id), message(event.name, event.at, data(context, config.profile))
    else:
        number = str(derived("batch", *(str(context.event.id) for context in contexts)))
        body = message("batch", now, [data(context, config.profile) for context in contexts])
    http.post(config.url, body=body, headers=headers(config, number, now, body)).succeeded()


def forget(persons: frozenset[UUID], config: Config, http: Http, clock: Clock) -> None:
    """Tell the receiver, as a message of its own, whom it is to forget."""
    now, ids = clock(), sorted(map(str, persons))
    body = message("person.erased", now, {"persons": ids})
    http.post(config.url, body=body, headers=headers(config, str(derived("erased", *ids)), now, body)).succeeded()


def data(context: Context, profile: bool) -> dict[str, Any]:
    event = context.event
    told: dict[str, Any] = {
        "event": {
            "id": event.id,
            "type": event.type,
            "name": event.name,
            "at": event.at,
            "received_at": event.received_at,
            "source": event.source,
            "channel": event.channel,
            "identities": [{"kind": identity.kind, "value": identity.value} for identity in event.identities],
            "traits": event.traits,
            "properties": event.properties,
            "context": event.context,
        },
        "person": {"id": context.person.id} if context.person else None,
    }
    if profile and context.profile:
        known = context.profile
        told["person"] = {
            "id": known.person,
            "traits": known.traits,
            "computed": known.computed,
            "segments": sorted(known.segments),
            "consents": known.consents,
            "phase": known.phase,
            "first_seen": known.first_seen,
            "last_seen": known.last_seen,
        }
    return told
