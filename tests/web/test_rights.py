"""Every route is tried with every role and with ids of things that are not theirs: denied unless a right says otherwise."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute

from hark import app
from hark.kit import clock
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own
from hark.web import access, sessions
from hark.web.doorway import form_token
from hark.web.rights import GRANTS, Right, Role, declared, may
from tests.web.knocking import Heard, knock, knock_for_a_socket

# What machines ask who have no session: is it alive, is it ready.
OPEN = {"/health", "/ready"}
SOCKET = "SOCKET"
# What ends the very session that asks, or would wait for its answer.
ENDING = {"/sign-out", "/my-data/sign-out", "/account/sessions/close"}


class Everybody:
    """One program, and somebody signed in for each role; None is nobody."""

    def __init__(self, house: House) -> None:
        self.house = house
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

    @cached_property
    def routes(self) -> list[tuple[str, str, BaseRouteHandler]]:
        """(method, path, handler) of everything that can be asked, whoever brought it: pages, acts, sockets, streams."""
        return sorted(self._routes(), key=lambda route: (route[1], route[0]))

    def _routes(self) -> Iterator[tuple[str, str, BaseRouteHandler]]:
        for route in app._site(self.house.hark).routes:  # type: ignore[attr-defined]  # it is a Litestar
            if route.path in OPEN:
                continue
            if isinstance(route, HTTPRoute):
                for handler in route.route_handlers:
                    # Litestar answers OPTIONS by itself: which methods there are.
                    yield from (
                        (str(method), route.path, handler) for method in handler.http_methods if method != "OPTIONS"
                    )
            else:
                assert not isinstance(route, ASGIRoute), f"{route.path} passes by the guard"
                yield SOCKET, route.path, route.route_handler

    def ask(
        self, method: str, path: str, role: Role | None, headers: dict[str, str] | None = None, data: object = None
    ) -> Heard:
        secret = self.secrets.get(role)
        sent = {"cookie": f"{sessions.COOKIE}={secret}" if secret else "hark_browser=anybody", **(headers or {})}
        if method == SOCKET:
            return in_a_loop_of_its_own(knock_for_a_socket(self.program, path, sent))
        body = b""
        if method == "POST":
            sent = {"x-form-token": form_token(secret or "anybody"), **sent}
            if data is not None:
                sent["content-type"] = "application/x-www-form-urlencoded"
                body = urlencode(data).encode()  # type: ignore[arg-type]  # a mapping of texts
        return in_a_loop_of_its_own(knock(self.program, method, path, sent, body))


@pytest.fixture
def everybody(house: House) -> Everybody:
    return Everybody(house)


def test_every_route_declares_a_right(everybody: Everybody) -> None:
    silent = [(method, path) for method, path, handler in everybody.routes if declared(handler) is None]

    assert silent == []


def test_every_right_is_held_by_somebody() -> None:
    held = {right for rights in GRANTS.values() for right in rights} | {Right.ANYONE}

    assert set(Right) - held == set()


def test_a_customer_holds_nothing_of_the_team_and_the_team_nothing_of_the_customer() -> None:
    assert GRANTS[Role.CUSTOMER] == {Right.OWN_DATA}
    assert all(Right.OWN_DATA not in GRANTS[role] for role in access.STAFF)


def test_every_route_with_every_role_and_a_foreign_id(everybody: Everybody) -> None:
    tried = [route for route in everybody.routes if route[0] in ("GET", "POST", SOCKET) and route[1] not in ENDING]

    wrong = [fault for route in tried for role in (*Role, None) for fault in _tried(everybody, *route, role)]

    assert {"/live", "/live/events"} <= {path for _, path, _ in tried}
    assert wrong == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://hark.test.evil.example"])
def test_a_socket_that_another_site_opens_is_shut(everybody: Everybody, origin: str) -> None:
    """A browser sends our cookie along with a socket that any page opens: the origin alone tells them apart."""
    sockets = [route for route in everybody.routes if route[0] == SOCKET and declared(route[2]) is not Right.ANYONE]

    let_in = [
        (path, role)
        for _, path, handler in sockets
        for role in Role
        if may(role, declared(handler) or Right.ANYONE)
        and everybody.ask(SOCKET, _with_foreign_ids(path), role, {"origin": origin}).status == 101
    ]

    assert sockets
    assert let_in == []


def test_an_unknown_address_looks_like_nothing_to_a_stranger(everybody: Everybody) -> None:
    reply = everybody.ask("GET", "/no/such/place", None)

    assert reply.status == 404
    assert "There is nothing here" in reply.text


def test_a_form_without_its_token_changes_nothing(everybody: Everybody, house: House) -> None:
    reply = everybody.ask("POST", "/team/invite", Role.OWNER, headers={"x-form-token": "guessed"}, data={})

    assert reply.status == 403
    assert house.query("select count(*) as n from invite") == [{"n": 0}]


def test_a_form_of_another_site_changes_nothing(everybody: Everybody) -> None:
    reply = everybody.ask("POST", "/team/invite", Role.OWNER, headers={"origin": "https://evil.example"}, data={})

    assert reply.status == 403


def test_who_guesses_passwords_is_told_to_wait(everybody: Everybody) -> None:
    guess = {"email": "owner@x.example", "password": "is it this one"}

    replies = [everybody.ask("POST", "/sign-in", None, data=guess) for _ in range(11)]

    assert [reply.status for reply in replies] == [422] * 10 + [429]
    assert int(replies[-1].headers["retry-after"]) > 0


def _tried(everybody: Everybody, method: str, path: str, handler: BaseRouteHandler, role: Role | None) -> list[str]:
    """What was answered otherwise than the rights say."""
    right = declared(handler)
    assert right
    reply = everybody.ask(method, _with_foreign_ids(path), role)
    said = f"{method} {path} as {role}: {reply.status}"
    if reply.status >= 500:
        return [f"{said} {reply.text[:200]}"]
    if not may(role, right):
        shown_the_way = role is None and method == "GET" and "sign-in" in reply.headers.get("location", "")
        return [] if shown_the_way or reply.status in (401, 403) else [said]
    return [said] if reply.status in (401, 403) and right is not Right.ANYONE else []


def _with_foreign_ids(path: str) -> str:
    """Ids of the right form that belong to nobody here."""
    path = re.sub(r"\{\w+:uuid\}", lambda _: str(uuid4()), path)
    path = re.sub(r"\{\w+:int\}", "987654321", path)
    return re.sub(r"\{\w+:\w+\}", "somebody-elses", path)
