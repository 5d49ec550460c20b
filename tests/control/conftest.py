"""Somebody at the screens: signed in with a role, without a browser. And the receiver of webhooks from next door."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from hark.kit import clock
from hark.kit.ids import uuid7
from hark.testing.house import House, Reply
from hark.web import access, sessions
from hark.web.doorway import form_token
from hark.web.rights import Role
from tests.destinations.conftest import receiver

__all__ = ["receiver"]


class Visit:
    """`get` looks at a page, `post` sends a form of ours."""

    def __init__(self, house: House, role: Role) -> None:
        self.house = house
        now = clock.now()
        with house.database.transaction() as tx:
            email = f"{role}-{uuid7(now)}@example.com"
            member = access.add_member(tx, now, email=email, name=str(role), role=role, password="a long password 17")
            self.secret = sessions.open_session(tx, now, timedelta(days=1), member=member)

    def get(self, path: str, block: str = "") -> Reply:
        return self.house.ask("GET", path, headers={**self._cookie(), **({"hark-fragment": block} if block else {})})

    def post(self, path: str, **values: str) -> Reply:
        body = urlencode({**values, "form_token": form_token(self.secret)}).encode()
        headers = {**self._cookie(), "content-type": "application/x-www-form-urlencoded", "authorization": "none"}
        return self.house.ask("POST", path, body, headers)

    def _cookie(self) -> dict[str, str]:
        return {"cookie": f"{sessions.COOKIE}={self.secret}"}


@pytest.fixture
def as_role(house: House) -> Callable[[Role], Visit]:
    return lambda role: Visit(house, role)


@pytest.fixture
def owner(house: House) -> Visit:
    return Visit(house, Role.OWNER)
