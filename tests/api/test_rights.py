"""Every route of the REST API is tried with every scope and with ids of nobody's: denied unless a scope says otherwise."""

from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from hark import app
from hark.testing.house import House
from hark.testing.outside import in_a_loop_of_its_own
from hark.web.rights import Right
from hark.web.tokens import SCOPES

METHODS = ("get", "post", "put", "patch", "delete")


class Api:
    """One running program, asked again and again."""

    def __init__(self, house: House) -> None:
        self.program = app.web(house.config, house.hark.url)
        self.tokens = {scope: house.add_token(scope, scope) for scope in SCOPES}

    def ask(self, *asked: tuple[str, str, str | None]) -> list[httpx.Response]:
        """(method, path, scope) of each request; scope None sends no token."""
        return in_a_loop_of_its_own(self._ask(asked))

    async def _ask(self, asked: tuple[tuple[str, str, str | None], ...]) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=self.program, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://hark.test") as client:
            return [await self._one(client, *one) for one in asked]

    async def _one(self, client: httpx.AsyncClient, method: str, path: str, scope: str | None) -> httpx.Response:
        headers = {"prefer": "respond-async", "content-type": "application/json"}
        if scope:
            headers["authorization"] = f"Bearer {self.tokens[scope]}"
        return await client.request(method, path, headers=headers, content=b"" if method == "get" else b"{}")


@pytest.fixture
def api(house: House) -> Api:
    return Api(house)


@pytest.fixture
def operations(house: House) -> list[tuple[str, str, str]]:
    """(method, path with ids of nobody's, right) of every operation, as the description says."""
    document = msgspec.json.decode(house.ask("GET", "/api/openapi.json").content)
    return [
        (method, _with_foreign_ids(path, operation), operation["security"][0]["token"][0])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def _with_foreign_ids(path: str, operation: dict[str, Any]) -> str:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        value = str(uuid4()) if schema.get("format") == "uuid" else "987654321"
        if parameter["name"] == "key":
            value = "user_id:somebody-elses"
        path = path.replace(
            "{" + parameter["name"] + "}", value if "pattern" not in schema or ":" in value else "nobodys"
        )
    return path


def test_every_route_with_every_scope_and_a_foreign_id(api: Api, operations: list[tuple[str, str, str]]):
    asked = [(method, path, scope) for method, path, _ in operations for scope in SCOPES]
    rights = [right for _, _, right in operations for _ in SCOPES]

    wrong = []
    for (method, path, scope), right, reply in zip(asked, rights, api.ask(*asked), strict=True):
        said = f"{method} {path} with {scope}: {reply.status_code}"
        allowed = Right(right) in SCOPES[scope]
        if reply.status_code >= 500 or (reply.status_code == 403) == allowed:
            wrong.append(said)
    assert len(asked) > 1_000
    assert wrong == []


def test_every_route_without_a_token(api: Api, operations: list[tuple[str, str, str]]):
    replies = api.ask(*[(method, path, None) for method, path, _ in operations])

    assert {reply.status_code for reply in replies} == {401}
    assert {reply.headers["content-type"] for reply in replies} == {"application/problem+json"}


def test_every_scope_opens_something(operations: list[tuple[str, str, str]]):
    asked_for = {Right(right) for _, _, right in operations}

    assert [scope for scope, rights in SCOPES.items() if not rights & asked_for] == []
