"""Every route is tried with every role and with ids of things that are not theirs: denied unless a right says otherwise."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from hark import app
from hark.kit import clock
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own
from hark.web import access, sessions
from hark.web.doorway import form_token
from hark.web.handlers import found
from hark.web.rights import GRANTS, Right, Role, declared, may

FRONTS = ("hark.desk", "hark.control", "hark.help")
SCREENS = [handler for handler in found(*FRONTS) if isinstance(handler, HTTPRouteHandler)]
# What ends the very session that asks, or would wait for its answer.
ENDING = {"/sign-out", "/my-data/sign-out", "/account/sessions/close"}


class Everybody:
    """One program, and somebody signed in for each role; None is nobody."""

    def __init__(self, house: House) -> None:
        self.program = app.web(house.config, house.hark.url)
        self.secrets: dict[Role | None, str] = {}
        with house.database.transaction() as tx:
            for role in access.STAFF:
                member = access.add_member(
                    tx, clock.now(), email=f"{role}@x.example", name=role, role=role, password="long enough to pass"
                )
                self.secrets[role] = sessions.open_session(tx, clock.now(), timedelta(hours=1), member=member)
            self.secrets[Role.CUSTOMER] = sessions.open_session(
                tx, clock.now(), timedelta(hours=1), identity=("email", "natalie@x.example")
            )

    def ask(self, method: str, path: str, role: Role | None, **more: Any) -> httpx.Response:
        return in_a_loop_of_its_own(self._ask(method, path, role, more))

    async def _ask(self, method: str, path: str, role: Role | None, more: dict[str, Any]) -> httpx.Response:
        secret = self.secrets.get(role)
        headers = {"cookie": f"{sessions.COOKIE}={secret}"} if secret else {"cookie": "hark_browser=anybody"}
        if method == "POST":
            headers["x-form-token"] = form_token(secret or "anybody")
        transport = httpx.ASGITransport(app=self.program, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hark.test") as client:
            return await client.request(method, path, headers=headers | more.pop("headers", {}), **more)


@pytest.fixture
def everybody(house: House) -> Everybody:
    return Everybody(house)


def test_every_route_declares_a_right() -> None:
    silent = [handler.paths for handler in SCREENS if declared(handler) is None]

    assert silent == []


def test_every_right_is_held_by_somebody() -> None:
    held = {right for rights in GRANTS.values() for right in rights} | {Right.ANYONE}

    assert set(Right) - held == set()


def test_a_customer_holds_nothing_of_the_team_and_the_team_nothing_of_the_customer() -> None:
    assert GRANTS[Role.CUSTOMER] == {Right.OWN_DATA}
    assert all(Right.OWN_DATA not in GRANTS[role] for role in access.STAFF)


def test_every_route_with_every_role_and_a_foreign_id(everybody: Everybody) -> None:
    wrong = []
    for handler in SCREENS:
        for path in handler.paths:
            if path in ENDING:
                continue
            for role in (*Role, None):
                for method in handler.http_methods:
                    if method in ("GET", "POST"):
                        wrong += _tried(everybody, handler, str(method), path, role)

    assert wrong == []


def test_an_unknown_address_looks_like_nothing_to_a_stranger(everybody: Everybody) -> None:
    reply = everybody.ask("GET", "/no/such/place", None)

    assert reply.status_code == 404
    assert "There is nothing here" in reply.text


def test_a_form_without_its_token_changes_nothing(everybody: Everybody, house: House) -> None:
    reply = everybody.ask("POST", "/team/invite", Role.OWNER, headers={"x-form-token": "guessed"}, data={})

    assert reply.status_code == 403
    assert house.query("select count(*) as n from invite") == [{"n": 0}]


def test_a_form_of_another_site_changes_nothing(everybody: Everybody) -> None:
    reply = everybody.ask("POST", "/team/invite", Role.OWNER, headers={"origin": "https://evil.example"}, data={})

    assert reply.status_code == 403


def test_who_guesses_passwords_is_told_to_wait(everybody: Everybody) -> None:
    guess = {"email": "owner@x.example", "password": "is it this one"}

    replies = [everybody.ask("POST", "/sign-in", None, data=guess) for _ in range(11)]

    assert [reply.status_code for reply in replies] == [422] * 10 + [429]
    assert int(replies[-1].headers["retry-after"]) > 0


def _tried(everybody: Everybody, handler: HTTPRouteHandler, method: str, path: str, role: Role | None) -> list[str]:
    """What was answered otherwise than the rights say."""
    right = declared(handler)
    assert right
    reply = everybody.ask(method, _with_foreign_ids(path), role)
    status = reply.status_code
    said = f"{method} {path} as {role}: {status}"
    if status >= 500:
        return [f"{said} {reply.text[:200]}"]
    if not may(role, right):
        denied = status in (401, 403) if role or method == "POST" else "sign-in" in reply.headers.get("location", "")
        return [] if denied else [said]
    return [said] if status in (401, 403) and right is not Right.ANYONE else []


def _with_foreign_ids(path: str) -> str:
    """Ids of the right form that belong to nobody here."""
    path = re.sub(r"\{\w+:uuid\}", lambda _: str(uuid4()), path)
    path = re.sub(r"\{\w+:int\}", "987654321", path)
    return re.sub(r"\{\w+:\w+\}", "somebody-elses", path)
