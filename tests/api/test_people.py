"""REST: people by any identity, and what may stand in an address."""

import pytest

from hark.testing.house import House


@pytest.mark.parametrize(
    "path", ["/api/v1/people/email:nobody@example.com", "/api/v1/people/user_id:a%2Fb%3Ac", "/api/v1/people/id:7"]
)
def test_nobody_is_a_problem_that_says_whom_was_asked_for(house: House, path: str):
    reply = house.ask("GET", path)

    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "not_found"
