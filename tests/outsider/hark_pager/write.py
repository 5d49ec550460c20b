"""Pages for each event."""

import msgspec

from hark.plugin import Context, Http
from hark_pager.config import Config

REPEATABLE = False  # who is paged twice gets up twice
BATCH = 1


def write(contexts: list[Context], config: Config, http: Http) -> None:
    (context,) = contexts
    body = msgspec.json.encode({"text": context.event.name, "id": context.event.id})
    http.post(config.address, body=body, headers={"authorization": f"Bearer {config.token}"}).succeeded()
