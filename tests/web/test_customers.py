"""The customer's way in: a link works once; a token of the company's site is believed only when all of it is right."""

import base64
import hmac
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from hark.errors import Forbidden
from hark.kit import clock
from hark.store import Database
from hark.testing.house import House
from hark.web import customers

NOW = clock.now()
SOON = NOW + timedelta(minutes=5)


def _token(secret: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    told = {"iss": "shop", "aud": "hark", "sub": "u-17", "exp": int(SOON.timestamp())} | claims
    told = {name: value for name, value in told.items() if value is not None}
    parts = [_part(header or {"alg": "HS256", "typ": "JWT"}), _part(told)]
    signature = hmac.new(secret.encode(), ".".join(parts).encode(), sha256).digest()
    return ".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=").decode()])


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def secret(database: Database) -> str:
    with database.transaction() as tx:
        return customers.new_secret(tx, "shop", NOW)


def test_a_token_says_who_it_is(database: Database, secret: str) -> None:
    with database.transaction() as tx:
        assert customers.use_token(tx, _token(secret), NOW) == ("user_id", "u-17")
        assert customers.use_token(tx, _token(secret, sub=None, email="n@x.example"), NOW) == ("email", "n@x.example")


def test_a_token_opens_the_door_once(database: Database, secret: str) -> None:
    token = _token(secret)
    with database.transaction() as tx:
        customers.use_token(tx, token, NOW)

    with database.transaction() as tx, pytest.raises(Forbidden, match="used already"):
        customers.use_token(tx, token, NOW)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"exp": int(NOW.timestamp()) - 1}, "time is over"),
        ({"exp": int((NOW + timedelta(days=1)).timestamp())}, "quarter of an hour"),
        ({"exp": None}, "no end"),
        ({"exp": "soon"}, "no end"),
        ({"aud": "elsewhere"}, "audience"),
        ({"aud": None}, "audience"),
        ({"iss": "another"}, "no site"),
        ({"iss": None}, "no site"),
        ({"sub": None}, "names nobody"),
        ({"sub": "  "}, "names nobody"),
        ({"sub": 17}, "names nobody"),
        ({"nbf": int(SOON.timestamp())}, "not come"),
        ({"header": {"alg": "none"}}, "HS256"),
        ({"header": {"alg": "RS256"}}, "HS256"),
    ],
)
def test_a_wrong_token_is_refused(database: Database, secret: str, changed: dict[str, Any], why: str) -> None:
    token = _token(secret, **changed)

    with database.transaction() as tx, pytest.raises(Forbidden, match=why):
        customers.use_token(tx, token, NOW)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "é.é.é", "e30.e30.", "x" * 5000, "bnVsbA.bnVsbA.bnVsbA"])
def test_what_is_no_token_is_refused(database: Database, secret: str, token: str) -> None:
    with database.transaction() as tx, pytest.raises(Forbidden):
        customers.use_token(tx, token, NOW)


def test_a_token_signed_by_somebody_else_is_refused(database: Database, secret: str) -> None:
    with database.transaction() as tx, pytest.raises(Forbidden, match="signature"):
        customers.use_token(tx, _token("x" * 64), NOW)


def test_a_new_secret_ends_the_old_one(database: Database, secret: str) -> None:
    with database.transaction() as tx:
        customers.new_secret(tx, "shop", NOW)

    with database.transaction() as tx, pytest.raises(Forbidden, match="signature"):
        customers.use_token(tx, _token(secret), NOW)


def test_a_link_works_once_and_not_for_long(database: Database) -> None:
    secret = _sent(database)

    with database.transaction() as tx:
        assert customers.link_works(tx, secret, NOW)
        assert customers.use_link(tx, secret, NOW) == ("email", "n@x.example")
    with database.transaction() as tx, pytest.raises(Forbidden, match="used already"):
        customers.use_link(tx, secret, NOW)
    with database.transaction() as tx:
        assert not customers.link_works(tx, _sent(database), NOW + timedelta(hours=1))


def test_nobody_learns_who_is_a_customer(house: House) -> None:
    house.post("/v1/identify", {"userId": "u-1", "traits": {"email": "natalie@example.com"}})
    house.settle()

    answers = [_ask_for_link(house, email) for email in ("natalie@example.com", "stranger@example.com")]

    assert answers[0] == answers[1]
    assert [letter["recipient"] for letter in house.query("select recipient from letter")] == ["natalie@example.com"]


def _sent(database: Database) -> str:
    with database.transaction() as tx:
        customers.send_link(tx, NOW, "n@x.example", "http://x", "Your data", "Here: {link} .")
        [letter, *_] = customers.letters(tx, NOW)
    return str(letter["body"].split("/enter/")[1].split()[0])


def _ask_for_link(house: House, email: str) -> str:
    from hark.web.doorway import form_token

    headers = {
        "cookie": "hark_browser=hers",
        "content-type": "application/x-www-form-urlencoded",
        "authorization": "",
        "x-form-token": form_token("hers"),
    }
    reply = house.ask("POST", "/my-data/sign-in", f"email={email}".encode(), headers)
    assert reply.status_code == 200
    return reply.text
