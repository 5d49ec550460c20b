"""Tokens of the REST API: scopes say what they may do, and what is revoked or over opens nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from hark.errors import NotFound, Rejected
from hark.store import Database
from hark.web import tokens
from hark.web.rights import Right

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_secret_is_not_kept(database: Database):
    with database.transaction() as tx:
        secret, token = tokens.add_token(tx, "till", ["people:read"], NOW)

        assert secret not in str(tokens.all_tokens(tx))
        assert secret.startswith(token.prefix)


def test_writing_scopes_read_too_and_admin_may_everything_that_a_machine_may(database: Database):
    with database.transaction() as tx:
        secret, _ = tokens.add_token(tx, "crm", ["segments:write"], NOW)
        found = tokens.find_token(tx, secret, NOW)

    assert found
    assert found[2] == {Right.SEGMENTS_READ, Right.SEGMENTS_WRITE}
    assert Right.SIGNED_IN not in tokens.SCOPES["admin"]
    assert tokens.SCOPES["admin"] >= {Right.PEOPLE_ERASE, Right.TEAM_WRITE}


def test_revoked_and_expired_tokens_open_nothing(database: Database):
    with database.transaction() as tx:
        revoked, token = tokens.add_token(tx, "old", ["admin"], NOW)
        expired, _ = tokens.add_token(tx, "old", ["admin"], NOW, expires_at=NOW + timedelta(days=1))
        tokens.revoke(tx, token.id, NOW)

        assert tokens.find_token(tx, revoked, NOW) is None
        assert tokens.find_token(tx, expired, NOW)
        assert tokens.find_token(tx, expired, NOW + timedelta(days=2)) is None
        with pytest.raises(NotFound):
            tokens.revoke(tx, token.id, NOW)


@pytest.mark.parametrize("scopes", [[], ["everything"], ["people:read", ""]])
def test_a_scope_that_is_none_is_refused_with_those_that_are(database: Database, scopes: list[str]):
    with database.transaction() as tx, pytest.raises(Rejected):
        tokens.add_token(tx, "x", scopes, NOW)
