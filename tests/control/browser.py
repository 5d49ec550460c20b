"""Somebody signed in, without a browser: looks at screens and sends their forms."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from hark.kit.clock import now
from hark.testing.house import House, Reply
from hark.web import access, sessions
from hark.web.doorway import form_token
from hark.web.rights import Role


class Browser:
    """Signed in with a role; `send` posts a form as the page would."""

    def __init__(self, house: House, role: Role) -> None:
        self.house = house
        with house.database.transaction() as tx:
            member = access.add_member(
                tx, now(), email=f"{role}@example.com", name="Bo", role=role, password="a long password 4711"
            )
            self.secret = sessions.open_session(tx, now(), timedelta(days=1), member=member)
        self.headers = {"cookie": f"{sessions.COOKIE}={self.secret}"}

    def get(self, path: str, block: str = "") -> Reply:
        """A page, or one block of it as live pages ask for."""
        return self.house.ask("GET", path, headers={**self.headers, **({"hark-fragment": block} if block else {})})

    def send(self, path: str, **fields: Any) -> Reply:
        body = urlencode({"form_token": form_token(self.secret), **fields}, doseq=True).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.house.ask("POST", path, body, {**self.headers, **kind, "authorization": ""})
