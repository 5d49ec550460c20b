"""Somebody who writes in the chat of the company's site, as the chat's door records it."""

import itertools
from typing import Any

import msgspec

from hark.events.record import Recording, record
from hark.events.sources import add_source
from hark.kit import clock
from hark.model import Source
from hark.store import Database

_numbers = itertools.count(1)


def add_chat(database: Database) -> Source:
    with database.transaction() as tx:
        return add_source(tx, "site chat", plugin="webchat", channel="chat")


class Visitor:
    """`natalie.says("Hello")`; whoever is signed in at the site is known by `user_id`."""

    def __init__(self, database: Database, chat: Source, user: str, name: str) -> None:
        self.database, self.chat, self.user, self.name = database, chat, user, name

    def says(self, text: str, **more: Any) -> None:
        item = {"is": "message", "id": f"m-{next(_numbers)}", "text": text, **more}
        said = {
            "visitor": f"visitor-{self.user}",
            "sender": ["user_id", self.user],
            "identities": [["user_id", self.user]],
            "trust": "verified",
            "name": self.name,
            "language": "fr",
            "items": [item],
        }
        recording = Recording(
            received_at=clock.now(),
            source=self.chat.id,
            plugin="webchat",
            head=b'{"method":"POST","path":"/chat"}',
            body=msgspec.json.encode(said),
        )
        with self.database.transaction() as tx:
            record(tx, [recording])
