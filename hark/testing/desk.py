"""A member of the team at the screens, without a browser: looks at pages, sends their forms."""

import re
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx

from hark.kit import clock
from hark.testing.house import House, Reply
from hark.web import access, sessions
from hark.web.doorway import form_token
from hark.web.rights import Role


class Desk:
    """`bo.get("/imports")`, `bo.post("/imports", {...}, files={...})`; `as_(role)` is somebody of another role."""

    def __init__(self, house: House, role: Role = Role.OWNER) -> None:
        self.house = house
        now = clock.now()
        with house.database.transaction() as tx:
            member: UUID = access.add_member(
                tx,
                now,
                email=f"{role}@tidewell.example",
                name=f"Bo the {role}",
                role=role,
                password="a long enough secret",
            )
            self.secret = sessions.open_session(tx, now, timedelta(days=1), member=member)

    @classmethod
    def customer(cls, house: House, kind: str, value: str) -> "Desk":
        """A customer who has proved that an identity is theirs."""
        desk = cls.__new__(cls)
        desk.house = house
        with house.database.transaction() as tx:
            desk.secret = sessions.open_session(tx, clock.now(), timedelta(days=1), identity=(kind, value))
        return desk

    def as_(self, role: Role) -> "Desk":
        return Desk(self.house, role)

    def get(self, path: str) -> Reply:
        return self.house.ask("GET", path, headers={"cookie": f"hark_session={self.secret}", "accept": "text/html"})

    def post(self, path: str, values: Mapping[str, str] | None = None, files: Mapping[str, Any] | None = None) -> Reply:
        form = {"form_token": form_token(self.secret), **(values or {})}
        request = httpx.Request("POST", "http://hark.test/", data=form, files=files)
        kind = request.headers["content-type"]
        headers = {"cookie": f"hark_session={self.secret}", "content-type": kind, "authorization": ""}
        return self.house.ask("POST", path, request.read(), headers)


def words(reply: Reply) -> str:
    """What a reader sees of a page."""
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", reply.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))
