"""The chat as a channel: the visitor's browser fetches its thread from us, so nothing has to be sent."""

from typing import Any

from hark.plugin import Abilities, Http, Identity, Outgoing, Receipt

CHANNEL = "chat"
REACHES = ("user_id", "chat_visitor")
ABILITIES = Abilities(files=10_000_000, max_text=10_000, typing=True, read=True, pulled=True)
REPEATABLE = True


def send(message: Outgoing, to: Identity, config: Any, http: Http) -> Receipt:
    return Receipt(state="sent")
