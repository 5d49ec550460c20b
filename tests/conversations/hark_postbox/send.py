"""Hands a letter to the office, which knows each key once."""

import msgspec
from hark_postbox.config import Config

from hark.model import Abilities
from hark.plugin import Http, Identity, Outgoing, Receipt

ABILITIES = Abilities(files=1000, max_text=200)
CHANNEL = "letter"
REACHES = ("email",)
REPEATABLE = True


def send(message: Outgoing, to: Identity, config: Config, http: Http) -> Receipt:
    said = {
        "key": str(message.key),
        "to": to.value,
        "text": message.text,
        "token": message.token,
        "references": message.references,
        "written_to": message.written_to,
        "files": [file.name for file in message.files],
    }
    http.post(config.url, body=msgspec.json.encode(said)).succeeded()
    return Receipt(external_id=f"<{message.key}>")
