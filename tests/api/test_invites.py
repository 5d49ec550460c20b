"""The team is invited by REST as on the screen: the link works once, and no token makes somebody who may do more."""

from typing import Any

import msgspec
import pytest

from hark.testing.house import House, Reply


def ask(house: House, method: str, path: str, body: Any = None, token: str = "") -> Reply:
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    return house.ask(method, f"/api/v1{path}", b"" if body is None else msgspec.json.encode(body), headers)


def invite(house: House, email: str = "Cy@Example.com", role: str = "agent", token: str = "") -> Reply:
    return ask(house, "POST", "/team/invites", {"email": email, "role": role}, token)


def open_invites(house: House) -> list[dict[str, Any]]:
    invites: list[dict[str, Any]] = ask(house, "GET", "/team/invites").json()["invites"]
    return invites


def test_the_link_opens_the_way_in(house: House) -> None:
    invited = invite(house)
    path = "/welcome/" + invited.json()["link"].rpartition("/")[2]

    assert invited.status_code == 201
    assert "Welcome to Hark" in house.ask("GET", path).text
    assert [(one["email"], one["role"]) for one in open_invites(house)] == [("cy@example.com", "agent")]


def test_who_is_invited_again_has_one_link(house: House) -> None:
    first, _ = invite(house), invite(house)

    assert len(open_invites(house)) == 1
    assert house.ask("GET", "/welcome/" + first.json()["link"].rpartition("/")[2]).status_code == 404


def test_an_invitation_can_be_withdrawn_once(house: House) -> None:
    invite(house)
    path = f"/team/invites/{open_invites(house)[0]['id']}"

    assert [ask(house, "DELETE", path).status_code for _ in range(2)] == [204, 404]
    assert open_invites(house) == []


def test_a_token_makes_nobody_who_may_do_more_than_it_may(house: House) -> None:
    token = house.add_token("hr", "team:write")

    assert [invite(house, role=role, token=token).status_code for role in ("owner", "analyst")] == [403, 403]
    assert open_invites(house) == []


@pytest.mark.parametrize(
    ("email", "role"), [("nobody", "agent"), ("a@b", "customer"), ("a@b", "king"), ("a b@c", "agent")]
)
def test_what_is_no_address_or_no_role_is_refused(house: House, email: str, role: str) -> None:
    assert invite(house, email, role).status_code == 400
